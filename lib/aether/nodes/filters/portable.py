"""What a filter computes in a block, in whole numbers and plain Python; it may allocate.

The state-variable filter of V. Zavalishin, The Art of VA Filter Design, chapter 4: two trapezoidal
integrators with no delay in their loop, whose g = tan(pi * cutoff / rate). With x the input, p and
q what the integrators hold, and h = g + k, a = g / (1 + g * h):

band = p + a * (x - q - h * p);  low = q + g * band;  p = 2 * band - p;  q = 2 * low - q

Numbers are written down with 16 bits or more at any cutoff: g * 2**(16 + G_SHIFT), which has up
to 19 bits where it is shifted by nothing, 2 * a * 2**(16 + A_SHIFT), and h * 2**15. What they are
shifted by is rounded off. No sum needs more than 32 bits: p and q are held within 8, so that band
is within 16, and low within 20.
"""

from aether.nodes.filters.places import (
    A_SHIFT,
    BEND,
    CHANNEL,
    END,
    FRESH,
    G_SHIFT,
    GOALS,
    GOING,
    IDLE,
    M0,
    MIXED,
    NEW,
    PART,
    PITCH,
    READY,
    SEEN,
    STEPS,
    STRIDE,
    SUMS,
    TOP,
    A,
    G,
    K,
)

_MOST = (1 << 27) - 1


def bend(w, src, n):
    """The first sample of an inlet, in octaves, moves the cutoff by as much; within 16."""
    w[BEND] = _whole(src[0], 16, 1 << 20) >> 4


def glide(w, table, n):
    """Begins a block: pitch and k go half their way, the mix an eighth; a short rest at once.

    table: g of 1/32 octaves, << 27, from 1/32 below 10 Hz on.
    """
    # What is cut off may go round for ever below that: at low cutoffs, and near half the rate.
    quiet = max(w[G_SHIFT], 7)
    big = w[SEEN]
    for i in range(SUMS, SUMS + 4):
        big |= w[i] + (4 << quiet) >> quiet + 3
    if big:
        w[IDLE] = 0
    else:
        w[IDLE] = 1
        for i in range(SUMS, SUMS + 4):
            w[i] = 0
    w[CHANNEL] = w[SEEN] = 0
    if w[READY]:
        for i in range(6):
            w[GOALS + i] = w[NEW + i]
        w[READY] = 0
    goal = min(max(w[GOALS] + w[BEND], 0), w[TOP])
    fresh = w[FRESH]
    ways = fresh | goal - w[PITCH] | w[GOALS + 1] - w[K]
    for i in range(3):
        ways |= w[GOALS + 2 + i] - w[END + 3 + i]
    if not ways:
        if w[GOING]:
            _stay(w, n)
        return
    w[GOING] = 1
    w[STRIDE] = 4
    # At most half an octave.
    goal = goal if fresh else min(max(goal, w[PITCH] - 65536), w[PITCH] + 65536)
    w[PITCH] = _toward(w[PITCH], goal, 256, 1, fresh)
    w[K] = _toward(w[K], w[GOALS + 1], 4096, 1, fresh)
    for i in range(6):
        w[G + i] = w[END + i]
    for i in range(3):
        w[END + 3 + i] = _toward(w[M0 + i], w[GOALS + 2 + i], 64, 3, fresh)
    w[MIXED] = int(_is_mixed(w, M0) or _is_mixed(w, END + 3))
    g_shift, a_shift = w[END + 6], w[END + 7]
    _work_out(w, table)
    if fresh:
        w[FRESH] = 0
        _stay(w, n)
        return
    # Both ends of the block with the same shift.
    shift = w[G_SHIFT] = min(g_shift, w[END + 6])
    w[G] >>= g_shift - shift
    w[STEPS] = ((w[END] >> w[END + 6] - shift) - w[G]) * w[PART]
    shift = w[A_SHIFT] = min(a_shift, w[END + 7])
    w[A] >>= a_shift - shift
    w[STEPS + 1] = ((w[END + 1] >> w[END + 7] - shift) - w[A]) * w[PART]
    for i in range(2, 6):
        w[STEPS + i] = (w[END + i] - w[G + i]) * w[PART]
    for i in range(6):
        w[G + i] <<= 10


