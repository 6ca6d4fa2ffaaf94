"""What the oscillators are: a phase that goes through wave tables, at a pitch and a level."""

from array import array

from aether import kernels
from aether.checks import number
from aether.nodes.bank import waves
from aether.nodes.node import IDLE, OWN, Node
from aether.nodes.sources.choice import hot, loops
from aether.nodes.sources.words import (
    FRESH,
    GAIN,
    LEVEL,
    NEXT_OCTAVES,
    NEXT_PART,
    NEXT_STEP,
    WORDS,
)
from aether.nodes.steps import phase_octaves, phase_step

# Hz.
_LEAST = 0.01
_FULL = 0x7FFFFFFF
# A 128th of an octave: 2**(1 / 128), in parts of 2**40.
_RATIO = 1105481867187
# What is made once for all: 2**29 * 2**(i / 128), and (tables, peak) by the name of a wave.
_powers = None
_made = {}


class Oscillator(Node):
    """A wave that goes on for ever; see its kinds, and `waves` for their tables.

    frequency: 0.01 Hz to half the rate, exact to 0.001 cents of the rate that the graph has; it
    may be set at any time. level: 0 to 1, the wave's peak. Both move over one block, and the phase
    goes on. Main program only; allocates.

    The inlet `pitch`, which may stay without a cord, moves the frequency in octaves, -10 to 10. It
    is read once a block, its last sample, and the pitch goes there over that block; exact to 0.02
    cents. What is too high for the rate stays at half of it.
    """

    INLETS = OPTIONAL = ("pitch",)
    RULE = OWN
    WAVE = None

    def __init__(self, frequency: float = 440.0, level: float = 1.0):
        super().__init__(WORDS)
        self._frequency = number("frequency", frequency, _LEAST, 100000, "Hz")
        self._level = number("level", level, 0, 1)
        self._tables, self._peak = _tables(self.WAVE)

    def ready(self):
        self._scratch = bytearray(4 * self.n)
        self.frequency = self._frequency
        self.level = self._level
        self.state[GAIN] = self.state[LEVEL]

    @property
    def frequency(self) -> float:
        return self._frequency

    @frequency.setter
    def frequency(self, frequency: float):
        most = self.rate / 2 if self.rate else 100000
        self._frequency = frequency = number("frequency", frequency, _LEAST, most, "Hz")
        if self.rate:
            step, part = phase_step(frequency, self.rate)
            state = self.state
            state[FRESH] = 0  # a block that begins now takes nothing that is half written
            state[NEXT_STEP] = step
            state[NEXT_PART] = part
            state[NEXT_OCTAVES] = phase_octaves(frequency, self.rate)
            state[FRESH] = 1

    @property
    def level(self) -> float:
        return self._level

    @level.setter
    def level(self, level: float):
        self._level = level = number("level", level, 0, 1)
        # Of a table's peak, which is below 2**15; the product never reaches 2**31.
        self.state[LEVEL] = int(level * (_FULL // self._peak))
        if self.rate and level:
            self.state[IDLE] = 0

    def calls(self, ins, outs):
        calls = []
        if ins[0] is not None:
            calls.append((hot.pitch, self.state, _exponents(), ins[0]))
        calls.append((hot.begin, self.state, self._tables))
        calls.append((loops.run, self.state, self._tables, self._scratch))
        calls.append((hot.end, self.state, self._tables, self._scratch))
        calls.append((kernels.mono_from_pcm32, outs[0], self._scratch))
        return calls

    def __str__(self):
        return "%s %s Hz, level %s" % (type(self).__name__, self._frequency, self._level)


def _exponents():
    global _powers
    if _powers is None:
        power, found = 1 << 40, []
        for _ in range(129):
            found.append(power + 1024 >> 11)
            power = power * _RATIO >> 40
        _powers = array("I", found)
    return _powers


def _tables(wave):
    if wave not in _made:
        tables = waves.smooth_sine() if wave == "sine" else waves.build([wave])[0]
        list_end = 2
        while tables[list_end - 2] != _FULL:
            list_end += 2
        _made[wave] = tables, hot.peak(tables, list_end, len(tables))
    return _made[wave]
