"""The kernels in viper: integers on the raw float32 words, no float object, no garbage.

What each computes stands in `portable`. Any context, hard interrupts too. Here are those of one
operation a sample; `viper_mix` has those of two, `viper_to_pcm` and `viper_from_pcm` convert. A
viper function calls another only with its arguments boxed, which may allocate, so product and sum
stand word for word wherever they are needed. This is how they work.

A float32 word is sign << 31 | exponent << 23 | mantissa, and means (2**23 + mantissa) *
2**(exponent - 150). Sign and exponent are one number, x: what rounding carries out of the mantissa
that is added to x << 23 goes into the exponent, as it should.

Product of a and b: each mantissa is cut into its upper 16 bits (i, high) and its lower 8 (low),
and the product of the two lower parts is left out. So q, the product >> 16, may be too small by
one. It rounds as it should unless it is about half a unit, one time in 64; then the c lower bits
of the product decide, which no overflow touches.

Sum of a, the larger, and b: both mantissas get six bits more (s, t), and b's moves down by d, the
distance of the exponents. Bits of it are lost, but s rounds as it should unless it looks like just
half a unit; then what was lost decides. s has not a's implied bit, 2**29: a carry is as much, and
where s is below zero the bit is gone.

Both compute their word w from any operands, and mend it last where these were not like audio: not
all exponents from 79 to 142 in a product, or the larger not from 32 to 159 in a sum. Among those
are all zeros of a product, infinities, NaN, and whatever might overflow. What is below 2**-126 is
taken as zero.

Right with machine words of 32 and 64 bits: loads by ptr32 zero-extend, >> is arithmetic for int,
and only bits 0 to 31 of what is stored count. Signs are tested as w >> 31, as a comparison takes
twice the instructions.
"""

import micropython

from aether.kernels.viper_from_pcm import (
    from_pcm16,
    from_pcm32,
    mono_from_pcm16,
    mono_from_pcm32,
)
from aether.kernels.viper_mix import add_scaled, ramp
from aether.kernels.viper_to_pcm import mono_to_pcm16, mono_to_pcm32, to_pcm16, to_pcm32

backend = "viper"


@micropython.viper
def clear(dst: ptr32, n: int):
    """dst = 0"""
    end = int(dst) + (n << 2)
    while int(dst) < end:
        dst[0] = 0
        dst[1] = 0
        dst[2] = 0
        dst[3] = 0
        dst = ptr32(int(dst) + 16)


@micropython.viper
def copy(dst: ptr32, src: ptr32, n: int):
    """dst = src"""
    end = int(dst) + (n << 2)
    while int(dst) < end:
        dst[0] = src[0]
        dst[1] = src[1]
        dst[2] = src[2]
        dst[3] = src[3]
        dst = ptr32(int(dst) + 16)
        src = ptr32(int(src) + 16)


@micropython.viper
def clip(dst: ptr32, src: ptr32, n: int):
    """dst = src, held within -1 to 1; NaN stays NaN."""
    end = int(dst) + (n << 2)
    size = int(0x7FFFFFFF)
    infinity = int(0x7F800000)
    while int(dst) < end:
        w = src[0]
        m = w & size
        if (0x3F800000 - m) >> 31:
            if not (infinity - m) >> 31:  # NaN stays
                w += 0x3F800000 - m
        dst[0] = w
        dst = ptr32(int(dst) + 4)
        src = ptr32(int(src) + 4)


@micropython.viper
def add(dst: ptr32, src: ptr32, n: int):
    """dst += src"""
    end = int(dst) + (n << 2)
    while int(dst) < end:
        a = dst[0]
        b = src[0]
        # Sum.
        if ((a - b) ^ a ^ b) >> 31 & 1:
            s = a
            a = b
            b = s
        x = a >> 23
        d = (x - (b >> 23)) & 0xFF
        if d >> 5:
            d = 31
        t = (b & 0x7FFFFF | 0x800000) << 6
        s = (a & 0x7FFFFF) << 6
        if (a ^ b) >> 31:
            t = 0 - t
            s = (t >> d) + s
            if s >> 31:
                s += 0x20000000
                if s:
                    if not s >> 21:
                        s <<= 8
                        x -= 8
                    while not s >> 29:
                        s <<= 1
                        x -= 1
                    s -= 0x20000000
                else:
                    x = 0  # x - x is +0
        else:
            s = (t >> d) + s
            if s >> 29:
                s = (s - 0x20000000) >> 1 | s & 1
                x += 1
        r = s + 32
        w = (x << 23) + (r >> 6)
        if not r & 63:
            if not (t >> d << d) - t:
                w &= -2
        if ((a >> 23) - 32) & 0x80:
            e = (a >> 23) & 0xFF
            f = (b >> 23) & 0xFF
            if e == 255:
                w = a
                if f == 255:
                    if (a ^ b) >> 31:
                        w |= 0x400000
            elif f == 0:
                w = a
                if e == 0:
                    w = (a & b) >> 31 << 31
            elif w:
                e += (((w >> 23) - e + 32) & 0xFF) - 32
                if e < 1:
                    w = a >> 31 << 31
                elif e > 254:
                    w = a >> 31 << 31 | int(0x7F800000)
        dst[0] = w
        dst = ptr32(int(dst) + 4)
        src = ptr32(int(src) + 4)


