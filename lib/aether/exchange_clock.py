"""How far a duplex stream's input and output are apart, over drivers that do not tell.

Two moments move on with the blocks: when the next block of input began to come in at its pin, and
when the next block of output will begin to leave its pin. What lies between is the latency.
"""

from aether.const import const
from aether.ticks import ticks_add, ticks_diff

# Reads after which this clock is compared with the bus's; the most that they part, as 1 / 2**_FAR.
_WINDOW = const(64)
_FAR = const(10)
_LONG = const(0x1FFFFFFF)


class Moment:
    """A time in microseconds of ticks_us; `period` is a block's in 1/256 of them."""

    def __init__(self, period: int):
        self.at = 0
        self._period = period
        self._rest = 0

    def move(self):
        """One block later."""
        rest = self._rest + self._period
        self._rest = rest & 0xFF
        self.at = ticks_add(self.at, rest >> 8)

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
        self.depth_us = driver.input.period_us(driver.input.buffered_frames()) >> 8
        self.heard = Moment(driver.input.period_us(n))
        self.played = Moment(driver.output.period_us(n))
        self.latency = 0
        # What a write must keep to: so much before it is heard, else so much later, or twice that.
        self._lead = driver.output.period_us(driver.lead_frames()) >> 8
        self._step = driver.output.period_us(driver.half_frames())
        self._first = driver.output.period_us(driver.first_frames()) >> 8
        self._least = _LONG
        self._left = _WINDOW
        # By how much callbacks come after what they tell of, at the least.
        self._lag = -1

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
        self.played.shift((late * 256 // self._step + 1) * self._step >> 8)
        return True

    def waits(self, now: int, unread: int) -> int:
        """Microseconds since the last of `unread` blocks was there."""
        return ticks_diff(now, self.heard.at) - unread * self.block_us

    def caught_up(self, now: int):
        """A read has ended at `now` that had to wait: nothing else has come in meanwhile."""
        self.heard.at = ticks_add(now, -self.transfer_us - max(0, self._lag))
        self._left = _WINDOW

    def compare(self, waits: int):
        """A read ended so long after its blocks were there: corrects this clock by the bus's."""
        if self._left == _WINDOW or waits < self._least:
            self._least = waits
        self._left -= 1
        if self._left:
            return
        self._left = _WINDOW
        if self._lag < 0:
            self._lag = max(0, min(self._least, self.transfer_us))
            return
        most = _WINDOW * self.transfer_us >> _FAR
        apart = self._least - self._lag
        if -most <= apart <= most:
            self.heard.shift(apart)
            self.played.shift(apart)

    def measure(self) -> int:
        """The latency of the block that is next."""
        self.latency = ticks_diff(self.played.at, self.heard.at)
        return self.latency
