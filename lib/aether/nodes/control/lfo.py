"""A node that moves other nodes up and down."""

from array import array
from math import cos, pi, sin

from aether import kernels
from aether.checks import number
from aether.nodes.control.lfo_words import (
    DEPTH,
    FRESH,
    IDLE,
    NEXT_DEPTH,
    NEXT_OFFSET,
    NEXT_PART,
    NEXT_STEP,
    OFFSET,
    WORDS,
)
from aether.nodes.node import Node
from aether.nodes.steps import phase_step

try:
    from aether.nodes.control import lfo_viper as _hot
except (ImportError, SyntaxError, ValueError):
    from aether.nodes.control import lfo_portable as _hot

WAVES = ("sine", "triangle", "square", "saw")
_MOST = 8
_ENTRIES = 256
# What jumps takes a 16th of a turn, as half a cosine.
_EDGE = 1 / 16
# Out of 32-bit samples comes a 16th, so that depth and offset together have room.
_SIXTEEN = array("f", [16.0])
_made = {}


class LFO(Node):
    """offset + depth * wave, the wave from -1 to 1.

    frequency: 0.001 to 50 Hz, exact to 0.001 cents of the rate that the graph has. depth: 0 to 8.
    offset: -8 to 8. These may be set at any time; depth and offset move over one block, and the
    phase goes on. wave: "sine" and "triangle", which begin at 0 and go up, "square", which begins
    with its upper half, and "saw", which goes up from -1 to 1; the edges of the last two take a
    16th of a turn, so that what they move does not click. From a table of 256 entries of 16 bits,
    for every fourth sample, and on straight lines between. While depth and offset are 0, it rests.
    Main program only; allocates.
    """

    INLETS = ()

    def __init__(
        self,
        frequency: float = 1.0,
        wave: str = "sine",
        depth: float = 1.0,
        offset: float = 0.0,
    ):
        super().__init__(WORDS)
        if wave not in WAVES:
            raise ValueError("wave must be one of %s, not %s" % (", ".join(WAVES), wave))
        self.wave = wave
        self._frequency = _hertz(frequency)
        self._depth = _deep(depth)
        self._offset = _off(offset)

    def ready(self):
        self._scratch = bytearray(4 * self.n)
        self._table = _table(self.wave)
        self._write()
        # Before the first block there is nothing to click.
        self.state[DEPTH] = self.state[NEXT_DEPTH]
        self.state[OFFSET] = self.state[NEXT_OFFSET]

    @property
    def frequency(self) -> float:
        return self._frequency

    @frequency.setter
    def frequency(self, frequency: float):
        self._frequency = _hertz(frequency)
        self._write()

    @property
    def depth(self) -> float:
        return self._depth

    @depth.setter
    def depth(self, depth: float):
        self._depth = _deep(depth)
        self._write()

    @property
    def offset(self) -> float:
        return self._offset

    @offset.setter
    def offset(self, offset: float):
        self._offset = _off(offset)
        self._write()

    def _write(self):
        if self.rate is None:
            return
        step, part = phase_step(self._frequency, self.rate)
        state = self.state
        state[FRESH] = 0  # a block that begins now takes nothing that is half written
        state[NEXT_STEP] = step
        state[NEXT_PART] = part
        state[NEXT_DEPTH] = int(self._depth * 134217728)
        state[NEXT_OFFSET] = int(self._offset * 134217728)
        state[FRESH] = 1
        state[IDLE] = 0

    def calls(self, ins, outs):
        out = outs[0]
        return [
            (_hot.slow, self.state, self._table, self._scratch),
            (kernels.mono_from_pcm32, out, self._scratch),
            (kernels.scale, out, out, _SIXTEEN),
        ]

    def __str__(self):
        return "LFO %s %s Hz, %s +- %s" % (self.wave, self._frequency, self._offset, self._depth)


def _hertz(frequency):
    return number("frequency", frequency, 0.001, 50, "Hz")


def _deep(depth):
    return number("depth", depth, 0, _MOST)


def _off(offset):
    return number("offset", offset, -_MOST, _MOST)


def shape(wave: str, turn: float) -> float:
    """What a wave is, a part of a turn from 0 to below 1 behind its beginning."""
    if wave == "sine":
        return sin(2 * pi * turn)
    if wave == "triangle":
        return 1 - abs(4 * ((turn + 0.25) % 1) - 2)
    if wave == "square":
        # The middle of its edges is at 0 and at half a turn.
        near = (turn + 0.25) % 0.5 - 0.25
        up = 1 if turn < 0.25 or turn >= 0.75 else -1
        if abs(near) < _EDGE / 2:
            return up * sin(pi * near / _EDGE)
        return up if near > 0 else -up
    if turn < 1 - _EDGE:
        return 2 * turn / (1 - _EDGE) - 1
    return cos(pi * (turn - 1 + _EDGE) / _EDGE)


def _table(wave):
    if wave not in _made:
        samples = []
        for i in range(_ENTRIES):
            x = shape(wave, i / _ENTRIES) * 32767
            samples.append(int(x + 0.5 if x > 0 else x - 0.5))
        table = array("I", range(_ENTRIES))
        for i in range(_ENTRIES):
            x = samples[i]
            table[i] = (x << 16) + samples[(i + 1) % _ENTRIES] - x & 0xFFFFFFFF
        _made[wave] = table
    return _made[wave]
