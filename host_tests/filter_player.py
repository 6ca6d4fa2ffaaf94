"""Plays random sounds through filters that a dice sets, the same on any interpreter."""

from array import array
from binascii import crc32

import aether.nodes

NAMES = (
    "Filter",
    "LowPass",
    "HighPass",
    "BandPass",
    "Notch",
    "Peak",
    "LowShelf",
    "HighShelf",
    "LowPass1",
    "HighPass1",
)
_ODD = (0.0, -0.0, 1e-40, 2.0**-24, -(2.0**-23), 7.9999995, 8.0, 1e38, -1e9)
_NO_NUMBERS = (float("inf"), -float("inf"), float("nan"))


class Dice:
    """A linear congruential generator."""

    def __init__(self, seed):
        self.word = seed

    def roll(self, sides):
        self.word = (self.word * 69069 + 12345) & 0xFFFFFFFF
        return (self.word >> 8) % sides

    def pick(self, some):
        return some[self.roll(len(some))]


def block(dice, n):
    """A block of noise, of silence, or with some samples that no sound has."""
    kind = dice.roll(8)
    if kind == 0:
        return array("f", bytes(4 * n))
    scale = dice.pick((1, 1, 1, 8, 2.0**-20))
    samples = [(dice.roll(65536) - 32768) / 32768 * scale for _ in range(n)]
    if kind == 1:
        for _ in range(3):
            samples[dice.roll(n)] = dice.pick(_ODD + _NO_NUMBERS)
    return array("f", samples)


def turn(node, dice):
    """Sets something of a filter."""
    cutoff = dice.pick((20, 33.3, 100, 1000, 5000, 20000))
    kind = dice.roll(4)
    if kind < 2 or not hasattr(node, "q"):
        node.cutoff = cutoff
    elif kind == 2:
        node.q = dice.pick((0.5, 0.7071, 2, 40))
    elif hasattr(node, "gain"):
        node.gain = dice.pick((-18, -3, 0, 6, 18))
    elif hasattr(node, "mode"):
        node.mode = dice.pick(("low", "band", "high", "notch"))


def play(name, seed, blocks, n=64):
    """Checksums of what comes out, and of all that the filter has in memory behind each block."""
    dice = Dice(seed)
    node = getattr(aether.nodes, name)(dice.pick((20, 440, 12000)), channels=1 + dice.roll(2))
    node.prepare(dice.pick((22050.0, 44100.0)), n)
    ins = [array("f", bytes(4 * n)) for _ in node.INLETS]
    # In place, as a graph may have it.
    outs = [ins[0], array("f", bytes(4 * n))][: len(node.OUTLETS)]
    if name == "Filter" and dice.roll(2):
        ins[-1] = None
    calls = node.calls(ins, outs)
    sums = [crc32(bytes(node._table))]
    for _ in range(blocks):
        if not dice.roll(3):
            turn(node, dice)
        for samples in ins:
            if samples is not None:
                memoryview(samples)[:] = block(dice, n)
        for call in calls:
            call[0](*call[1:], n)
        for samples in outs:
            sums.append(crc32(bytes(samples)))
        sums.append(crc32(bytes(node.state)))
    return sums
