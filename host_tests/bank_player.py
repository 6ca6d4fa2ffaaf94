"""Plays random notes on a bank, the same ones on any interpreter."""

from array import array
from binascii import crc32

from aether.nodes.bank.bank import Bank

_LEVELS = (0, 0.25, 0.5, 1)
_SECONDS = (0, 0.001, 0.004, 0.02, 0.1)


class Dice:
    """A linear congruential generator."""

    def __init__(self, seed):
        self.word = seed

    def roll(self, sides):
        self.word = (self.word * 69069 + 12345) & 0xFFFFFFFF
        return (self.word >> 8) % sides

    def pick(self, some):
        return some[self.roll(len(some))]


def made(dice, n, **options):
    """A bank of which most patches differ."""
    bank = Bank(**options)
    bank.prepare(44100, n)
    for index in range(4):
        repatch(bank, dice, index)
    return bank


def repatch(bank, dice, index):
    bank.patch(
        index,
        wave=dice.roll(len(bank._waves)),
        attack=dice.pick(_SECONDS),
        decay=dice.pick(_SECONDS),
        sustain=dice.pick(_LEVELS),
        release=dice.pick(_SECONDS),
        level=dice.pick(_LEVELS),
        pan=dice.roll(128),
    )


def act(bank, dice, n):
    """Something that a musician does."""
    kind = dice.roll(16)
    note, frame, patch = 30 + dice.roll(70), dice.roll(n), dice.roll(4)
    if kind < 7:
        return bank.note_on(note, 1 + dice.roll(127), frame, patch, dice.roll(129) - 1)
    if kind < 12:
        return bank.note_off(note, frame, patch)
    if kind == 12:
        return bank.sustain(dice.roll(2) == 1, patch)
    if kind == 13:
        return bank.bend(dice.roll(400000) - 200000, patch)
    if kind == 14:
        return repatch(bank, dice, patch)
    return bank.all_off(dice.roll(5) - 1) if not dice.roll(8) else None


def play(seed, blocks, n=64, acts=3, **options):
    """Checksums of every block and of all that the bank has in memory behind it."""
    dice = Dice(seed)
    bank = made(dice, n, **options)
    left, right = array("f", bytes(4 * n)), array("f", bytes(4 * n))
    sums = [crc32(bytes(bank._tables))]
    for _ in range(blocks):
        for _ in range(dice.roll(acts + 1)):
            act(bank, dice, n)
        if bank.sounding():
            bank.render(left, right)
            sums.append(crc32(bytes(left), crc32(bytes(right))))
        sums.append(crc32(bytes(bank._words)))
    return sums
