"""The memory of a bank, as `places` has it. Main program only; allocates."""

from array import array
from math import pi, sin

from aether.nodes.bank.places import (
    BEND_ZERO,
    BENDS,
    EXPONENT,
    FRAMES,
    HEAD,
    LENGTHS,
    PANS,
    PATCH,
    PATCH_AT,
    PATCHES,
    PITCHES,
    RECORDS,
    SUMS,
    TOP,
    VOICE,
    VOICES,
)

# A sum of 2**24 is a voice at full level, in the middle of nothing.
_FULL = 24
# An eighth of a semitone: 2**(1 / 96), in parts of 2**40.
_EIGHTH = 1107479142276


def words_of(rate, n, voices, channels, headroom, tune):
    """The words of a bank of idle voices, with no patch.

    rate: frames a second; n: of a block; headroom: voices at full level that add up to 1, a power
    of two; tune: Hz of note 69. There are two places for each patch, of which PATCH_AT has the
    first.
    """
    patches = HEAD + channels * n
    records = patches + 2 * PATCHES * PATCH
    size = records + voices * VOICE
    words = array("I", range(size))
    for i in range(size):
        words[i] = 0
    words[FRAMES] = n
    words[VOICES] = voices
    words[RECORDS] = records
    words[SUMS] = HEAD
    words[EXPONENT] = 127 + 31 - _FULL
    while headroom > 1:
        headroom >>= 1
        words[EXPONENT] -= 1
    for i in range(PATCHES):
        words[PATCH_AT + i] = patches + 2 * PATCH * i
        words[BENDS + i] = BEND_ZERO
    words[TOP] = _pitches(words, rate, tune)
    _bytes(words, PANS, [int(127 * sin(pi / 254 * i) + 0.5) for i in range(128)])
    zeros = [8]
    for i in range(8):
        zeros += [7 - i] * (1 << i)
    _bytes(words, LENGTHS, zeros)
    return words


def _bytes(words, at, values):
    for i in range(0, len(values), 4):
        a, b, c, d = values[i : i + 4]
        words[at + i // 4] = a | b << 8 | c << 16 | d << 24


def _pitches(words, rate, tune):
    # The phase steps of the highest octave that ends below half the rate; in whole numbers, as a
    # board's floats have 24 bits.
    rate = int(rate * 1024 + 0.5)
    hertz = int(tune * 1024 + 0.5)
    ratios = [1 << 40]
    for _ in range(95):
        ratios.append(ratios[-1] * _EIGHTH >> 40)
    top = 10
    while top and _step(hertz, rate, ratios, 96 * top + 96) >= 1 << 31:
        top -= 1
    for i in range(97):
        words[PITCHES + i] = min(_step(hertz, rate, ratios, 96 * top + i), 0x7FFFFFFF)
    return top


def _step(hertz, rate, ratios, eighths):
    # Of a pitch counted in eighths of a semitone from note 0; note 69 is `hertz`.
    above = eighths - 69 * 8
    octave = above // 96 + 8
    return (hertz * ratios[above % 96] << octave) // (rate << 16)
