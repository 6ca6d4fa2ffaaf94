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
WORDS = const(14)
