"""The words of a source's state, and its arithmetic: viper, else plain Python."""

from aether.const import const

IDLE = const(0)
FRESH = const(1)  # 1: what is next waits for a block
NEXT_STEP = const(2)
NEXT_PART = const(3)
NEXT_OCTAVES = const(4)
STEP = const(5)  # of the phase in a sample, a turn being 2**32
GOAL = const(6)  # the step at the end of a block
PART = const(7)  # of a step, 65,536ths that are added up over a block
OCTAVES = const(8)  # the logarithm of the step without the inlet `pitch`, times 2**20
REST = const(9)  # of PARTs
PHASE = const(10)
GAIN = const(11)  # what a table or the noise is multiplied by, 2**16 for 1
LEVEL = const(12)  # where the gain goes in a block
TABLE = const(13)  # in use, in bytes, + 1 if it is short
# What begin() finds out for run() and end().
BEND = const(14)  # of the step, in a sample
RISE = const(15)  # of the gain, in 4,096ths
FROM = const(16)  # the phase at the beginning of the block
BEFORE = const(17)  # the table of the block before
SHIFT = const(18)  # of a phase, to count entries
UNSHIFT = const(19)  # 32 less that
SLIDE = const(20)  # the step of a sample
STOP = const(21)  # where the block ends
WORDS = const(22)
