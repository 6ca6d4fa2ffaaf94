"""What a filter computes in a block, in viper; what each function does stands in `portable`.

Soft callbacks and more; allocates nothing. Words that may be below 0 go through (x ^ top) - top,
as a load does not extend their sign where an int has 64 bits.
"""

import micropython
from micropython import const

# As in `places`.
_IDLE = const(0)
_CHANNEL = const(1)
_SEEN = const(2)
_STRIDE = const(3)
_G = const(4)
_A = const(5)
_H = const(6)
_M0 = const(7)
_M1 = const(8)
_M2 = const(9)
_STEPS = const(10)
_G_SHIFT = const(16)
_A_SHIFT = const(17)
_SUMS = const(18)
_GOING = const(22)
_FRESH = const(23)
_MIXED = const(24)
_PITCH = const(25)
_K = const(26)
_READY = const(27)
_NEW = const(28)
_GOALS = const(34)
_BEND = const(40)
_TOP = const(41)
_PART = const(42)
_END = const(43)


@micropython.viper
def bend(w: ptr32, src: ptr32, n: int):
    """The first sample of an inlet, in octaves, moves the cutoff by as much; within 16."""
    v = src[0]
    d = 130 - (v >> 23 & 0xFF)
    x = v & 0x7FFFFF
    if d < 0:
        if d == 130 - 255 and x:
            x = 0
        else:
            x = 0xFFFFFF
    elif d < 24:
        x = (x | 0x800000) >> d
    else:
        x = 0
    if v >> 31 & 1:
        x = 0 - x
    w[_BEND] = x >> 4


@micropython.viper
def glide(w: ptr32, table: ptr32, n: int):
    """Begins a block: pitch and k go half their way, the mix an eighth; a short rest at once."""
    top = int(0x80000000)
    shift = w[_G_SHIFT]
    if shift < 7:
        shift = 7
    big = w[_SEEN]
    i = _SUMS
    while i < _SUMS + 4:
        big |= ((w[i] ^ top) - top + (4 << shift)) >> (shift + 3)
        i += 1
    w[_IDLE] = 0
    if not big:
        w[_IDLE] = 1
        i = _SUMS
        while i < _SUMS + 4:
            w[i] = 0
            i += 1
    w[_CHANNEL] = 0
    w[_SEEN] = 0
    if w[_READY]:
        i = 0
        while i < 6:
            w[_GOALS + i] = w[_NEW + i]
            i += 1
        w[_READY] = 0
    goal = w[_GOALS] + (w[_BEND] ^ top) - top
    if goal < 0:
        goal = 0
    if goal > w[_TOP]:
        goal = w[_TOP]
    fresh = w[_FRESH]
    ways = fresh | (goal ^ w[_PITCH]) | (w[_GOALS + 1] ^ w[_K])
    i = 0
    while i < 3:
        ways |= w[_GOALS + 2 + i] ^ w[_END + 3 + i]
        i += 1
    stay = w[_GOING]
    if ways:
        w[_GOING] = 1
        w[_STRIDE] = 4
        d = goal - w[_PITCH]
        if not fresh:
            if d >= 256 or d <= -256:
                d >>= 1
                if d > 32768:
                    d = 32768
                if d < -32768:
                    d = -32768
        w[_PITCH] = w[_PITCH] + d
        d = w[_GOALS + 1] - w[_K]
        if not fresh:
            if d >= 4096 or d <= -4096:
                d >>= 1
        k = w[_K] + d
        w[_K] = k
        i = 0
        while i < 6:
            w[_G + i] = w[_END + i]
            i += 1
        i = 0
        while i < 3:
            v = (w[_M0 + i] ^ top) - top
            d = (w[_GOALS + 2 + i] ^ top) - top - v
            if not fresh:
                if d >= 64 or d <= -64:
                    d >>= 3
            w[_END + 3 + i] = v + d
            i += 1
        w[_MIXED] = 0
        if w[_M0] | w[_M1] | (w[_M2] ^ 16384) | w[_END + 3] | w[_END + 4] | w[_END + 5] ^ 16384:
            w[_MIXED] = 1
        g_shift = w[_END + 6]
        a_shift = w[_END + 7]

        i = (w[_PITCH] >> 11) + 1
        t = w[_PITCH] & 2047
        g = table[i]
        d = table[i + 1] - g
        v = d - g + table[i - 1]
        g += ((d >> 9) * t >> 2) + ((d & 511) * t >> 11) - ((v >> 4) * (t * (2048 - t) >> 12) >> 7)
        if w[_PITCH] == w[_GOALS]:
            g = w[_GOALS + 5]
        w[_END + 2] = g + (k << 7) + 2048 >> 12
        v = (g >> 7) + k
        shift = 0
        while not g >> 26:
            g <<= 1
            shift += 1
        g = g + 1024 >> 11
        w[_END] = g
        w[_END + 6] = shift
        v = (1 << 20) + ((v >> 16) * g + int(uint(((v & 0xFFFF) >> 3) * g) >> 13) >> shift)
        g <<= 4
        d = 0
        shift -= 17
        while not d >> 15:
            g <<= 1
            d <<= 1
            if g >= v:
                g -= v
                d += 1
            shift += 1
        if g << 1 >= v and d < 65535:
            d += 1
        w[_END + 1] = d
        w[_END + 7] = shift

        if fresh:
            w[_FRESH] = 0
            stay = 1
        else:
            stay = 0
            d = w[_END + 6]
            shift = d
            if g_shift < shift:
                shift = g_shift
            w[_G_SHIFT] = shift
            w[_G] = w[_G] >> g_shift - shift
            w[_STEPS] = ((w[_END] >> d - shift) - w[_G]) * w[_PART]
            d = w[_END + 7]
            shift = d
            if a_shift < shift:
                shift = a_shift
            w[_A_SHIFT] = shift
            w[_A] = w[_A] >> a_shift - shift
            w[_STEPS + 1] = ((w[_END + 1] >> d - shift) - w[_A]) * w[_PART]
            i = 2
            while i < 6:
                w[_STEPS + i] = (w[_END + i] - w[_G + i]) * w[_PART]
                i += 1
            i = 0
            while i < 6:
                w[_G + i] = w[_G + i] << 10
                i += 1
    if stay:
        w[_GOING] = 0
        w[_MIXED] = 0
        if w[_END + 3] | w[_END + 4] | w[_END + 5] ^ 16384:
            w[_MIXED] = 1
        w[_STRIDE] = n
        i = 0
        while i < 6:
            w[_G + i] = w[_END + i] << 10
            w[_STEPS + i] = 0
            i += 1
        w[_G_SHIFT] = w[_END + 6]
        w[_A_SHIFT] = w[_END + 7]


