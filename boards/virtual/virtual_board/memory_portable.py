"""Copies between addresses where there is no viper; memory_viper.py holds the same functions."""

from virtual_board import real

if real.HOSTED:
    import ctypes

    # Added to the host's addresses: those of some interpreters lie below 4 GB, as the chip's do.
    _HIGH = 1 << 40

    class _Buffer(ctypes.Structure):
        # The head of CPython's Py_buffer, with room for the rest.
        _fields_ = [("start", ctypes.c_void_p), ("rest", ctypes.c_void_p * 15)]

    def addressof(buf):
        """The address of a buffer, as uctypes.addressof gives it."""
        api = ctypes.pythonapi
        held = _Buffer()
        if api.PyObject_GetBuffer(ctypes.py_object(buf), ctypes.byref(held), 0):
            raise TypeError("object with buffer protocol required")
        start = held.start or 0
        api.PyBuffer_Release(ctypes.byref(held))
        return start + _HIGH

    def _get(address, n):
        return ctypes.string_at(address - _HIGH, n)

    def _put(address, data):
        ctypes.memmove(address - _HIGH, bytes(data), len(data))

else:
    import uctypes

    def _get(address, n):
        return bytes(uctypes.bytearray_at(address, n))

    def _put(address, data):
        uctypes.bytearray_at(address, len(data))[:] = data


def move(dst, src, n, spec):
    """n transfers of a DMA channel.

    spec: bytes of one, | 8 if the address of what is read goes up, | 16 if that of what is
    written does, | 32 if the ring is of the written ones, | 64 to swap bytes, | ring bits << 8.
    """
    size = spec & 7
    up_read = size if spec & 8 else 0
    up_write = size if spec & 16 else 0
    mask = (1 << (spec >> 8)) - 1
    plain = not mask and not spec & 64
    if plain and up_read and up_write and not src < dst < src + n * size:
        _put(dst, _get(src, n * size))
        return
    for _ in range(n):
        unit = _get(src, size)
        _put(dst, bytes(reversed(unit)) if spec & 64 else unit)
        if mask and not spec & 32:
            src = src - (src & mask) + ((src + up_read) & mask)
        else:
            src += up_read
        if mask and spec & 32:
            dst = dst - (dst & mask) + ((dst + up_write) & mask)
        else:
            dst += up_write


def gather(dst, src, n, mode):
    """n words for a state machine, as they go into a WAV.

    mode 0: 16-bit samples; 1: 32-bit samples; 2: frames of two 16-bit samples, the first one in
    the upper half; 3: the upper halves of 32-bit words.
    """
    unit = 2 if mode == 0 else 4
    data = _get(src, n * unit)
    if mode == 2:
        swapped = bytearray(data)
        swapped[0::4], swapped[1::4] = data[2::4], data[3::4]
        swapped[2::4], swapped[3::4] = data[0::4], data[1::4]
        data = swapped
    elif mode == 3:
        halves = bytearray(2 * n)
        halves[0::2], halves[1::2] = data[2::4], data[3::4]
        data = halves
    _put(dst, data)


def changed(kept, now, n, unit):
    """In how many units of n bytes the latter halves differ; what is kept is then as the other."""
    count = 0
    half = unit // 2
    for i in range(half, n, unit):
        fresh = _get(now + i, half)
        if fresh != _get(kept + i, half):
            _put(kept + i, fresh)
            count += 1
    return count
