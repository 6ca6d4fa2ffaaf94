"""The words of the state of an envelope, which lies between 0 and ONE."""

from aether.const import const

IDLE = const(0)
FRESH = const(1)  # 1: the stages that are next wait for a block
STAGE = const(2)  # one of those below
VALUE = const(3)
GOAL = const(4)  # of a stage
AIM = const(5)  # what it curves towards, beyond its goal
LEFT = const(6)  # frames of a stage behind the piece that goes on
PIECE = const(7)  # frames left of that, a straight line
SLOPE = const(8)
END = const(9)  # where it leads
HEAD = const(10)  # of the events: where the next is written, and the next is read
TAIL = const(11)
EVENTS = const(12)  # eight of them: 2 * frame, + 1 for on
SUSTAIN = const(20)
STAGES = const(21)  # attack, decay, release: SIZE words each
NEXT = const(36)  # SUSTAIN and STAGES that wait
WORDS = const(52)

ONE = const(0x3FFFFFFF)
OFF = const(0)
ATTACK = const(1)
DECAY = const(2)
RELEASE = const(3)
HOLD = const(4)

# Words of a stage.
FRAMES = const(0)
LENGTH = const(1)  # of a piece in frames, as a power of two
PART = const(2)  # of the way to its aim that a piece goes: 2**30 * 2**DOWN
DOWN = const(3)
BEYOND = const(4)  # the aim is so far beyond the goal: a part of the way, as a power of two
SIZE = const(5)
