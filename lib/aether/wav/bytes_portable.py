"""The byte work of WAV files in plain Python: what it does, in the fewest words. Allocates.

Blocks are float32, n samples; frames are bytes, interleaved, little-endian, left first. What the
kernels have no conversion for becomes frames that they take: its samples are widened at the low
end, where `out` must hold zeros.
"""

import struct


def move(dst, at, src, size):
    """Copy the first `size` bytes of src into dst, from byte `at` on."""
    dst[at : at + size] = src[:size]


def widen8(out, frames, n):
    """n unsigned samples of 8 bits, 128 being 0, to 16 bits."""
    for i in range(n):
        out[2 * i + 1] = frames[i] ^ 0x80


def widen24(out, frames, n):
    """n samples of 24 bits to 32."""
    for i in range(n):
        out[4 * i + 1 : 4 * i + 4] = frames[3 * i : 3 * i + 3]


def floats(left, right, frames, n):
    """Stereo frames of float32 samples."""
    for i in range(n):
        left[i], right[i] = struct.unpack_from("<ff", frames, 8 * i)


def mono_floats(dst, frames, n):
    """As floats, one channel."""
    for i in range(n):
        dst[i] = struct.unpack_from("<f", frames, 4 * i)[0]
