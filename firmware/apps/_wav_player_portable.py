"""The arithmetic of `wav_player` in plain Python: what it computes, in the fewest words.

Allocates. Blocks are float32, n samples; frames are bytes, interleaved, little-endian, left first.
"""

import struct


def move(dst, at, src, size):
    """Copy the first `size` bytes of src into dst, from byte `at` on."""
    dst[at : at + size] = src[:size]


def _from8(dst, frames, n, at, step):
    for i in range(n):
        dst[i] = (frames[at + i * step] - 128) / 128


def _from24(dst, frames, n, at, step):
    for i in range(n):
        k = at + i * step
        value = frames[k] | frames[k + 1] << 8 | frames[k + 2] << 16
        dst[i] = ((value ^ 0x800000) - 0x800000) / 8388608


def _from_float(dst, frames, n, at, step):
    for i in range(n):
        dst[i] = struct.unpack_from("<f", frames, at + i * step)[0]


def pcm8(left, right, frames, n):
    """Stereo frames of unsigned 8-bit samples, 128 being 0 and 255 almost 1."""
    _from8(left, frames, n, 0, 2)
    _from8(right, frames, n, 1, 2)


def pcm24(left, right, frames, n):
    """Stereo frames of 24-bit samples, / 2**23 exactly."""
    _from24(left, frames, n, 0, 6)
    _from24(right, frames, n, 3, 6)


def floats(left, right, frames, n):
    """Stereo frames of float32 samples."""
    _from_float(left, frames, n, 0, 8)
    _from_float(right, frames, n, 4, 8)


def mono_pcm8(dst, frames, n):
    """As pcm8, one channel."""
    _from8(dst, frames, n, 0, 1)


def mono_pcm24(dst, frames, n):
    """As pcm24, one channel."""
    _from24(dst, frames, n, 0, 3)


def mono_floats(dst, frames, n):
    """As floats, one channel."""
    _from_float(dst, frames, n, 0, 4)


def fade(dst, first, last, n):
    """Scale a block of 64 by a gain that goes from `first` towards `last`, both of 32768.

    Sixteen bits of a sample count, the rest is cut off.
    """
    for i in range(n):
        word = struct.unpack("<I", struct.pack("<f", dst[i]))[0]
        exponent = word >> 23 & 0xFF
        gain = first + ((last - first) * i >> 6)
        m = ((word >> 8 & 0x7FFF) | 0x8000) * gain >> 7
        while 0 < m < 0x800000:
            m <<= 1
            exponent -= 1
        if m == 0 or exponent <= 0 or word & 0x7F800000 == 0x7F800000:
            dst[i] = 0.0
        else:
            word = word & 0x80000000 | exponent << 23 | m & 0x7FFFFF
            dst[i] = struct.unpack("<f", struct.pack("<I", word))[0]
