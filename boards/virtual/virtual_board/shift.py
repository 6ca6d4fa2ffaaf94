"""I2S.shift: arithmetic shift of the samples in a buffer, in place."""

from virtual_board import buffers, real


def shift_samples(buf, bits, shift):
    """Samples of `bits` (16 or 32), to the left for a positive shift; what overflows is lost."""
    bits &= 0xFF
    shift = ((shift + 128) & 0xFF) - 128
    if bits != 16 and bits != 32:
        raise ValueError("invalid bits")
    if type(buf) is bytes or type(buf) is str:
        raise TypeError("object with buffer protocol required")
    data = _bytes(buf)
    size = bits // 8
    top = 1 << (bits - 1)
    mask = (1 << bits) - 1
    for i in range(0, len(data) - size + 1, size):
        x = int.from_bytes(data[i : i + size], "little")
        x = (x ^ top) - top
        x = x << shift if shift >= 0 else x >> -shift
        x &= mask
        for k in range(i, i + size):
            data[k] = x & 0xFF
            x >>= 8


if real.HOSTED:
    _bytes = buffers.view
else:
    import uctypes

    def _bytes(buf):
        return uctypes.bytearray_at(uctypes.addressof(buf), buffers.nbytes(buf))
