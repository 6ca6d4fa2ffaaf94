"""The arithmetic of wave tables in plain Python: `waves_viper` word for word. Allocates."""

_ZERO = 0x20000000
_ENTRIES = 1024


def add(sums, sine, harmonic, amplitude):
    """Add a harmonic to the sums; amplitude: -2**14 to 2**14."""
    i = 0
    at = 0
    while i < _ENTRIES:
        sums[i] = sums[i] + ((sine[at] - 65536) * amplitude >> 9)
        at = (at + harmonic) & (_ENTRIES - 1)
        i += 1


def clear(sums):
    """Sums of nothing."""
    i = 0
    while i < _ENTRIES:
        sums[i] = _ZERO
        i += 1


def peak(sums):
    """The largest magnitude."""
    most = 0
    i = 0
    while i < _ENTRIES:
        x = sums[i] - _ZERO
        if x < 0:
            x = -x
        if x > most:
            most = x
        i += 1
    return most


def store(tables, at, sums, stride, shift, factor):
    """A table from word `at` on: of every stride-th sum, (sum >> shift) * factor >> 14."""
    first = ((sums[0] - _ZERO >> shift) * factor + 8192) >> 14
    x = first
    i = stride
    while i <= _ENTRIES:
        y = first
        if i < _ENTRIES:
            y = ((sums[i] - _ZERO >> shift) * factor + 8192) >> 14
        tables[at] = (x << 16) + y - x & 0xFFFFFFFF
        at += 1
        x = y
        i += stride
