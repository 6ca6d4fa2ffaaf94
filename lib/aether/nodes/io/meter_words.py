"""The words of a meter's state; word 0 is a node's IDLE.

Samples are whole numbers of 2**-24. A sum of squares is HIGH * 2**20 + LOW, in parts of 2**34.
"""

from aether.const import const

PEAK = const(1)  # what is shown
WAIT = const(2)  # blocks for which it stays
HOLD = const(3)  # and for which a new one will
FALL = const(4)  # what is left of it after a block, in parts of 2**15
HIGH = const(5)  # the sum of the window that runs, and its blocks
LOW = const(6)
BLOCKS = const(7)
WINDOW = const(8)  # blocks of a window
TURN = const(9)  # counts the windows that were shown: 0 to 1023
SHOWN = const(10)  # the sum of the last one: HIGH and LOW
METER_WORDS = const(12)
