"""What a stream over machine.I2S counts: late callbacks, and underruns by the clock."""

from aether.const import const
from aether.load import Load

# Counters stop below 2**30, where an int would start to be allocated on a board.
_END = const(0x3FFFFFFF)
# Times are taken in 1/64 us below 2**30, and so begin anew every 16 s: of a write that comes later
# than that, only the rest counts.
_WRAP = const(0xFFFFFF)


class Meter(Load):
    """Follows what the driver's buffers hold, from when they were opened and what was written.

    The DMA plays a piece after the other and never waits: data where there is some, else silence.
    A gap is a run of silence between data. Nobody says when a piece has been played, but all last
    equally long, so the clock does; it is taken for slow, and a callback, which says that there
    was room for a write, sets it right.

    pieces: of the driver, see MachineI2S.pieces(); write_us: 1/256 microseconds that a write
    lasts, which is handed over in so many `parts`; depth_us: microseconds of sound that can be
    buffered behind a write. Allocates in the constructor, in ahead() and in the two loads only.
    """

    def __init__(self, pieces, write_us: int, parts: int, depth_us: int):
        self._piece, self._time, self._early, self._lead, self._least, self._most = pieces
        # When it has run dry, from `base` to a piece more stays: a rest that is too short to be
        # played, or on an ESP32 what its last buffer lacks.
        self._base = self._least - self._piece
        self._dry = max(self._base, 0)
        self._room = self._piece - 1 - self._most
        super().__init__(write_us)
        self.depth_us = depth_us
        self._half = write_us >> 3
        self._part = (write_us >> 2) // parts
        self.underruns = 0
        # Fewest bytes that were left when a callback handed over the next.
        self.fill_min = self._most
        self.opened(0)

    def opened(self, now: int):
        """The bus was opened right before `now`."""
        # Bytes that wait behind the piece that is being played, and when that began.
        self._left = self._lead
        self._at = (now - self._early & _WRAP) << 6
        # How long after that the next callback is due; _END before the first write.
        self._due = _END

    def reopened(self, now: int):
        """The bus was closed and opened anew right before `now`; what it held is gone."""
        if self._left >= self._least and self.underruns < _END:
            self.underruns += 1
        self.opened(now)

    def listening(self):
        """The writes up to now came without callbacks: no more of them is counted than gaps."""
        self.late_callbacks = 0
        self.fill_min = self._most

    def excuse(self):
        """The next write comes without a callback: it cannot be late."""
        if self._due < _END:
            self._due = _END - 1

    def written(self, now: int, size: int):
        """`size` bytes are handed over at `now`; what was before them has been taken in."""
        now = (now & _WRAP) << 6
        since = now - self._at & _END
        if since - self._due > self._half:
            self.late()
        n = since // self._time
        since -= n * self._time
        left = self._left - n * self._piece
        if left < self._dry:
            left = self._run_dry(left)
        if left > self._most:
            # There was room, so more has been played: this piece began a moment ago.
            left -= (left + self._room) // self._piece * self._piece
            since = self._time >> 3
        if left < self.fill_min:
            self.fill_min = left
        left += size
        self._left = left
        self._at = now - since & _END
        # Its callback is due when a write's time has passed, and there is room.
        since += self._part
        n = left + self._room
        if n > 0:
            n = n // self._piece * self._time
        self._due = n if n > since else since

    def _run_dry(self, left):
        if self._due == _END:
            return 0
        # A gap goes on where nothing was played since it was counted.
        if self._left >= self._least and self.underruns < _END:
            self.underruns += 1
        return self._base + (left - self._base) % self._piece

    def gaps(self, now: int) -> int:
        """How many underruns there have been at `now`, with one that no write has ended yet."""
        # In this order: a callback in between is a write that ended it, and has counted it.
        left = self._left
        n = (((now & _WRAP) << 6) - self._at & _END) // self._time
        if left - n * self._piece < self._dry and left >= self._least and self._due != _END:
            return self.underruns + 1
        return self.underruns

    def ahead(self, now: int) -> int:
        """Microseconds of sound that are buffered at `now`. Allocates."""
        since = ((now & _WRAP) << 6) - self._at & _END
        return (self._left * self._time // self._piece - since) >> 6
