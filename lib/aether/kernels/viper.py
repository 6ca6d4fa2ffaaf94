"""The kernels in viper: integers on the raw float32 words, no float object, no garbage.

What each computes stands in `portable`. A float32 word is sign << 31 | exponent << 23 | mantissa
and means (mantissa + 2**23) * 2**(exponent - 150), so scaling by 2**k and rounding is one shift.
Any context, hard interrupts too. Correct with 32- and 64-bit machine words: ptr32 loads
zero-extend, and only bits 0 to 31 of what is stored count.
"""

import micropython

backend = "viper"


# One channel of n samples, from byte `at` on and every `step` bytes: the stereo kernels call it
# twice. It takes the buffer and not an address: those of some boards are no small ints.
# Rounding half to even is adding half a unit, less one where the result is even, then a shift.
@micropython.viper
def _to16(src: ptr32, out: ptr8, n: int, at: int, step: int):
    p = ptr16(int(out) + at)
    while n > 0:
        w = int(src[0])
        e = (w >> 23) & 0xFF
        v = int(0)
        if e < 127:
            if e > 110:  # below 2**-16 it rounds to 0
                s = 135 - e
                m = (w & 0x7FFFFF) | 0x800000
                v = (m + (1 << (s - 1)) - 1 + ((m >> s) & 1)) >> s
                if (w >> 31) & 1:
                    v = 0 - v
                elif v > 32767:
                    v = 32767
        elif e < 255 or w & 0x7FFFFF == 0:  # neither is a NaN, which is 0
            v = 0x7FFF + ((w >> 31) & 1)
        if int(p) & 1:  # a halfword cannot be written at an odd address on every board
            q = ptr8(p)
            q[0] = v
            q[1] = v >> 8
        else:
            p[0] = v
        p = ptr16(int(p) + step)
        src = ptr32(int(src) + 4)
        n -= 1


@micropython.viper
def _to32(src: ptr32, out: ptr8, n: int, at: int, step: int):
    p = ptr32(int(out) + at)
    while n > 0:
        w = int(src[0])
        e = (w >> 23) & 0xFF
        v = int(0)
        if e < 127:
            if e > 94:  # below 2**-32 it rounds to 0
                m = (w & 0x7FFFFF) | 0x800000
                if e >= 119:
                    v = m << (e - 119)
                else:
                    s = 119 - e
                    v = (m + (1 << (s - 1)) - 1 + ((m >> s) & 1)) >> s
                if (w >> 31) & 1:
                    v = 0 - v
        elif e < 255 or w & 0x7FFFFF == 0:  # neither is a NaN, which is 0
            v = int(0x7FFFFFFF) + ((w >> 31) & 1)
        if int(p) & 3:  # a word cannot be written at such an address on every board
            q = ptr8(p)
            q[0] = v
            q[1] = v >> 8
            q[2] = v >> 16
            q[3] = v >> 24
        else:
            p[0] = v
        p = ptr32(int(p) + step)
        src = ptr32(int(src) + 4)
        n -= 1


# The way back: a magnitude m with its top bit at 2**t is the float word
# (t - scale + 127) << 23 | m without its top bit, moved to bit 23.
@micropython.viper
def _from16(dst: ptr32, frames: ptr8, n: int, at: int, step: int):
    p = ptr8(int(frames) + at)
    while n > 0:
        m = int(p[0]) | (int(p[1]) << 8)
        w = int(0)
        if m & 0x8000:
            m = 0x10000 - m
            w = int(0x80000000)
        if m:
            m <<= 8  # the largest, 2**15, arrives at bit 23
            e = 127
            while m < 0x8000:
                m <<= 8
                e -= 8
            while m < 0x800000:
                m <<= 1
                e -= 1
            w |= (e << 23) | (m & 0x7FFFFF)
        dst[0] = w
        dst = ptr32(int(dst) + 4)
        p = ptr8(int(p) + step)
        n -= 1


@micropython.viper
def _from32(dst: ptr32, frames: ptr8, n: int, at: int, step: int):
    p = ptr8(int(frames) + at)
    while n > 0:
        m = int(p[0]) | (int(p[1]) << 8) | (int(p[2]) << 16)
        h = int(p[3])
        w = int(0)
        # Bits 31 to 24 apart from the rest: so no step leaves 32 bits, whatever the word size.
        if h & 0x80:
            w = int(0x80000000)
            m = 0x1000000 - m
            h = 0xFF - h + (m >> 24)
            m &= 0xFFFFFF
        if h:
            e = 127
            s = 7
            while h < 1 << s:
                s -= 1
                e -= 1
            s += 1  # the magnitude has 24 + s bits, s of them to be rounded away
            low = m & ((1 << s) - 1)
            m = (h << (24 - s)) | (m >> s)
            half = 1 << (s - 1)
            if low > half or (low == half and m & 1):
                m += 1
            # A carry out of the mantissa goes into the exponent, as it should.
            w |= (e << 23) + (m - 0x800000)
        elif m:
            e = 119
            while m < 0x800000:
                m <<= 1
                e -= 1
            w |= (e << 23) | (m & 0x7FFFFF)
        dst[0] = w
        dst = ptr32(int(dst) + 4)
        p = ptr8(int(p) + step)
        n -= 1


def to_pcm16(out, left, right, n):
    """out: n frames of two 16-bit samples, each x * 32768 rounded half to even, saturated."""
    _to16(left, out, n, 0, 4)
    _to16(right, out, n, 2, 4)


def to_pcm32(out, left, right, n):
    """out: n frames of two 32-bit samples, each x * 2**31 rounded half to even, saturated."""
    _to32(left, out, n, 0, 8)
    _to32(right, out, n, 4, 8)


def mono_to_pcm16(out, src, n):
    """As to_pcm16, one channel."""
    _to16(src, out, n, 0, 2)


def mono_to_pcm32(out, src, n):
    """As to_pcm32, one channel."""
    _to32(src, out, n, 0, 4)


def from_pcm16(left, right, frames, n):
    """left, right: the samples of n 16-bit stereo frames / 32768, exactly."""
    _from16(left, frames, n, 0, 4)
    _from16(right, frames, n, 2, 4)


def from_pcm32(left, right, frames, n):
    """left, right: the samples of n 32-bit stereo frames / 2**31, rounded to nearest even."""
    _from32(left, frames, n, 0, 8)
    _from32(right, frames, n, 4, 8)


def mono_from_pcm16(dst, frames, n):
    """As from_pcm16, one channel."""
    _from16(dst, frames, n, 0, 2)


def mono_from_pcm32(dst, frames, n):
    """As from_pcm32, one channel."""
    _from32(dst, frames, n, 0, 4)
