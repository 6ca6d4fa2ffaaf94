"""Wave tables: for each octave one with as many harmonics as fit below half the rate.

A table is chosen by the step of a phase; each is meant for steps up to its limit. What is played
between two entries lies on a straight line, and what that adds to harmonic h in a table of N
entries is h**2 / (N - h)**2 of it: so it is decided whether a table has 1,024 entries, or 256.
"""

from array import array

# Not of `choice`: who needs no bank loads no kernels of it.
try:
    import aether.nodes.bank.waves_viper as hot
except (ImportError, SyntaxError, ValueError):
    import aether.nodes.bank.waves_portable as hot

ENTRIES = 1024
SHORT = 256
# No table has more than a sixth of its entries as harmonics.
MOST = 170
# Harmonics of the tables, an octave apart: at 1 kHz and 44.1 kHz, 21 fit.
_OCTAVES = (1, 2, 5, 10, 21, 42, 85, MOST)
_FEW = 85
# What a straight line may add, as a part of the strongest harmonic: -82 dB.
_ADDED = 8e-5
# The samples of a table have 16 bits; a bend of harmonics between two of them fits as well.
_PEAK = 31000
# Sines are computed as parts of 2**40: that of a 1,024th of a turn, and its cosine.
_ONE = 40
_SINE = 6746476518
_COSINE = 1099490929780
# What goes on beyond half the rate, so does no step.
_HALF = 0x7FFFFFFF


def _saw(h):
    return 1 / h


def _square(h):
    return h % 2 / h


def _triangle(h):
    return h % 2 * (2 - h % 4) / h**2 if h < 42 else 0


_WAVES = {"saw": _saw, "square": _square, "triangle": _triangle, "sine": lambda h: h == 1}
NAMES = ("sine", "triangle", "square", "saw")


def harmonics(wave):
    """The amplitudes of a wave's harmonics, the first one first, the largest 2**14.

    wave: one of NAMES, or a list of numbers. ValueError or TypeError for anything else.
    """
    if isinstance(wave, str):
        if wave not in _WAVES:
            raise ValueError("a wave is one of %s, or a list, not '%s'" % (", ".join(NAMES), wave))
        amplitudes = [_WAVES[wave](h) for h in range(1, _FEW + 1)]
    else:
        if not isinstance(wave, (list, tuple)):
            raise TypeError("a wave is a name or a list, not %s" % type(wave).__name__)
        amplitudes = wave
        if not 1 <= len(amplitudes) <= MOST:
            raise ValueError("a wave has 1 to %d harmonics, not %d" % (MOST, len(amplitudes)))
        for x in amplitudes:
            if isinstance(x, bool) or not isinstance(x, (int, float)):
                raise TypeError("a harmonic must be a number, not %s" % type(x).__name__)
            if not -1e30 < x < 1e30:  # so is NaN
                raise ValueError("a harmonic must be finite, not %s" % x)
    most = max([abs(x) for x in amplitudes])
    if not most:
        raise ValueError("a wave must have a harmonic that is not 0")
    return [int(x / most * 16384 + (0.5 if x > 0 else -0.5)) for x in amplitudes]


def sine():
    """A wave of the sine in 1,024 words of 2**16 + 2**16 * sin."""
    s, c, quarter = 0, 1 << _ONE, []
    for _ in range(ENTRIES // 4 + 1):
        quarter.append(s + (1 << 23) >> 24)
        s, c = (s * _COSINE + c * _SINE) >> _ONE, (c * _COSINE - s * _SINE) >> _ONE
    half = quarter + quarter[-2:0:-1]
    return array("I", [65536 + x for x in half] + [65536 - x for x in half])


def bands(amplitudes):
    """[(harmonics, highest one, entries)] of a wave's tables, the one for high notes first."""
    found = []
    before = 0
    for many in _OCTAVES:
        some = [h for h in range(1, min(many, len(amplitudes)) + 1) if amplitudes[h - 1]]
        highest = some[-1] if some else 0
        if highest > before:
            before = highest
            found.append((many, highest, _entries(amplitudes, some)))
    return found


def _entries(amplitudes, some):
    limit = _ADDED * max([abs(amplitudes[h - 1]) for h in some])
    for h in some:
        if h > SHORT // 6 or abs(amplitudes[h - 1]) * (h / (SHORT - h)) ** 2 > limit:
            return ENTRIES
    return SHORT


def build(waves):
    """(tables, places): all tables in one array, and where each wave's list of them begins.

    Errors as for harmonics(). Takes an RP2040 about 0.1 s a wave.
    """
    amplitudes = [harmonics(wave) for wave in waves]
    plans = [bands(some) for some in amplitudes]
    size = 0
    for plan in plans:
        size += sum([2 + entries for _, _, entries in plan])
    tables = array("I", range(size))
    sums = array("I", range(ENTRIES))
    wave = sine()
    places = []
    at = 0
    for i in range(len(plans)):
        places.append(at)
        at = _write(tables, at, sums, wave, amplitudes[i], plans[i])
    return tables, places


def _write(tables, at, sums, wave, amplitudes, plan):
    most = 0
    for _ in _grown(sums, wave, amplitudes, plan):
        most = max(most, hot.peak(sums))
    shift = 0
    while most >> shift >= 1 << 22:
        shift += 1
    factor = (_PEAK << 14) // ((most >> shift) + 1)
    to = at + 2 * len(plan)
    entry = to
    for band in _grown(sums, wave, amplitudes, plan):
        # The list is ordered from low notes to high ones; what is too high for all has its last.
        entry -= 2
        tables[entry] = _HALF if band is plan[0] else _HALF // band[1]
        tables[entry + 1] = 4 * to + (band[2] == SHORT)
        hot.store(tables, to, sums, ENTRIES // band[2], shift, factor)
        to += band[2]
    return to


def _grown(sums, wave, amplitudes, plan):
    # The sums of one table after the other.
    hot.clear(sums)
    h = 0
    for band in plan:
        while h < min(band[0], len(amplitudes)):
            h += 1
            if amplitudes[h - 1]:
                hot.add(sums, wave, h, amplitudes[h - 1])
        yield band


def smooth_sine():
    """A table of a sine as long as all others, its peak 32,640, behind a list of itself."""
    sums = array("I", range(ENTRIES))
    hot.clear(sums)
    hot.add(sums, sine(), 1, 16384)
    tables = array("I", range(2 + ENTRIES))
    tables[0], tables[1] = _HALF, 8
    hot.store(tables, 2, sums, 1, 0, 255)
    return tables
