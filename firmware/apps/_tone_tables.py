"""The tables of `tone`: a wave of the sine, half a wave of a cosine to fade with, the voices."""

import math
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
_WAVE = 1024
_RAMP = 256
_FULL_SCALE = 8388608
# Scaling by a gain cuts off downwards, by less than this.
_SPARE = 128
# The largest 16-bit sample as a share of full scale: nothing is clipped at level 1.
_LARGEST = 32767 / 32768


def sine_table(peak: int):
    """One wave, and its first value again, as words that are never negative."""
    step = 2 * math.pi / _WAVE
    zero = peak + _SPARE
    return array("I", [round(peak * math.sin(step * i)) + zero for i in range(_WAVE + 1)])


def ramp_table():
    """Half a wave of a cosine, rising from 0 to 32768, and once more its last value."""
    step = math.pi / _RAMP
    ramp = [round(16384 - 16384 * math.cos(step * i)) for i in range(_RAMP + 1)]
    return array("H", ramp + ramp[-1:])


def peak_of(level: float, voices: int) -> int:
    """A voice's peak in the sine table, for a sum of at most `level`, 0 to 1 of full scale."""
    return int(level * _LARGEST * _FULL_SCALE / voices)


def steps(seconds: float, rate: int) -> int:
    """By what a ramp moves on at every group to get to its end in `seconds`."""
    return max(1, int(END / (seconds * rate / GROUP)))


def bank_of(notes, peak: int, rate: int, entry: float, spread: float, n: int):
    """The voices of `notes`, in Hz: each enters in `entry` seconds, `spread` after the last.

    n: frames of a block.
    """
    zero = peak + _SPARE
    bank = [len(notes), zero, zero * len(notes), END, steps(entry, rate)]
    for i, hertz in enumerate(notes):
        wait = int(i * spread * rate / n) * n
        bank += [0, int(hertz / rate * 4294967296 + 0.5), wait, 0, steps(entry, rate)]
    return array("I", bank)
