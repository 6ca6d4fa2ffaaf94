"""The words of the state of a slow wave."""

from aether.const import const

IDLE = const(0)
FRESH = const(1)  # 1: what is next waits for a block
NEXT_STEP = const(2)
NEXT_PART = const(3)
NEXT_DEPTH = const(4)
NEXT_OFFSET = const(5)
STEP = const(6)  # of the phase in a sample, a turn being 2**32
PART = const(7)  # of a step, 65,536ths that are added up over a block
DEPTH = const(8)  # 2**27 for 1
OFFSET = const(9)
REST = const(10)  # of PARTs
PHASE = const(11)
WORDS = const(12)