def _toward(now, goal, near, shift, fresh):
    way = goal - now
    if fresh or -near < way < near:
        return goal
    return now + (way >> shift)


def _is_mixed(w, at):
    return w[at] != 0 or w[at + 1] != 0 or w[at + 2] != 1 << 14


def _stay(w, n):
    w[GOING] = 0
    w[MIXED] = int(_is_mixed(w, END + 3))
    w[STRIDE] = n
    for i in range(6):
        w[G + i] = w[END + i] << 10
        w[STEPS + i] = 0
    w[G_SHIFT] = w[END + 6]
    w[A_SHIFT] = w[END + 7]


def _work_out(w, table):
    i = (w[PITCH] >> 11) + 1
    t = w[PITCH] & 2047
    k = w[K]
    g = table[i]
    d = table[i + 1] - g
    # Along the line, and off it as the second difference says.
    bow = d - g + table[i - 1]
    g += ((d >> 9) * t >> 2) + ((d & 511) * t >> 11) - ((bow >> 4) * (t * (2048 - t) >> 12) >> 7)
    if w[PITCH] == w[GOALS]:
        g = w[GOALS + 5]
    w[END + 2] = g + (k << 7) + 2048 >> 12
    h = (g >> 7) + k
    shift = 0
    while not g >> 26:
        g <<= 1
        shift += 1
    g = g + 1024 >> 11
    w[END] = g
    w[END + 6] = shift
    # 1 + g * h, << 20, and the quotient bit by bit until it has 16 bits.
    whole = (1 << 20) + ((h >> 16) * g + (((h & 0xFFFF) >> 3) * g >> 13) >> shift)
    rest = g << 4
    quotient = 0
    shift -= 17
    while not quotient >> 15:
        rest <<= 1
        quotient <<= 1
        if rest >= whole:
            rest -= whole
            quotient += 1
        shift += 1
    if 2 * rest >= whole and quotient < 65535:
        quotient += 1
    w[END + 1] = quotient
    w[END + 7] = shift


def render(w, src, dst, n):
    """dst: the mix of input, band and low of the next channel; of the low alone, if not MIXED."""
    place = SUMS + 2 * w[CHANNEL]
    w[CHANNEL] += 1
    p, q = w[place], w[place + 1]
    at = w[G : G + 6]
    seen = 0
    for i in range(n):
        if i % w[STRIDE] == 0:
            g, a, h, m0, m1, m2 = [x >> 10 for x in at]
            for j in range(6):
                at[j] += w[STEPS + j]
        x = _whole(src[i], 8, 1 << 24)
        seen |= x
        u = (x - q >> 1) - _times(p, h)
        band = p + _rounded((u >> 16) * a + ((u & 0xFFFF) * a >> 16), w[A_SHIFT])
        out = q + _rounded(_times(band, g), w[G_SHIFT])
        p = min(max(2 * band - p, -_MOST - 1), _MOST)
        q = min(max(2 * out - q, -_MOST - 1), _MOST)
        if w[MIXED]:
            out = _part(x, m0) + _part(band, m1) + _part(out, m2)
        dst[i] = _float(out, 22 if w[MIXED] else 24)
    w[place], w[place + 1] = p, q
    w[SEEN] |= seen
    if seen:
        w[IDLE] = 0


def _times(s, c):
    return (s >> 16) * c + (((s & 0xFFFF) >> 3) * c >> 13)


def _rounded(x, shift):
    return x + (1 << shift >> 1) >> shift


def _part(s, c):
    return (s >> 16) * c + (((s & 0xFFFF) >> 4) * c >> 12)


def _whole(x, most, one):
    # Cut off towards 0; NaN is 0.
    if x != x:
        return 0
    if not -most < x < most:
        return most * one - 1 if x > 0 else 1 - most * one
    return int(x * one)


def _float(y, bits):
    # Cut off to 24 bits.
    size = abs(y)
    low = 0
    while size >> 24 + low:
        low += 1
    size = (size >> low << low) / (1 << bits)
    return -size if y < 0 else size
