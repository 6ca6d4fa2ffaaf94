"""What a stream counts: load, late callbacks, and underruns estimated from the clock."""

from aether.const import const
from aether.ticks import ticks_add, ticks_diff, ticks_us

# Counters stop below 2**30, where an int would start to be allocated on a board.
_END = const(0x3FFFFFFF)
_SECOND = const(1000000)


class Meter:
    """Times the writes of one stream. Allocates in the constructor and in the two loads only.

    period: 1/256 microseconds that one write lasts; depth_us: microseconds of sound that can be
    buffered behind a write; lead_us: microseconds of silence before the first.
    """

    def __init__(self, period: int, depth_us: int, lead_us: int):
        self._period = period
        self.period_us = period >> 8
        self.depth_us = depth_us
        self._lead_us = lead_us
        self.writes = 0
        self.underruns = 0
        self.late_callbacks = 0
        self._busy_s = 0
        self._busy_us = 0
        self._most_us = 0
        self._rendered = 0
        self._write_us = 0
        self._rest = 0
        self._empty_at = 0
        self._before = 0
        self._listening = False

    def reopened(self):
        """The bus was closed and opened anew, and what it held is gone."""
        self.writes = 0
        self._listening = False

    def ready(self, now: int):
        """The callback runs at `now`. It is late when it comes half a write behind its time."""
        late = ticks_diff(now, self._before) * 2 > self.period_us * 3
        if late and self._listening and self.late_callbacks < _END:
            self.late_callbacks += 1
        self._listening = True
        self._before = now

    def written(self, now: int):
        """A write is handed over at `now`: if what came before has run out, that was a gap."""
        if not self.writes:
            self._empty_at = ticks_add(now, self._lead_us)
        elif ticks_diff(now, self._empty_at) > 0:
            self._empty_at = now
            if self.underruns < _END:
                self.underruns += 1
        rest = self._rest + self._period
        self._rest = rest & 0xFF
        self._empty_at = ticks_add(self._empty_at, rest >> 8)
        if ticks_diff(self._empty_at, now) > self.depth_us:
            self._empty_at = ticks_add(now, self.depth_us)
        if self.writes < _END:
            self.writes += 1

    def ahead(self, now: int) -> int:
        """Microseconds of sound that are buffered at `now`, if nothing is in the way."""
        return ticks_diff(self._empty_at, now)

    def worked(self, start: int):
        """A callback worked for the next write from `start` to now."""
        self._write_us += ticks_diff(ticks_us(), start)

    def rendered(self):
        """That write is rendered."""
        us = self._write_us
        self._write_us = 0
        if self._rendered == _END:
            return  # after 70 days the mean stays as it is
        self._rendered += 1
        self._busy_us += us
        while self._busy_us >= _SECOND:
            self._busy_us -= _SECOND
            self._busy_s += 1
        if us > self._most_us:
            self._most_us = us

    def load_mean(self) -> float:
        """Share of a write's time that callbacks took for it, 0 to 1 and above."""
        if not self._rendered:
            return 0.0
        return (self._busy_s * 1e6 + self._busy_us) / (self.period_us * self._rendered)

    def load_max(self) -> float:
        """The same for the slowest write."""
        return self._most_us / self.period_us
