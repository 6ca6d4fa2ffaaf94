"""The arithmetic of wave tables in viper; `waves_portable` is the same in plain Python.

Main program only; allocates nothing. Sums are of 1,024 words and have _ZERO added, so that they
are never negative, nor are the words of a sine, which has 2**16 added.
"""

import micropython
from micropython import const

_ZERO = const(0x20000000)
_ENTRIES = const(1024)


@micropython.viper
def add(sums: ptr32, sine: ptr32, harmonic: int, amplitude: int):
    """Add a harmonic to the sums; amplitude: -2**14 to 2**14."""
    i = 0
    at = 0
    while i < _ENTRIES:
        sums[i] = int(sums[i]) + ((int(sine[at]) - 65536) * amplitude >> 9)
        at = (at + harmonic) & (_ENTRIES - 1)
        i += 1


@micropython.viper
def clear(sums: ptr32):
    """Sums of nothing."""
    i = 0
    while i < _ENTRIES:
        sums[i] = _ZERO
        i += 1


@micropython.viper
def peak(sums: ptr32) -> int:
    """The largest magnitude."""
    most = 0
    i = 0
    while i < _ENTRIES:
        x = int(sums[i]) - _ZERO
        if x < 0:
            x = 0 - x
        if x > most:
            most = x
        i += 1
    return most


@micropython.viper
def store(tables: ptr32, at: int, sums: ptr32, stride: int, shift: int, factor: int):
    """A table from word `at` on: of every stride-th sum, (sum >> shift) * factor >> 14."""
    first = ((int(sums[0]) - _ZERO >> shift) * factor + 8192) >> 14
    x = first
    i = stride
    while i <= _ENTRIES:
        y = first
        if i < _ENTRIES:
            y = ((int(sums[i]) - _ZERO >> shift) * factor + 8192) >> 14
        tables[at] = (x << 16) + y - x
        at += 1
        x = y
        i += stride
