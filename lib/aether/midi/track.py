"""One track of a Standard MIDI File, event by event; anything may stand in it."""

from aether.const import const

# Bytes of a file that a track holds at once: several are read side by side.
_AHEAD = const(64)
_META = const(0xFF)
_SYSEX = const(0xF0)
_ESCAPE = const(0xF7)
_END = const(0x2F)
_TEMPO = const(0x51)


class Track:
    """Reads the track `number` of an open file, `size` bytes from `start` on.

    After next(), `tick` says when an event is due, in ticks of the file; `message` is one of a
    channel as Messages.send() takes it, or 0; `tempo` is then microseconds a quarter note, or 0
    at the end. ValueError for what is no MIDI: what, and at which byte of the file. Main program
    only.
    """

    def __init__(self, file, number: int, start: int, size: int):
        self._file = file
        self._number = number
        self._buffer = bytearray(_AHEAD)
        # Where in the file the buffer ends, and where the track does; what is left in the buffer.
        self._read = start
        self._stop = start + size
        self._at = self._have = 0
        self._status = 0
        self.tick = self.message = self.tempo = 0
        self.over = False

    def next(self) -> bool:
        """Go to the next message or tempo; False at the end of the track."""
        self.message = self.tempo = 0
        while not (self.message or self.tempo):
            self.tick += self._length()
            byte = self._byte()
            if byte >= _SYSEX:
                # Both end running status.
                self._status = 0
                if byte == _META:
                    self._meta()
                    if self.over:
                        return False
                elif byte in (_SYSEX, _ESCAPE):
                    self._skip(self._length())
                else:
                    self._fail("0x%02x is no event" % byte)
            else:
                self._channel(byte)
        return True

    def _channel(self, byte):
        if byte >= 0x80:
            self._status = byte
            byte = self._data()
        elif not self._status:
            self._fail("0x%02x has no status before it" % byte)
        self.message = byte << 8 | self._status
        if not 0xC0 <= self._status < 0xE0:
            self.message |= self._data() << 16

    def _meta(self):
        kind = self._byte()
        size = self._length()
        if kind == _TEMPO:
            if size != 3:
                self._fail("a tempo has %d bytes, not 3" % size)
            self.tempo = self._byte() << 16 | self._byte() << 8 | self._byte()
            if not self.tempo:
                self._fail("a tempo is 0")
        elif kind == _END:
            self._skip(size)
            self.over = True
            if self._here() != self._stop:
                self._fail("%d bytes follow its end" % (self._stop - self._here()))
        else:
            self._skip(size)

    def _length(self):
        # Seven bits a byte, up to four bytes, the last of them below 0x80.
        value = 0
        for _ in range(4):
            byte = self._byte()
            value = value << 7 | byte & 127
            if byte < 128:
                return value
        self._fail("a number has more than four bytes")

    def _data(self):
        byte = self._byte()
        if byte >= 0x80:
            self._fail("0x%02x is no data" % byte)
        return byte

    def _byte(self):
        if self._at == self._have:
            self._fill()
        byte = self._buffer[self._at]
        self._at += 1
        return byte

    def _fill(self):
        size = min(_AHEAD, self._stop - self._read)
        if not size:
            self._fail("it has no end", self._stop)
        self._file.seek(self._read)
        self._have = self._file.readinto(memoryview(self._buffer)[:size])
        self._at = 0
        if not self._have:
            raise ValueError("cannot be read at byte %d" % self._read)
        self._read += self._have

    def _skip(self, size):
        left = self._stop - self._here()
        if size > left:
            self._fail("%d bytes should follow, and there are %d" % (size, left), self._here())
        if size <= self._have - self._at:
            self._at += size
            return
        self._read += size - (self._have - self._at)
        self._at = self._have = 0

    def _here(self):
        return self._read - self._have + self._at

    def _fail(self, what, at=None):
        # At the byte that was read last, if no other is given.
        if at is None:
            at = self._here() - 1
        raise ValueError("is damaged: track %d, byte %d: %s" % (self._number, at, what))
