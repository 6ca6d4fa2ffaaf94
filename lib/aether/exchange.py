"""How a duplex stream runs over a driver that takes reads and writes, from start to stop."""

from aether.exchange_clock import ExchangeClock
from aether.exchange_pump import END, FILLING, FLUSHING, STOPPED, ExchangePump
from aether.load import Load
from aether.scheduler import within_callback
from aether.ticks import sleep_ms, ticks_diff, ticks_ms, ticks_us
from aether.watchdog import Watchdog, Watched


class ExchangePlayer(ExchangePump, Watched):
    """What I2SDuplex does over a MachineDuplex; see there for what its methods promise.

    blocks: how many make one transfer. watchdog: whether a timer looks for lost callbacks.
    ValueError for rings with which the driver could never start, or that hold less than three
    transfers. The constructor allocates.
    """

    def __init__(self, driver, pool, render, blocks, watchdog):
        super().__init__(driver, pool, render, blocks)
        self._on_read = self._read_ready
        self._on_written = self._write_ready
        self._watch()
        self._watchdog = Watchdog() if watchdog else None

    def start(self):
        driver = self.driver
        self._clear()
        self._watch()
        self._block.reset()
        self.guard = self._block.guard
        self._clock = clock = ExchangeClock(driver, self._n, self._blocks)
        frames = self._n * self._blocks
        self._load = Load(driver.output.period_us(frames))
        # What is to be left to play when a read ends; a transfer more is too much.
        self._least_us = driver.output.period_us(self._room - frames * 5 // 2) >> 8
        self._most_us = self._least_us + clock.transfer_us
        # Milliseconds without a callback after which it must be lost.
        slack = driver.output.period_us(driver.output.slack_frames()) >> 8
        self._patience_ms = 2 + (2 * clock.transfer_us + slack) // 1000
        self._state = FILLING
        self._busy = True
        try:
            self._open(driver, clock)
            self._busy = False
            if self._watchdog is not None:
                ms = max(1, clock.transfer_us // 1000)
                self._watchdog.start(self._look, self.guard.keep, ms)
            # It comes last: its callback may interrupt us right away.
            self._ask()
        except BaseException:
            self._busy = False
            self._close()
            raise

    def _open(self, driver, clock):
        # Silence up to the first input, which must be heard without a gap.
        self._block.hold()
        while self._filled < self._blocks:
            self._block.quiet(self._next.blocks[self._filled])
            self._filled += 1
        driver.output.open()
        opened = ticks_us()
        clock.opened(opened, opened)
        while clock.ahead(ticks_us()) < self._most_us:
            driver.output.write(self._next.all)
            for _ in range(self._blocks):
                clock.played.move()
        self._filled = 0
        driver.input.open()
        clock.heard.at = ticks_us()
        driver.output.listen(self._on_written)
        driver.input.listen(self._on_read)

    def stop(self):
        if self._state == STOPPED:
            self.driver.close()
            return
        if self._state != FLUSHING:
            # What the output can hold, and a block that fades out.
            self._flush = (self._room + self._n) * self.driver.frame_bytes
            self._flush += len(self._writing.all)
            self._state = FLUSHING
        if self._busy or within_callback():
            return
        if not self._owed:
            self._since = ticks_us()
            self._work(False)
        # Callbacks do it; a lost one must not keep us here for ever.
        patience = 100 + 2 * (self._clock.room_us + 2 * self._clock.transfer_us) // 1000
        while self._state != STOPPED and patience > 0:
            sleep_ms(1)
            patience -= 1
        self._close()

    def poll(self):
        return self._look(None)

    def stats(self) -> dict:
        clock = self._clock
        known = clock and clock.latency > 0
        return {
            "blocks": self.blocks,
            "underruns": self.underruns,
            "overruns": self.overruns,
            "slips": self.slips,
            "late_callbacks": self._load.late_callbacks,
            "render_errors": self.guard.errors,
            "restarts": self.restarts,
            "load_mean": self._load.load_mean(),
            "load_max": self._load.load_max(),
            "latency_frames": round(clock.latency * self.driver.rate / 1e6) if known else 0,
            "fill_min": self._low_us * self.driver.rate // 1000000 if known else 0,
            "high_water": self._pool.high_water(),
        }

    def playing(self) -> bool:
        return self._state != STOPPED

    def ending(self) -> bool:
        return self._state == FLUSHING

    # The path of a callback, with that of the blocks: nothing below allocates.

    def _read_ready(self, _):
        # The input has filled what it was given.
        if self._state != STOPPED and not self._busy and self._asked:
            self._since = self._came_us = ticks_us()
            self._asked = False
            self._came = True
            self._work(True)
            self.guard.pass_on()

    def _write_ready(self, _):
        # The output has taken in what it was given.
        if self._state != STOPPED and not self._busy and self._owed:
            self._owed = False
            self._since = ticks_us()
            self._work(False)
            self.guard.pass_on()

    def _overdue(self):
        now = ticks_ms()
        most = self._patience_ms
        if self._state == STOPPED or self._busy:
            return False
        if self._asked and ticks_diff(now, self._read_ms) > most:
            return True
        return self._owed and ticks_diff(now, self._write_ms) > most

    def _handed(self):
        return self._read_ms ^ self._write_ms

    def _mend(self):
        # What was handed over last has been dealt with long ago.
        if self.restarts < END:
            self.restarts += 1
        self._since = ticks_us()
        if self._owed and ticks_diff(ticks_ms(), self._write_ms) > self._patience_ms:
            self._owed = False
        if self._asked and ticks_diff(ticks_ms(), self._read_ms) > self._patience_ms:
            self._came_us = self._since
            self._asked = False
            self._came = True
        self._work(self._came)
        self.guard.pass_on()

    def _close(self):
        self._state = STOPPED
        if self._watchdog is not None:
            self._watchdog.stop()
        self.driver.close()
        self._block.give()