@micropython.viper
def render(w: ptr32, src: ptr32, dst: ptr32, n: int):
    """dst: the mix of input, band and low of the next channel; of the low alone, if not MIXED."""
    top = int(0x80000000)
    most = 0x7FFFFFF
    sums = ptr32(int(w) + ((_SUMS + 2 * w[_CHANNEL]) << 2))
    w[_CHANNEL] = w[_CHANNEL] + 1
    p = (sums[0] ^ top) - top
    q = (sums[1] ^ top) - top
    mixed = w[_MIXED]
    g_shift = w[_G_SHIFT]
    a_shift = w[_A_SHIFT]
    g_half = 1 << g_shift >> 1
    a_half = 1 << a_shift >> 1
    one = 157 - 24
    if mixed:
        one += 2
    at_g = w[_G]
    at_a = w[_A]
    at_h = w[_H]
    at_0 = (w[_M0] ^ top) - top
    at_1 = (w[_M1] ^ top) - top
    at_2 = (w[_M2] ^ top) - top
    seen = 0
    end = int(src) + (n << 2)
    while int(src) < end:
        g = at_g >> 10
        a = at_a >> 10
        h = at_h >> 10
        m0 = at_0 >> 10
        m1 = at_1 >> 10
        m2 = at_2 >> 10
        stop = int(src) + (w[_STRIDE] << 2)
        while int(src) < stop:
            v = src[0]
            d = (v >> 23 & 0xFF) - 126
            x = v & 0x7FFFFF
            if d < 0:
                if d < -23:
                    x = 0
                else:
                    x = (x | 0x800000) >> 0 - d
            elif d < 4:
                x = (x | 0x800000) << d
            elif d == 129 and x:
                x = 0
            else:
                x = most
            if v >> 31 & 1:
                x = 0 - x
            seen |= x
            u = (x - q >> 1) - (p >> 16) * h - int(uint(((p & 0xFFFF) >> 3) * h) >> 13)
            v = p + ((u >> 16) * a + int(uint((u & 0xFFFF) * a) >> 16) + a_half >> a_shift)
            u = (v >> 16) * g + int(uint(((v & 0xFFFF) >> 3) * g) >> 13) + g_half
            u = q + (u >> g_shift)
            p = v + v - p
            if p > most:
                p = most
            elif p < -1 - most:
                p = -1 - most
            q = u + u - q
            if q > most:
                q = most
            elif q < -1 - most:
                q = -1 - most
            if mixed:
                x = (x >> 16) * m0 + (((x & 0xFFFF) >> 4) * m0 >> 12)
                x += (v >> 16) * m1 + (((v & 0xFFFF) >> 4) * m1 >> 12)
                u = x + (u >> 16) * m2 + (((u & 0xFFFF) >> 4) * m2 >> 12)
            x = 0
            if u:
                x = one
                if u < 0:
                    x += 256
                    u = 0 - u
                y = uint(u)
                if not y >> 16:
                    y <<= 16
                    x -= 16
                if not y >> 24:
                    y <<= 8
                    x -= 8
                if not y >> 28:
                    y <<= 4
                    x -= 4
                if not y >> 30:
                    y <<= 2
                    x -= 2
                if not y >> 31:
                    y <<= 1
                    x -= 1
                x = (x << 23) + int(y >> 8)
            dst[0] = x
            src = ptr32(int(src) + 4)
            dst = ptr32(int(dst) + 4)
        at_g += (w[_STEPS] ^ top) - top
        at_a += (w[_STEPS + 1] ^ top) - top
        at_h += (w[_STEPS + 2] ^ top) - top
        at_0 += (w[_STEPS + 3] ^ top) - top
        at_1 += (w[_STEPS + 4] ^ top) - top
        at_2 += (w[_STEPS + 5] ^ top) - top
    sums[0] = p
    sums[1] = q
    w[_SEEN] = w[_SEEN] | seen
    if seen:
        w[_IDLE] = 0
