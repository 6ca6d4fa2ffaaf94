"""A node that makes a controller of MIDI a signal, to turn what a node has an inlet for."""

from array import array

from aether.checks import number, whole
from aether.kernels import add, copy, mono_from_pcm32, ramp, scale
from aether.nodes.node import IDLE, Node

_MOST = 127
# A step of the controller, so that all of them stay below 2**30.
_STEP = 1 << 23
# The words of its state: the node's own, and where it is.
_AT = 1
_WORDS = 2
# Of a cell: its gain and its step, and two more, as kernels work on fours.
_CELL = 4


class Knob(Node):
    """A number from `low` to `high`, as a signal, that a controller of 0 to 127 turns.

    low, high: -1e6 to 1e6, what 0 and 127 stand for. value: where it is at first, 0 to 127. glide:
    0.001 to 10 seconds, from 0 to 127: it moves in a straight line, so that nothing clicks.
    ValueError or TypeError for anything else. Main program only; allocates, but for turn().
    """

    INLETS = ()

    def __init__(self, low: float, high: float, value: int = 64, glide: float = 0.1):
        super().__init__(_WORDS)
        self.state[IDLE] = 0
        self.low = number("low", low, -1e6, 1e6)
        self.high = number("high", high, -1e6, 1e6)
        self._goal = self.state[_AT] = whole("value", value, 0, _MOST) * _STEP
        self._glide = number("glide", glide, 0.001, 10, "seconds")
        # Of a block, as parts of 2**31: where it begins, and how far it goes in a frame.
        self._parts = bytearray(4 * _CELL)
        self._cell = array("f", [0.0] * _CELL)
        self._range = array("f", [(self.high - self.low) * 256 / _MOST])
        self._low = array("f", [self.low] + [0.0] * (_CELL - 1))

    def ready(self):
        self._ones = array("f", [1.0] * self.n)
        self._held = array("f", [0.0] * self.n)
        # How far it goes in a block.
        pace = int(_MOST * _STEP * self.n / (self._glide * self.rate))
        self._pace = min(max(self.n, pace // self.n * self.n), _MOST * _STEP)
        self._hold()

    def calls(self, ins, outs):
        return [(self._turn, outs[0])]

    # Below, nothing allocates.

    def turn(self, value: int):
        """Go to a value, held to 0 to 127. Soft callbacks; with the next block."""
        self._goal = min(max(value, 0), _MOST) * _STEP

    def _turn(self, out, n):
        at = self.state[_AT]
        way = self._goal - at
        if not way:
            copy(out, self._held, n)
        elif -self._pace <= way <= self._pace:
            self.state[_AT] = self._goal
            self._line(out, at, way // n)
            self._hold()
        else:
            way = self._pace if way > 0 else -self._pace
            self.state[_AT] = at + way
            self._line(out, at, way // n)

    def _hold(self):
        self._line(self._held, self._goal, 0)

    def _line(self, out, at, step):
        self._put(0, at)
        self._put(4, step)
        mono_from_pcm32(self._cell, self._parts, _CELL)
        scale(self._cell, self._cell, self._range, _CELL)
        add(self._cell, self._low, _CELL)
        ramp(out, self._ones, self._cell, self.n)

    def _put(self, i, value):
        parts = self._parts
        parts[i] = value & 255
        parts[i + 1] = value >> 8 & 255
        parts[i + 2] = value >> 16 & 255
        parts[i + 3] = value >> 24 & 255

    def __str__(self):
        return "Knob %s to %s" % (self.low, self.high)
