"""What an I2S receives: 32-bit stereo frames, prepared by the host, then silence."""

from virtual_board import copies

_file = None
_source = None


def configure(file):
    global _file
    _file = file


def get():
    global _source
    if _source is None:
        _source = Source(_file)
    return _source


class Source:
    def __init__(self, file):
        self._file = file
        self._buf = bytearray(4096)
        self._at = 0
        self._end = 0
        self.frames = 0

    def pull(self, dst, start, n):
        """The next n bytes to dst; n divides the buffer's size."""
        if self._at == self._end:
            self._at = 0
            self._end = 0
            if self._file is not None:
                self._end = self._file.readinto(self._buf) or 0
                if self._end % n:
                    copies.clear(self._buf, n - self._end % n, self._end)
                    self._end += n - self._end % n
        if self._at == self._end:
            copies.clear(dst, n, start)
            return
        copies.copy(dst, self._buf, n, start << 31 | self._at)
        self._at += n
        self.frames += n // 8
