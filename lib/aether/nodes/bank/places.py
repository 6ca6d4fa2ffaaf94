"""Where things lie in a voice bank: one array of words, which all of its kernels work on.

First a head, then a block of sums, the patches, and a record for each voice. Words are unsigned,
and below 2**31 but for PHASE and GAIN_STEP, which are of 32 bits: so a board, whose words have 32
bits, and a host, whose words have 64, see the same numbers.

A gain has 31 bits: 2**31 would be 1. Of a pitch, 8,192 are a semitone. A phase of 2**32 is one
wave. `bank_viper` and `bank_thumb` have the numbers of these places as constants of their own.
"""

# The head.
FRAMES = 0  # of a block
VOICES = 1
SOUNDING = 2  # voices that are not IDLE
RECORDS = 3  # where the voices' records begin, in words
PEDALS = 4  # a bit for each patch whose pedal is down
EXPONENT = 5  # of a float32 that is 2**31 of the sums
TOP = 6  # the octave of PITCHES, counted from note 0
SUMS = 7  # where the sums begin, in words
PITCHES = 8  # 97 phase steps: an octave in eighths of a semitone
PATCH_AT = 108  # for each of 16 patches, where what it says now begins, in words
BENDS = 124  # for each patch, its bend + BEND_ZERO
PANS = 140  # 128 bytes: gains of 7 bits, from nothing to all
LENGTHS = 172  # 256 bytes: how many zeros a byte has before its first one
HEAD = 236

PATCHES = 16
BEND_ZERO = 1 << 20

# A patch: four stages, and then the rest.
PIECES = 0  # of a stage: in how many pieces it moves, the last one included
LENGTH = 1  # of a piece but the last: frames, what part of the way it goes, as FACTOR / 2**15, and
FACTOR = 2  # by what this is shifted for a frame
SHIFT = 3
LAST_LENGTH = 4  # of the last piece, which goes to the end
LAST_FACTOR = 5
LAST_SHIFT = 6
STAGE = 7  # words of a stage
LEVEL = 28  # 15 bits
SUSTAIN = 29  # what part of the peak: 2**15 is all
WAVE = 30  # where its list of tables begins in the tables, in words
PAN = 31
PATCH = 32

# A voice. The first eight are what the mixing kernel works with, in the order in which it does.
LEFT = 0  # frames to go in this piece
AT = 1  # where in the block it goes on
PHASE = 2
STEP = 3
GAIN_STEP = 4
SIDES = 5  # gain of the left side | right << 16, 7 bits each
TABLE = 6  # where the table begins, in bytes, + 1 if it is a short one
GAIN = 7
STATE = 8
COUNT = 9  # pieces to go, this one not counted
PIECE = 10  # frames of this piece
END = 11  # the gain where the stage ends
EVENT = 12  # 0, or the stage that begins at a frame of its own:
WAIT = 13  # so many frames after this piece began
GATE = 14  # 1: held by its key; 2: by the pedal
NOTE = 15  # note | patch << 8
# What a note begins with; while it sounds, equal to its own.
NEXT_STEP = 16
NEXT_TABLE = 17
NEXT_SIDES = 18
PEAK = 19  # the gain after the attack
HOLD = 20  # 0, or the frames after which it is let go, as the key was up before it began
LIMIT = 21  # the largest step that its table is meant for
PLAYS = 22  # the patch in use
LIST = 23  # of the tables of its wave: where in the tables, in words
LATE = 24  # frames by which it began too late, and so ends
VOICE = 25

# What STATE says. From ATTACK on a stage of the patch: FADE takes 64 frames to make room.
IDLE = 0
WAITING = 1
ATTACK = 2
DECAY = 3
RELEASE = 4
FADE = 5
HELD = 6
FADE_FRAMES = 64

# A list of tables, ordered by pitch: the largest step each is meant for, and what TABLE says.
