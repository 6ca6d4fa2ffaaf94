"""What an input stream counts over a driver that takes reads: gaps, estimated from the clock."""

from aether.const import const
from aether.load import Load
from aether.ticks import ticks_add, ticks_diff

# Counters stop below 2**30, where an int would start to be allocated on a board.
_END = const(0x3FFFFFFF)
# Reads after which what waits is compared with the clock anew.
_WINDOW = const(256)


class InMeter(Load):
    """Times the reads of one stream. Allocates in the constructor and in the two loads only.

    period: 1/256 microseconds that one read lasts; depth_us: microseconds of sound that can wait
    for a read before some is lost.
    """

    def __init__(self, period: int, depth_us: int):
        super().__init__(period)
        self.depth_us = depth_us
        self.overruns = 0
        # The most that waited for a read, in microseconds.
        self.most_us = 0
        self._full_at = 0
        # Whether there has been a read; what a period has beyond whole microseconds, and its sum.
        self._begun = False
        self._period = period
        self._rest = 0
        self._least_us = depth_us
        self._left = _WINDOW

    def reading(self, now: int):
        """A read is handed over at `now`: if no more could wait before that, there is a gap."""
        if not self._begun:
            self._begun = True
            self._full_at = ticks_add(now, self.depth_us)
        waiting = self.depth_us - ticks_diff(self._full_at, now)
        if waiting > self.depth_us:
            waiting = self.depth_us
            self._left = _WINDOW
            self._full_at = now
            if self.overruns < _END:
                self.overruns += 1
        elif waiting < 0:
            waiting = 0
            self._full_at = ticks_add(now, self.depth_us)
        if waiting > self.most_us:
            self.most_us = waiting
        self._correct(waiting)
        rest = self._rest + self._period
        self._rest = rest & 0xFF
        self._full_at = ticks_add(self._full_at, rest >> 8)

    def lost(self):
        """A read of other code has taken the place of one of the stream's."""
        if self.overruns < _END:
            self.overruns += 1

    def reopened(self, now: int):
        """The bus was opened anew at `now`: what came before is lost."""
        self._left = _WINDOW
        self._full_at = ticks_add(now, self.depth_us)
        if self.overruns < _END:
            self.overruns += 1

    def _correct(self, waiting):
        # Among so many reads without a gap one has found next to nothing: what all of them found
        # is how far the bus and this clock have come apart.
        if self._left == _WINDOW or waiting < self._least_us:
            self._least_us = waiting
        self._left -= 1
        if not self._left:
            self._left = _WINDOW
            self._full_at = ticks_add(self._full_at, self._least_us)
