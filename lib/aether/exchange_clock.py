"""How far a duplex stream's input and output are apart, over drivers that do not tell.

Two moments move on with the blocks: when the next block of input began to come in at its pin, and
when the next block of output will begin to leave its pin. What lies between is the latency.
"""

from aether.const import const
from aether.ticks import ticks_add, ticks_diff

# Reads after which this clock is compared with the bus's.
_WINDOW = const(16)


class Moment:
    """A time in microseconds of ticks_us that moves on by blocks of n frames of a bus.

    What is left of microseconds is kept as finely as small ints can: in an hour two moments of
    two buses part by no more than some frames. Allocates in the constructor only.
    """

    def __init__(self, bus, n: int):
        self.at = 0
        self._bits = 16
        while bus.period_us(n << self._bits - 8) >= 1 << 29 and self._bits > 8:
            self._bits -= 4
        self._period = bus.period_us(n << self._bits - 8)
        self._mask = (1 << self._bits) - 1
        self._rest = 0

    def move(self):
        """One block later."""
        rest = self._rest + self._period
        self._rest = rest & self._mask
        self.at = ticks_add(self.at, rest >> self._bits)

    def shift_parts(self, parts: int):
        """So many 1/256 microseconds later."""
        rest = self._rest + ((parts & 0xFF) << self._bits - 8)
        self._rest = rest & self._mask
        self.at = ticks_add(self.at, (parts >> 8) + (rest >> self._bits))

    def shift(self, us: int):
        """So many microseconds later."""
        self.at = ticks_add(self.at, us)


class ExchangeClock:
    """Where input and output are; allocates in the constructor only.

    driver: a MachineDuplex. n: frames of a block; blocks: of a transfer. `heard` and `played` are
    the moments of the blocks that are next; `latency` is from one to the other, in microseconds,
    as it was at the last block.
    """

    def __init__(self, driver, n: int, blocks: int):
        self.block_us = driver.output.period_us(n) >> 8
        self.transfer_us = driver.output.period_us(n * blocks) >> 8
        self.depth_us = driver.input.period_us(driver.waiting_frames()) >> 8
        self.room_us = driver.output.period_us(driver.output.buffered_frames()) >> 8
        self.heard = Moment(driver.input, n)
        self.played = Moment(driver.output, n)
        self.latency = 0
        # What a write must keep to: so much before it is heard, else so much later, or twice that.
        self._lead = driver.output.period_us(driver.lead_frames()) >> 8
        self._step = driver.output.period_us(driver.half_frames())
        self._first = driver.output.period_us(driver.first_frames()) >> 8
        # More than a part that is moved at once is no drift.
        self._part_us = driver.input.period_us(driver.input.step_frames()) * 3 >> 10
        self._drift_us = _WINDOW * self.transfer_us >> 10
        # Whether `heard` was set by a read and not by the opening; and just now.
        self._anchored = self._fresh = False
        self._least = 0
        self._left = _WINDOW
        # By how much callbacks come after what they tell of, at the least; known from the first
        # read on, as after a fault there is no telling. More is one that was late.
        self._lag = -1
        step = driver.input.period_us(driver.input.step_frames()) >> 8
        self._most_lag = min(self.block_us, step)

    def opened(self, out: int, inp: int):
        """The buses were opened at these times."""
        self.played.at = ticks_add(out, self._first)
        self.heard.at = inp

    def ahead(self, now: int) -> int:
        """Microseconds of sound between now and what is written next."""
        return ticks_diff(self.played.at, now)

    def gap(self, now: int, waiting: int) -> bool:
        """Whether there is nothing to be played, so that what is written next comes later.

        waiting: blocks that were counted as played and have not been written.
        """
        late = ticks_diff(now, self.played.at) + waiting * self.block_us + self._lead
        if late <= 0:
            return False
        # As many microseconds as a step has 256ths are 256 steps: ints stay small.
        while late >= self._step:
            self.played.shift(self._step)
            late -= self._step
        # What is left of microseconds counts: gaps may be many.
        self.played.shift_parts((late * 256 // self._step + 1) * self._step)
        return True

    def waits(self, now: int, unread: int) -> int:
        """Microseconds since the last of `unread` blocks was there."""
        return ticks_diff(now, self.heard.at) - unread * self.block_us

    def caught_up(self, now: int):
        """A read has ended at `now` that had to wait: nothing else has come in meanwhile."""
        self.heard.at = ticks_add(now, -self.transfer_us - max(0, self._lag))
        self._left = _WINDOW
        self._fresh = self._anchored = True

    def compare(self, waits: int, waited: int) -> bool:
        """A read ended so long after its blocks were there; False if some must be missing.

        waited: how long it took. Nothing is read before it is there, and one that had to wait for
        its blocks now and then ends as soon as it can: so this clock is corrected by the bus's.
        Where they are late for good, others came in place of those that they were for.
        """
        if not self._anchored and waits >= 0 and (self._lag < 0 or waits < self._lag):
            self._lag = min(waits, self._most_lag)
        early = max(0, self._lag) - waits
        if early > 0:
            self._part(-early)
            waits += early
        if self._left == _WINDOW or waits < self._least:
            self._least = waits
        # What was there already may have waited for long.
        if waited * 2 >= self.transfer_us or self._left == _WINDOW:
            self._left -= 1
        return self._left > 0 or self._judge()

    def _judge(self):
        # The least of a number of reads says how far the two clocks are apart.
        self._left = _WINDOW
        if self._lag < 0:
            self._lag = min(self._least, self._most_lag)
        elif self._least - self._lag > self._part_us:
            return False
        elif not self._fresh:
            self._part(min(self._least - self._lag, self._drift_us))
        self._fresh = False
        return True

    def _part(self, us):
        # This clock drifts for both; but when `heard` has just been set, it was set wrongly.
        self.heard.shift(us)
        if not self._fresh:
            self.played.shift(us)

    def measure(self) -> int:
        """The latency of the block that is next."""
        self.latency = ticks_diff(self.played.at, self.heard.at)
        return self.latency
