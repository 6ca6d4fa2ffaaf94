"""Plays effects and meters with random sound and random changes, the same on any interpreter."""

from array import array
from binascii import crc32

from aether.nodes import Delay, Meter, Reverb, SoftClip

# Words of floats that are none, or hardly any, or beyond all that is used.
_ODD = (0x7FC00000, 0xFFC00001, 0x7F800000, 0xFF800000, 1, 0x80000000, 0x41FFFFFF, 0xC2000000)
_ODD += (0x33800000, 0x337FFFFF, 0x3F800000, 0xBF800000, 0x4B000000)


class Dice:
    """A linear congruential generator."""

    def __init__(self, seed):
        self.word = seed

    def roll(self, sides):
        self.word = (self.word * 69069 + 12345) & 0xFFFFFFFF
        return (self.word >> 8) % sides


def made(kind, channels):
    """A node of a kind."""
    if kind == "Delay":
        return Delay(0.004, 0.7, 0.5, 0.01)
    if kind == "Reverb":
        return Reverb(0.7, 0.3, 0.5, 0.25, channels)
    if kind == "SoftClip":
        return SoftClip(2, channels)
    return Meter(0.01, 300)


def change(node, dice):
    """Another value for one of its parameters, sometimes."""
    value = dice.roll(65) / 64
    what = dice.roll(12)
    if isinstance(node, SoftClip) and what < 3:
        node.drive = 1 + 63 * value
    elif isinstance(node, (Delay, Reverb)) and what == 0:
        node.mix = value
    elif isinstance(node, Delay) and what == 1:
        node.feedback = value * 0.98
    elif isinstance(node, Delay) and what == 2:
        node.seconds = value * 0.01
    elif isinstance(node, Reverb) and what == 1:
        node.room = value
    elif isinstance(node, Reverb) and what == 2:
        node.damping = value


def sound(block, dice):
    """Random words: quiet, loud, none, or no sound at all."""
    kind = dice.roll(4)
    for i in range(len(block)):
        word = 0x30000000 + dice.roll(0x10000000 if kind else 1) + (dice.roll(2) << 31)
        if kind == 3 and not dice.roll(9):
            word = _ODD[dice.roll(len(_ODD))]
        if not kind:
            word = 0
        block[i] = word & 0xFFFFFFFF


def play(kind, seed, blocks, n=64, channels=1):
    """Checksums of what came out of each block, and of all that the node then has in mind."""
    dice = Dice(seed)
    node = made(kind, channels)
    node.prepare(44100, n)
    ins = [array("I", bytes(4 * n)) for _ in node.INLETS]
    outs = [array("f", bytes(4 * n)) for _ in node.OUTLETS]
    floats = [array("f", bytes(4 * n)) for _ in node.INLETS]
    calls = node.calls(floats, outs)
    sums = []
    for _ in range(blocks):
        for words, block in zip(ins, floats):  # noqa: B905, MicroPython has no strict
            sound(words, dice)
            memoryview(block)[:] = memoryview(array("f", bytes(words)))
        for call in calls:
            call[0](*call[1:], n)
        total = 0
        for out in outs:
            total = crc32(bytes(out), total)
        sums.append(crc32(bytes(node.state), total))
        change(node, dice)
    return sums
