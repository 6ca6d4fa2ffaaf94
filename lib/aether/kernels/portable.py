"""The kernels in plain Python: what they compute, in the fewest words. May allocate.

All take float32 blocks (memoryviews or arrays of 'f') of at least `n` samples, `n` a multiple
of 4, and byte buffers of at least n x channels x bytes; they return nothing. PCM frames are
little-endian and interleaved, left first. Any context that may allocate.
"""

backend = "portable"


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