@micropython.viper
def multiply(dst: ptr32, src: ptr32, n: int):
    """dst *= src"""
    end = int(dst) + (n << 2)
    far = int(0x60000000)
    while int(dst) < end:
        a = dst[0]
        b = src[0]
        # Of b, what the product takes.
        high = (b >> 8) & 0x7FFF | 0x8000
        low = b & 0xFF
        y = (b >> 23) - 128
        beyond = b - 0x27800000
        # Product.
        x = (a >> 23) + y
        i = (a >> 8) & 0x7FFF | 0x8000
        q = uint((((a & 0xFF) * high + low * i) >> 8) + i * high)
        if q >> 31:
            q >>= 1
            x += 1
        r = int((q + 64) >> 7)
        if not (q + 65) & 0x7E:
            c = x - (a >> 23) - y + 23
            i = (a & 0x7FFFFF | 0x800000) * (b & 0x7FFFFF | 0x800000) & ((1 << c) - 1)
            r = int(q >> 7)
            r += (i + (1 << c - 1) - 1 + (r & 1)) >> c
        w = (x << 23) + r
        if ((a - 0x27800000) | beyond) & far:
            e = (a >> 23) & 0xFF
            f = (b >> 23) & 0xFF
            z = (a ^ b) >> 31 << 31
            if e == 255 or f == 255:
                w = z | int(0x7F800000)
                if e == 0 or f == 0 or (e == 255 and a & 0x7FFFFF) or (f == 255 and b & 0x7FFFFF):
                    w |= 0x400000
            elif e == 0 or f == 0:
                w = z
            else:
                e += f - 127
                e += ((w >> 23) - e) & 1
                if e < 1:
                    w = z
                elif e > 254:
                    w = z | int(0x7F800000)
        dst[0] = w
        dst = ptr32(int(dst) + 4)
        src = ptr32(int(src) + 4)


@micropython.viper
def scale(dst: ptr32, src: ptr32, gain: ptr32, n: int):
    """dst = src * gain[0]"""
    end = int(dst) + (n << 2)
    far = int(0x60000000)
    b = gain[0]
    # Of b, what the product takes.
    high = (b >> 8) & 0x7FFF | 0x8000
    low = b & 0xFF
    y = (b >> 23) - 128
    beyond = b - 0x27800000
    while int(dst) < end:
        a = src[0]
        # Product.
        x = (a >> 23) + y
        i = (a >> 8) & 0x7FFF | 0x8000
        q = uint((((a & 0xFF) * high + low * i) >> 8) + i * high)
        if q >> 31:
            q >>= 1
            x += 1
        r = int((q + 64) >> 7)
        if not (q + 65) & 0x7E:
            c = x - (a >> 23) - y + 23
            i = (a & 0x7FFFFF | 0x800000) * (b & 0x7FFFFF | 0x800000) & ((1 << c) - 1)
            r = int(q >> 7)
            r += (i + (1 << c - 1) - 1 + (r & 1)) >> c
        w = (x << 23) + r
        if ((a - 0x27800000) | beyond) & far:
            e = (a >> 23) & 0xFF
            f = (b >> 23) & 0xFF
            z = (a ^ b) >> 31 << 31
            if e == 255 or f == 255:
                w = z | int(0x7F800000)
                if e == 0 or f == 0 or (e == 255 and a & 0x7FFFFF) or (f == 255 and b & 0x7FFFFF):
                    w |= 0x400000
            elif e == 0 or f == 0:
                w = z
            else:
                e += f - 127
                e += ((w >> 23) - e) & 1
                if e < 1:
                    w = z
                elif e > 254:
                    w = z | int(0x7F800000)
        dst[0] = w
        dst = ptr32(int(dst) + 4)
        src = ptr32(int(src) + 4)
