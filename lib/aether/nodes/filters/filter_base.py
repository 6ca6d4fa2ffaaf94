"""What all filters share: two poles, a mix, and parameters that move without clicks."""

from array import array
from math import atan, log, pi, tan

from aether.checks import check_channels
from aether.nodes.filters import choice
from aether.nodes.filters.places import FRESH, NEW, PART, READY, STRIDE, TOP, WORDS
from aether.nodes.node import Node

LOWEST = 10  # Hz
HIGHEST = 20000
# Of the rate, where the highest cutoff is.
TOPMOST = 0.46
_PART_OF_OCTAVE = 32
# Of each rate, what the filters look up; see portable.glide().
_tables = {}


class TwoPoles(Node):
    """A state-variable filter whose output is a mix of its input, band and low pass.

    A subclass says in _shape() what that is. What is set moves there in steps of 4 samples: in a
    block a cutoff goes half the way, at most half an octave, q half of it, a gain or a change of
    mode an eighth. Inside, sounds are held within -8 to 8, and NaN is 0; they have 24 bits behind
    the point.
    """

    IN_PLACE = True

    def __init__(self, channels: int):
        super().__init__(WORDS)
        if check_channels(channels) == 2:
            self.INLETS = self.OUTLETS = ("left", "right")
        self.state[FRESH] = 1

    def _shape(self):
        """(cutoff in Hz, what to multiply its g by, k, (input, band, low)) as they are to be."""
        raise NotImplementedError

    def ready(self):
        state = self.state
        self._table = _table(self.rate)
        state[TOP] = int(log(TOPMOST * self.rate / LOWEST) / log(2) * 65536)
        state[PART] = 4096 // self.n
        state[STRIDE] = self.n
        self._set()

    def _set(self):
        # Words that wait are of one kind: a callback that comes in between takes none of them.
        if self.rate is None:
            return
        cutoff, times, k, mix = self._shape()
        x = pi * min(cutoff / self.rate, TOPMOST)
        g = min(max(tan(x) * times, tan(pi * LOWEST / self.rate)), tan(pi * TOPMOST))
        pitch = int(log(atan(g) / pi * self.rate / LOWEST) / log(2) * 65536 + 0.5)
        state = self.state
        state[READY] = 0
        state[NEW] = min(max(pitch, 0), state[TOP])
        state[NEW + 1] = int(k * (1 << 20) + 0.5)
        for i in range(3):
            state[NEW + 2 + i] = int(round(mix[i] * (1 << 14)))
        state[NEW + 5] = int(g * (1 << 27))
        state[READY] = 1

    def calls(self, ins, outs):
        calls = [(choice.glide, self.state, self._table)]
        for i in range(len(outs)):
            calls.append((choice.render, self.state, ins[i], outs[i]))
        return calls


def _table(rate):
    if rate not in _tables:
        count = int(log(TOPMOST * rate / LOWEST) / log(2) * _PART_OF_OCTAVE) + 4
        table = array("i", bytes(4 * count))
        for i in range(count):
            x = pi * LOWEST / rate * 2 ** ((i - 1) / _PART_OF_OCTAVE)
            # The last ones lie beyond the highest cutoff.
            table[i] = int(min(tan(min(x, 1.5)), 15.99) * (1 << 27))
        _tables[rate] = table
    return _tables[rate]
