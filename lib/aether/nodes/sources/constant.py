"""A node that is a number."""

from array import array

from aether.checks import number
from aether.nodes.node import IDLE, Node
from aether.nodes.sources.choice import hot
from aether.nodes.sources.words import FRESH

_MOST = 1000000


class Constant(Node):
    """A value, for inlets that are moved by a signal.

    value: -1,000,000 to 1,000,000, in whatever the inlet counts; it may be set at any time and
    moves over one block. Main program only; allocates.
    """

    INLETS = ()

    def __init__(self, value: float = 1.0):
        super().__init__(2)
        self._value = number("value", value, -_MOST, _MOST)
        self._line = None

    def ready(self):
        # The way to a new value, that value, and the one that is held.
        self._line = array("f", [self._value] * (self.n + 2))
        self._wake()

    @property
    def value(self) -> float:
        return self._value

    @value.setter
    def value(self, value: float):
        self._value = value = number("value", value, -_MOST, _MOST)
        line = self._line
        if line is None:
            return
        self.state[FRESH] = 0  # what is not taken up by now, is not
        n = self.n
        start = line[n + 1]
        for i in range(n):
            line[i] = start + (value - start) * i / n
        line[n] = value
        self.state[FRESH] = 1
        self._wake()

    def _wake(self):
        if self._value or self.state[FRESH]:
            self.state[IDLE] = 0

    def calls(self, ins, outs):
        return [(hot.hold, self.state, outs[0], self._line)]

    def kept(self):
        return [self.state, self._line]

    def __str__(self):
        return "Constant %s" % self._value
