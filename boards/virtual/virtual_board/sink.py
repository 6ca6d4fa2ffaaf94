"""Where the sound goes: WAV files whose data is appended as frames leave the DAC.

The sizes in a header are filled in by the host when the run is over.
"""

import struct

from virtual_board import copies

_SIZE = 16384
# One buffer for all, made before the program has its heap: whose sound is in it.
_buffer = bytearray(_SIZE)
_user = None
_sinks = []
_directory = None
_open = None


def configure(open_file, directory):
    """Sinks write to DIRECTORY/1.wav, 2.wav, ...; directory None: nothing is written."""
    global _open, _directory
    _open = open_file
    _directory = directory


def get(key):
    """The sink for (id, rate, bits, channels): the last one if it suits, or a new one."""
    for sink in _sinks:
        if sink.key[0] == key[0] and sink.newest:
            if sink.key == key:
                return sink
            sink.newest = False
    sink = Sink(key, len(_sinks) + 1)
    _sinks.append(sink)
    return sink


def all_sinks():
    return _sinks


class Sink:
    """Takes DMA memory, stereo as it is, of mono streams one channel of `stride` twice."""

    def __init__(self, key, number):
        self.key = key
        self.newest = True
        self.frames = 0
        self.closed = False
        _, rate, bits, channels = key
        self.frame_bytes = bits // 8 * channels
        self._fill = 0
        self.failed = False
        self._file = None
        if _directory is not None:
            self._file = _open(_directory + "/%d.wav" % number, "wb")
            head = struct.pack(
                "<HHIIHH", 1, channels, rate, rate * self.frame_bytes, self.frame_bytes, bits
            )
            self._file.write(b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + head + b"data\0\0\0\0")

    def push(self, src, n, at):
        """n bytes of frames at offset `at`; nothing once the run has ended."""
        if self.closed:
            return
        if self._fill + n > _SIZE or _user is not self:
            self._make_room()
        copies.copy(_buffer, src, n, self._fill << 31 | at)
        self._fill += n
        self.frames += n // self.frame_bytes

    def push_left(self, src, n, at):
        """n bytes of stereo frames, of which the left samples count."""
        if self.closed:
            return
        if self._fill + n > _SIZE or _user is not self:
            self._make_room()
        if self.frame_bytes == 2:
            copies.left16(_buffer, src, n, self._fill << 31 | at)
        else:
            copies.left32(_buffer, src, n, self._fill << 31 | at)
        n >>= 1
        self._fill += n
        self.frames += n // self.frame_bytes

    def _make_room(self):
        global _user
        if _user is not None:
            _user.flush()
        _user = self

    def flush(self):
        # `except … as error` would put this frame on the heap: it is on the path of a callback.
        try:
            self._write()
        except OSError:
            # The program is not to blame: it plays on, and the report tells.
            self.failed = True
            self._file = None
        self._fill = 0

    def _write(self):
        if self._file is not None:
            self._file.write(_buffer, self._fill)

    def close(self):
        self.flush()
        self.closed = True
        if self._file is not None:
            self._file.close()
            self._file = None
