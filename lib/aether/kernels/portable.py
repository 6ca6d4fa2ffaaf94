"""The kernels in plain Python: what they compute, in the fewest words. They may allocate.

All take float32 blocks (memoryviews or arrays of 'f') of at least `n` samples, `n` a multiple
of 4, and byte buffers of at least n x channels x bytes; they return nothing. dst may be src. A
scalar comes in a cell: an array of 'f' whose first elements are used. PCM frames are
little-endian and interleaved, left first. Any context that may allocate.

Storing into a float32 block rounds to nearest even. Where floats have 64 bits, that is the only
rounding that matters: the product of two float32 is exact there, and the sum, with more than
twice the bits, rounds to the same float32.
"""

from array import array

backend = "portable"

_NAN = float("nan")


def _product(x, y):
    # Nothing times infinity is NaN, also where a board's floats make -0.0 * -inf infinity.
    p = x * y
    return _NAN if p and not (x and y) else p


def clear(dst, n):
    """dst = 0"""
    for i in range(n):
        dst[i] = 0.0


def copy(dst, src, n):
    """dst = src"""
    for i in range(n):
        dst[i] = src[i]


def add(dst, src, n):
    """dst += src"""
    for i in range(n):
        dst[i] = dst[i] + src[i]


def multiply(dst, src, n):
    """dst *= src"""
    for i in range(n):
        dst[i] = _product(dst[i], src[i])


def scale(dst, src, gain, n):
    """dst = src * gain[0]"""
    g = gain[0]
    for i in range(n):
        dst[i] = _product(src[i], g)


def add_scaled(dst, src, gain, n):
    """dst += src * gain[0]: the product rounded, then the sum."""
    g = gain[0]
    product = array("f", [0])
    for i in range(n):
        product[0] = _product(src[i], g)
        dst[i] = dst[i] + product[0]


def ramp(dst, src, gain_step, n):
    """dst = src * g; g += step after each sample. gain_step: [g, step], whose g it moves on."""
    step = gain_step[1]
    for i in range(n):
        g = gain_step[0]
        dst[i] = _product(src[i], g)
        gain_step[0] = g + step


def clip(dst, src, n):
    """dst = src, held within -1 to 1; NaN stays NaN."""
    for i in range(n):
        x = src[i]
        if x > 1:
            x = 1.0
        elif x < -1:
            x = -1.0
        dst[i] = x


def _pcm(x, full):
    # x * full, rounded half to even and saturated; NaN becomes 0.
    if x != x:
        return 0
    if x >= 1:
        return full - 1
    if x <= -1:
        return -full
    return min(round(x * full), full - 1)


def _put(out, at, value, size):
    for k in range(size):
        out[at + k] = value >> 8 * k & 0xFF


def _get(frames, at, size):
    value = 0
    for k in range(size):
        value |= frames[at + k] << 8 * k
    top = 1 << 8 * size - 1
    return (value ^ top) - top


def to_pcm16(out, left, right, n):
    """out: n frames of two 16-bit samples, each x * 32768 rounded half to even, saturated."""
    for i in range(n):
        _put(out, 4 * i, _pcm(left[i], 32768), 2)
        _put(out, 4 * i + 2, _pcm(right[i], 32768), 2)


def to_pcm32(out, left, right, n):
    """out: n frames of two 32-bit samples, each x * 2**31 rounded half to even, saturated."""
    for i in range(n):
        _put(out, 8 * i, _pcm(left[i], 1 << 31), 4)
        _put(out, 8 * i + 4, _pcm(right[i], 1 << 31), 4)


def mono_to_pcm16(out, src, n):
    """As to_pcm16, one channel."""
    for i in range(n):
        _put(out, 2 * i, _pcm(src[i], 32768), 2)


def mono_to_pcm32(out, src, n):
    """As to_pcm32, one channel."""
    for i in range(n):
        _put(out, 4 * i, _pcm(src[i], 1 << 31), 4)


def from_pcm16(left, right, frames, n):
    """left, right: the samples of n 16-bit stereo frames / 32768, exactly."""
    for i in range(n):
        left[i] = _get(frames, 4 * i, 2) / 32768
        right[i] = _get(frames, 4 * i + 2, 2) / 32768


def from_pcm32(left, right, frames, n):
    """left, right: the samples of n 32-bit stereo frames / 2**31, rounded to nearest even."""
    for i in range(n):
        left[i] = _get(frames, 8 * i, 4) / 2147483648
        right[i] = _get(frames, 8 * i + 4, 4) / 2147483648


def mono_from_pcm16(dst, frames, n):
    """As from_pcm16, one channel."""
    for i in range(n):
        dst[i] = _get(frames, 2 * i, 2) / 32768


def mono_from_pcm32(dst, frames, n):
    """As from_pcm32, one channel."""
    for i in range(n):
        dst[i] = _get(frames, 4 * i, 4) / 2147483648
