"""Binary output beside print(): what goes to sys.stdout.buffer must arrive as it is.

A board sends CR LF where print() writes a newline. Here the supervisor adds the CR, to everything
that comes through the pipe; a newline that must stay alone is therefore marked with the nonce.
"""

import io


class BinaryOut(io.IOBase):
    """Stands for sys.stdout.buffer."""

    def __init__(self, stream, nonce):
        self._stream = stream
        self._mark = nonce + b"\n"

    def write(self, data, *limits):
        view = memoryview(data)
        if len(limits) == 1:
            view = view[: limits[0]]
        elif limits:
            view = view[limits[0] : limits[0] + limits[1]]
        data = bytes(view)
        self._stream.write(data.replace(b"\n", self._mark))
        return len(data)

    def flush(self):
        pass


class TextOut(io.IOBase):
    """Stands for sys.stdout, with a `buffer` of our own."""

    def __init__(self, stream, nonce):
        self._stream = stream
        self.buffer = BinaryOut(stream, nonce)

    def write(self, data):
        return self._stream.write(data)

    def flush(self):
        pass
