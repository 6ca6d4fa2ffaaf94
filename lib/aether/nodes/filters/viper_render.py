"""What a filter makes of a sound, in viper; what the function does stands in `portable`.

By itself, as a board with assembler of its own has no use for it. Soft callbacks and more;
allocates nothing. Words that may be below 0 go through (x ^ top) - top, as a load does not extend
their sign where an int has 64 bits.
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
_MIXED = const(24)


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
