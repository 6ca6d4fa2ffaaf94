"""The words of an effect's state. Between blocks samples are whole numbers of 2**-24: Q24.

A gain that moves has four words in a row: what it is as a block begins, in parts of 2**15; what it
gains a sample, in parts of 2**29; what it is as the block ends; and what the program has asked
for, which the next block takes up. A word at a time is set, and each is right by itself: so no
block ever sees half a change.
"""

from aether.const import const

# IDLE of a node is word 0.
INVERSE = const(1)  # 2**14 / n
DRY = const(2)
WET = const(6)
FEED = const(10)  # of a delay its feedback, of a reverb what goes into its combs
STEP = const(1)
GOAL = const(2)
NEXT = const(3)
QUIET = const(18)  # frames for which nothing has gone into the lines

# Of a delay.
LENGTH = const(14)  # samples of the line
AT = const(15)  # where the next block is written
TAP = const(16)  # how far behind it is read, and soon will be
TAP_NEXT = const(17)
DELAY_WORDS = const(19)

# Of a reverb.
ROOM = const(14)  # what a comb keeps of a sound, in parts of 2**15, and soon will
ROOM_NEXT = const(15)
DAMPING = const(16)  # the same of its low-pass
DAMPING_NEXT = const(17)
LONGEST = const(19)  # frames after which nothing is left in them
COMBS = const(6)
ALLPASSES = const(4)
RECORDS = const(20)
# Of the line of a comb or an allpass: where it begins among all lines, its samples, its delay,
# where the next block is written, and what the low-pass holds.
RECORD = const(5)
REVERB_WORDS = const(70)

# Of a soft clip: the drive in parts of 2**10, and four words as above.
DRIVE = const(2)
CLIP_WORDS = const(6)
