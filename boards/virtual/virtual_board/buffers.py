"""Size and bytes of any object with the buffer protocol, without allocating."""

from virtual_board import real

_ITEM = {}


def _slow_nbytes(buf):
    return len(buf) * len(bytes(buf[:1])) if len(buf) else 0


if real.HOSTED:

    def nbytes(buf):
        """Size in bytes; TypeError for what is no buffer."""
        return memoryview(buf).nbytes

    def view(buf):
        """A flat view of the bytes."""
        return memoryview(buf).cast("B")

    window = view

else:
    import array

    import uctypes

    try:
        from virtual_board.buffers_viper import type_code
    except (ImportError, SyntaxError, ValueError):
        type_code = None

    def _learn():
        # Where an array keeps its type code is the interpreter's affair: trust what is checked.
        for code in "BbHhIiLlQqf":
            a = array.array(code, (0, 0))
            n = len(bytes(a))
            if n & 1 or type_code(id(a)) != ord(code):
                return False
            if type_code(id(memoryview(a))) & 0x7F != ord(code):
                return False
            _ITEM[ord(code)] = n // 2
        _ITEM[type_code(id(bytearray(1)))] = 1
        return True

    _known = type_code is not None and _learn()

    def nbytes(buf):
        """Size in bytes; TypeError for what is no buffer."""
        kind = type(buf)
        if kind is bytearray or kind is bytes:
            return len(buf)
        if kind is memoryview or kind is array.array:
            if _known:
                code = type_code(id(buf)) & 0x7F
                if code in _ITEM:
                    return len(buf) * _ITEM[code]
            return _slow_nbytes(buf)
        return len(memoryview(buf))

    def window(buf):
        """The bytes, to be sliced; allocates."""
        if type(buf) is array.array:
            buf = uctypes.bytearray_at(uctypes.addressof(buf), nbytes(buf))
        return memoryview(buf)

    if type_code is not None:

        def view(buf):
            """What the viper copies take: the object itself."""
            return buf

    else:

        def view(buf):
            """The bytes, as the object itself or as a window on its memory."""
            kind = type(buf)
            if kind is bytearray or kind is bytes:
                return buf
            return _Window(buf).bytes

        class _Window:
            def __init__(self, buf):
                self.bytes = uctypes.bytearray_at(uctypes.addressof(buf), nbytes(buf))
