"""What callbacks take of the time there is, and how many of them come late."""

from aether.const import const
from aether.ticks import ticks_diff, ticks_us

# Counters stop below 2**30, where an int would start to be allocated on a board.
_END = const(0x3FFFFFFF)
_SECOND = const(1000000)


class Load:
    """Times the callbacks of a stream, one or more for each write or read.

    period: 1/256 microseconds that one lasts. Allocates in the constructor and in the two loads
    only.
    """

    def __init__(self, period: int):
        self.period_us = period >> 8
        self.late_callbacks = 0
        self._busy_s = 0
        self._busy_us = 0
        self._most_us = 0
        self._timed = 0
        self._taken_us = 0
        self._before = 0
        self._listening = False

    def ready(self, now: int):
        """The callback runs at `now`: it is late when it comes half a period behind its time."""
        if self._listening and ticks_diff(now, self._before) * 2 > self.period_us * 3:
            self.late()
        self._listening = True
        self._before = now

    def late(self):
        """A callback has come late."""
        if self.late_callbacks < _END:
            self.late_callbacks += 1

    def worked(self, start: int):
        """A callback worked for the next write, or read, from `start` to now."""
        self._taken_us += ticks_diff(ticks_us(), start)

    def rendered(self):
        """What there was to do for it is done."""
        us = self._taken_us
        self._taken_us = 0
        if self._timed == _END:
            return  # after 70 days the mean stays as it is
        self._timed += 1
        self._busy_us += us
        while self._busy_us >= _SECOND:
            self._busy_us -= _SECOND
            self._busy_s += 1
        if us > self._most_us:
            self._most_us = us

    def load_mean(self) -> float:
        """Share of its time that callbacks took for a write, or read, 0 to 1 and above."""
        if not self._timed:
            return 0.0
        return (self._busy_s * 1e6 + self._busy_us) / (self.period_us * self._timed)

    def load_max(self) -> float:
        """The same for the slowest."""
        return self._most_us / self.period_us
