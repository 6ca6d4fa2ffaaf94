"""How a filter follows its parameters, in viper; what each function does stands in `portable`.

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
