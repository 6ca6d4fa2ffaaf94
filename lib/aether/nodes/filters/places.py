"""Where in the state of a filter each number stands: words of 32 bits.

A sound is a whole number, 2**24 for 1; it may reach 8 either way, and what would go beyond is held
there. How g, a and h are written down, `portable` says.
"""

from aether.const import const

IDLE = const(0)  # see nodes.node
CHANNEL = const(1)  # which one the next call renders: 0 or 1
SEEN = const(2)  # not 0: an input had something else than zeros
STRIDE = const(3)  # how many samples g, a, h and the mix stay as they are
G = const(4)  # from here to M2, << 10, at the start of a block
A = const(5)
H = const(6)
M0 = const(7)  # the mix: of the input, of the band, and of the low
M1 = const(8)
M2 = const(9)
STEPS = const(10)  # what each of these six moves by at every stride
G_SHIFT = const(16)
A_SHIFT = const(17)
SUMS = const(18)  # of each channel, what its two integrators hold
GOING = const(22)  # 1: this block they move
FRESH = const(23)  # 1: nothing has been played, nothing need move slowly
MIXED = const(24)  # 0: the mix is the low pass alone
PITCH = const(25)  # octaves above 10 Hz, << 16
K = const(26)  # damping, << 20
READY = const(27)  # 1: goals wait in NEW
NEW = const(28)  # a pitch, k, a mix << 14, and g << 27 at that pitch
GOALS = const(34)  # the same, in use
BEND = const(40)  # octaves << 16 that an inlet adds
TOP = const(41)  # the highest pitch
PART = const(42)  # 1024 // strides of a block
END = const(43)  # of a block: g, a, h, mix, shifts of g and a, without << 10
WORDS = const(51)
