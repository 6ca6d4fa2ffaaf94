"""Plays nodes that make something of nothing with viper and with plain Python, side by side.

Runs on MicroPython; needs nothing but the library.
"""

from array import array

from aether.nodes.control import adsr_portable, adsr_viper, lfo_portable, lfo_viper
from aether.nodes.control.adsr import ADSR
from aether.nodes.control.lfo import LFO, WAVES
from aether.nodes.sources import choice, sources_portable, sources_viper
from aether.nodes.sources.constant import Constant
from aether.nodes.sources.noise import Noise
from aether.nodes.sources.sine import Sine
from aether.nodes.sources.wave import Saw

_TWINS = [
    (getattr(fast, name), getattr(plain, name))
    for fast, plain, names in (
        (sources_viper, sources_portable, ("begin", "run", "end", "pitch", "rise")),
        (sources_viper, sources_portable, ("noise", "hold")),
        (adsr_viper, adsr_portable, ("envelope",)),
        (lfo_viper, lfo_portable, ("slow",)),
    )
    for name in names
]
# What an Arm runs of these in assembler.
_TWINS.append((choice.loops.run, sources_portable.run))
_TWINS.append((choice.loops.noise, sources_portable.noise))
_PITCHES = (0.0, 1.0, -1.0, 0.3, -2.7, 10.0, 11.0, -40.0, 1e-7, 7.99, 1e30)
_PITCHES += (float("inf"), float("-inf"), float("nan"))
_LEVELS = (0, 0.25, 0.75, 1, 1)
_SECONDS = (0.001, 0.0014, 0.003, 0.01, 0.03)
_FREQUENCIES = (0.01, 27.5, 110, 1000.1, 9000, 22050)


class Dice:
    """A linear congruential generator."""

    def __init__(self, seed):
        self.word = seed

    def roll(self, sides):
        self.word = (self.word * 69069 + 12345) & 0xFFFFFFFF
        return (self.word >> 8) % sides

    def pick(self, some):
        return some[self.roll(len(some))]


def wave(dice, kind, n):
    """An oscillator, what may be done to it, and its inlet."""
    node = kind(dice.pick(_FREQUENCIES), dice.pick(_LEVELS))
    line = memoryview(array("f", [0.0] * n)) if dice.roll(2) else None

    def act():
        if dice.roll(3) == 0:
            node.frequency = dice.pick(_FREQUENCIES)
        if dice.roll(3) == 0:
            node.level = dice.pick(_LEVELS)
        if line is not None:
            line[n - 1] = dice.pick(_PITCHES)

    return node, act, line


def sine(dice, n):
    return wave(dice, Sine, n)


def saw(dice, n):
    return wave(dice, Saw, n)


def noise(dice, n):
    node = Noise(0.5, 1 + dice.roll(1 << 20))

    def act():
        node.level = dice.pick(_LEVELS)

    return node, act, None


def constant(dice, n):
    node = Constant(0.5)

    def act():
        if dice.roll(2):
            node.value = dice.roll(5) - 2.0

    return node, act, None


def adsr(dice, n):
    node = ADSR(0.001, 0.001, 0.5, 0.001)

    def act():
        for _ in range(dice.roll(4)):
            (node.on if dice.roll(2) else node.off)(dice.roll(n + 2) - 1)
        which = dice.roll(8)
        if which < 3:
            setattr(node, ("attack", "decay", "release")[which], dice.pick(_SECONDS))
        elif which == 3:
            node.sustain = dice.roll(5) / 4

    return node, act, None


def lfo(dice, n):
    node = LFO(dice.pick((0.001, 3, 50)), dice.pick(WAVES))

    def act():
        which = dice.roll(6)
        if which == 0:
            node.frequency = dice.pick((0.001, 1, 50))
        elif which == 1:
            node.depth = dice.roll(9)
        elif which == 2:
            node.offset = dice.roll(17) - 8

    return node, act, None


def differences(make, seed, n, blocks, turns=1):
    """How many blocks, or states behind them, the twins make different; and how many sounded."""
    dice = Dice(seed)
    bad = loud = 0
    for _ in range(turns):
        node, act, line = make(dice, n)
        node.prepare(44100, n)
        out = memoryview(array("f", [0.0] * n))
        calls = node.calls([line] * len(node.INLETS), [out])
        kept = node.kept()
        for _ in range(blocks):
            act()
            before = [bytes(some) for some in kept]
            _call(calls, n, 0)
            after = [bytes(some) for some in kept] + [bytes(out)]
            loud += any(after[-1])
            for k in range(len(kept)):
                kept[k][:] = array("i" if kept[k] is node.state else "f", before[k])
            _call(calls, n, 1)
            bad += after != [bytes(some) for some in kept] + [bytes(out)]
    return bad, loud


def _call(calls, n, which):
    for call in calls:
        function = call[0]
        for twins in _TWINS:
            if function is twins[0]:
                function = twins[which]
        function(*call[1:], n)
