"""A node that measures how loud a sound is."""

from array import array
from math import log10, sqrt

from aether.checks import number
from aether.nodes.effects.choice import best
from aether.nodes.io.meter_words import (
    FALL,
    HOLD,
    METER_WORDS,
    PEAK,
    SHOWN,
    TURN,
    WINDOW,
)
from aether.nodes.node import Node

try:
    from aether.nodes.io.meter_viper import measure
except (ImportError, SyntaxError, ValueError):
    from aether.nodes.io.meter_portable import measure

# What is shown of silence, in dB.
LEAST = -144.0
_SECONDS = 0.1


class Meter(Node):
    """Measures its inlet; has no outlet. `peak` and `rms` are in dB of full scale, -144 to 30.

    hold: seconds, 0 to 10, for which a peak stays; decay: dB a second, 1 to 1000, by which it
    falls then. `rms` is the power of the last tenth of a second, up to 18 dB; a sine of full scale
    has -3 dB. NaN is taken for 0. Main program only; allocates.
    """

    OUTLETS = ()

    def __init__(self, hold: float = 1.0, decay: float = 20.0):
        super().__init__(METER_WORDS)
        self.hold = number("hold", hold, 0, 10, "seconds")
        self.decay = number("decay", decay, 1, 1000, "dB a second")

    def ready(self):
        state, blocks = self.state, self.rate / self.n
        state[HOLD] = int(self.hold * blocks + 0.5)
        state[FALL] = int(32768 * 10 ** (-self.decay / 20 / blocks))
        state[WINDOW] = max(1, int(_SECONDS * blocks + 0.5))
        self._q = array("i", bytes(4 * self.n))

    def calls(self, ins, outs):
        return [(best("take"), self._q, ins[0]), (measure, self.state, self._q)]

    @property
    def peak(self) -> float:
        """The largest magnitude of late. Any context that may allocate."""
        return _decibels(self.state[PEAK] / 16777216)

    @property
    def rms(self) -> float:
        """The root of the mean of squares. Any context that may allocate."""
        state = self.state
        if self.n is None:
            return LEAST
        while True:
            # A block between two reads may show another.
            turn = state[TURN]
            high, low = state[SHOWN], state[SHOWN + 1]
            if turn == state[TURN]:
                break
        squares = (high + low / 1048576) / 16384
        return _decibels(sqrt(squares / (state[WINDOW] * self.n)))

    def __str__(self):
        return "Meter"


def _decibels(x):
    return max(LEAST, 20 * log10(x)) if x else LEAST
