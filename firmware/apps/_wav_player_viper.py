"""The arithmetic of `wav_player` in viper; `_wav_player_portable` says what each function does.

Any context, hard interrupts too; allocates nothing. A float32 word is sign << 31 | exponent << 23
| mantissa and means (mantissa + 2**23) * 2**(exponent - 150). Hottest locals come first.
"""

import micropython


@micropython.viper
def move(dst: ptr8, at: int, src: ptr8, size: int):
    dst = ptr8(int(dst) + at)
    i = int(0)
    while i < size:
        dst[i] = src[i]
        i += 1


@micropython.viper
def _from8(dst: ptr32, frames: ptr8, n: int, at: int, step: int):
    p = ptr8(int(frames) + at)
    while n > 0:
        m = int(p[0]) - 128
        w = int(0)
        if m:
            if m < 0:
                m = 0 - m
                w = int(0x80000000)
            e = 127
            while m < 128:
                m <<= 1
                e -= 1
            w |= (e << 23) | ((m & 127) << 16)
        dst[0] = w
        dst = ptr32(int(dst) + 4)
        p = ptr8(int(p) + step)
        n -= 1


# Neighbours mostly need the same shift to bring the top bit of their magnitude to bit 23, where
# it is implied: the shift is kept, and `low`, the least magnitude it is for.
@micropython.viper
def _from24(dst: ptr32, frames: ptr8, n: int, at: int, step: int):
    p = ptr8(int(frames) + at)
    low = int(0x400000)
    shift = int(1)
    exponent = int(126) << 23
    while n > 0:
        m = int(p[0]) | (int(p[1]) << 8) | (int(p[2]) << 16)
        sign = int(0)
        if m & 0x800000:
            m = 0x1000000 - m
            sign = int(0x80000000)
        if m == 0:
            dst[0] = 0
        else:
            while m < low:
                low >>= 1
                shift += 1
                exponent -= 0x800000
            while m >> 1 >= low:
                low <<= 1
                shift -= 1
                exponent += 0x800000
            dst[0] = sign | (exponent + ((m << shift) - 0x800000))
        dst = ptr32(int(dst) + 4)
        p = ptr8(int(p) + step)
        n -= 1


# frames must begin at a multiple of 4: a bytearray does.
@micropython.viper
def _from_float(dst: ptr32, frames: ptr32, n: int, at: int, step: int):
    p = ptr32(int(frames) + at)
    while n > 0:
        dst[0] = p[0]
        dst = ptr32(int(dst) + 4)
        p = ptr32(int(p) + step)
        n -= 1


def pcm8(left, right, frames, n):
    _from8(left, frames, n, 0, 2)
    _from8(right, frames, n, 1, 2)


def pcm24(left, right, frames, n):
    _from24(left, frames, n, 0, 6)
    _from24(right, frames, n, 3, 6)


def floats(left, right, frames, n):
    _from_float(left, frames, n, 0, 8)
    _from_float(right, frames, n, 4, 8)


def mono_pcm8(dst, frames, n):
    _from8(dst, frames, n, 0, 1)


def mono_pcm24(dst, frames, n):
    _from24(dst, frames, n, 0, 3)


def mono_floats(dst, frames, n):
    _from_float(dst, frames, n, 0, 4)


@micropython.viper
def fade(dst: ptr32, first: int, last: int, n: int):
    i = int(0)
    slope = last - first
    while i < n:
        w = int(dst[i])
        e = (w >> 23) & 0xFF
        m = (((w >> 8) & 0x7FFF) | 0x8000) * (first + ((slope * i) >> 6)) >> 7
        if e == 255:
            m = 0
        while m > 0 and m < 0x800000:
            m <<= 1
            e -= 1
        if m == 0 or e <= 0:
            dst[i] = 0
        else:
            dst[i] = (w & int(0x80000000)) | (e << 23) | (m & 0x7FFFFF)
        i += 1
