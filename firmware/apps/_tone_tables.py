"""The tables of `tone`: a wave of the sine, half a wave of a cosine to fade with, the voices.

In integers: a board's floats have 24 bits and the host's 53, and both shall play the same.
"""

from array import array

# The bank is one array of words: a head,
VOICES = 0  # how many voices follow
ZERO = 1  # what the sine table holds for 0
REST = 2  # what all voices add up to in silence
FADE = 3  # how far the fade-out is from its end: END to 0
FADE_STEP = 4  # by which that falls at every group
HEAD = 5
# and for each voice
PHASE = 0  # where in the wave: all 32 bits make one
STEP = 1  # by which that grows at every sample
WAIT = 2  # samples until it enters, in whole blocks
AT = 3  # how far it has entered: 0 to END
RISE = 4  # by which that grows at every group
STRIDE = 5
END = 0x10000000
# Samples over which a gain moves on a straight line.
GROUP = 8

# With 1024 steps and straight lines between them, the worst harmonic is at -120 dBc.
_QUARTER = 256
# Sines are computed as parts of 2**40: that of a step, and its cosine.
_ONE = 40
_SINE = 6746476518
_COSINE = 1099490929780
# A level is taken in parts of 2**18, a note in 256ths of a Hz.
_LEVEL = 262144
_HERTZ = 256
# Scaling by a gain cuts off downwards, by less than this.
_SPARE = 128


def milliseconds(seconds: float) -> int:
    return int(seconds * 1000 + 0.5)


def _rising(peak: int):
    # The sine from 0 to its peak, in 257 words.
    sine, cosine, words = 0, 1 << _ONE, []
    for _ in range(_QUARTER + 1):
        words.append((sine * peak >> _ONE - 1) + 1 >> 1)
        sine, cosine = (
            sine * _COSINE + cosine * _SINE >> _ONE,
            cosine * _COSINE - sine * _SINE >> _ONE,
        )
    return words


def sine_table(peak: int):
    """One wave, and its first value again, as words that are never negative."""
    half = _rising(peak)
    half += list(reversed(half))[1:]
    zero = peak + _SPARE
    return array("I", [zero + x for x in half] + [zero - x for x in half[1:]])


def ramp_table():
    """Half a wave of a cosine, rising from 0 to 32768, and once more its last value."""
    sine = _rising(16384)[::2]
    ramp = [16384 - x for x in reversed(sine)] + [16384 + x for x in sine[1:]]
    return array("H", ramp + ramp[-1:])


def peak_of(level: float, voices: int) -> int:
    """A voice's peak in the sine table, for a sum of at most `level`, 0 to 1 of full scale.

    Full scale is 2**23 * 32767 / 32768: nothing is clipped at level 1.
    """
    return int(level * _LEVEL + 0.5) * 32767 // (1024 * voices)


def steps(seconds: float, rate: int) -> int:
    """By what a ramp moves on at every group to get to its end in `seconds`."""
    return max(1, END * GROUP * 1000 // (milliseconds(seconds) * rate))


def bank_of(notes, peak: int, rate: int, entry: float, spread: float, n: int):
    """The voices of `notes`, in Hz: each enters in `entry` seconds, `spread` after the last.

    n: frames of a block.
    """
    zero = peak + _SPARE
    bank = [len(notes), zero, zero * len(notes), END, steps(entry, rate)]
    for i, hertz in enumerate(notes):
        wait = i * milliseconds(spread) * rate // (1000 * n) * n
        step = ((int(hertz * _HERTZ + 0.5) << 32) // _HERTZ + rate // 2) // rate
        bank += [0, step, wait, 0, steps(entry, rate)]
    return array("I", bank)
