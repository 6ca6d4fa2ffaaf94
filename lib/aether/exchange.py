"""How a duplex stream runs over a driver that takes reads and writes: two frame buffers each.

What comes in is rendered as soon as it is there. Where Python was away too long, sound has been
lost on either side; then blocks are left out or silence is put in, until the latency is again
what it was at the start, but for three quarters of a block.
"""

from aether.const import const
from aether.exchange_block import ExchangeBlock
from aether.exchange_clock import ExchangeClock
from aether.frames import Frames
from aether.meter import Meter
from aether.scheduler import schedule, within_callback
from aether.ticks import sleep_ms, ticks_diff, ticks_ms, ticks_us
from aether.watchdog import Watchdog

_STOPPED = const(0)
# What comes in is left out: until all that waits has been read; until the output is filled.
_DRAINING = const(1)
_FILLING = const(2)
_PLAYING = const(3)
_FLUSHING = const(4)
# Seams: the next block rises from silence, or rises over the one set aside.
_PLAIN = const(0)
_RISING = const(1)
_JOINING = const(2)
# Counters stop below 2**30, where an int would start to be allocated on a board.
_END = const(0x3FFFFFFF)


class ExchangePlayer:
    """What I2SDuplex does over a MachineDuplex; see there for what its methods promise.

    blocks: how many make one transfer. watchdog: whether a timer looks for lost callbacks.
    ValueError for rings with which the driver could never start, or that hold less than three
    transfers. The constructor allocates.
    """

    def __init__(self, driver, pool, render, blocks, watchdog):
        self.driver = driver
        self._pool = pool
        self._block = ExchangeBlock(driver, pool, render)
        self.level = self._block.level
        self._n = n = len(pool.silence())
        self._blocks = blocks
        size = n * driver.frame_bytes
        self._check(driver, n * blocks, size * blocks)
        # What is being read, what is rendered; what is being written, what comes after it.
        self._reading = Frames(size, blocks, size * blocks)
        self._read = Frames(size, blocks, size * blocks)
        self._writing = Frames(size, blocks, size * blocks)
        self._next = Frames(size, blocks, size * blocks)
        self._on_read = self._read_ready
        self._on_written = self._write_ready
        self._relief = self._relieve
        self._watchdog = Watchdog() if watchdog else None
        self._clock = None
        self._meter = Meter(256000000, 0, 0)
        self.guard = self._block.guard
        self._state = _STOPPED
        self._clear()

    def _check(self, driver, frames, size):
        driver.output.check_write(size)
        driver.input.check_read(frames)
        if driver.output.most_bytes() < size:
            raise ValueError("a transfer of %d frames is too long here: use fewer blocks" % frames)
        self._room = driver.output.buffered_frames()
        if self._room < 3 * frames or driver.input.buffered_frames() < 3 * frames:
            raise ValueError(
                "ibuf must be at least %d bytes for %d blocks, not %d"
                % (3 * size, self._blocks, driver.output.ibuf)
            )

    def _clear(self):
        self._busy = self._called = False
        self._asked = self._came = self._owed = False
        self._unread = self._at = self._filled = 0
        self._seam = _RISING
        self._fed = False
        self._goal = -1
        self._least_us = self._most_us = 0
        self._low_us = _END
        # How long after its end as the clock has it the output must have run dry.
        self._dry_us = 0
        self._flush = 0
        self._since = self._asked_us = self._came_us = self._read_ms = self._write_ms = 0
        self.blocks = self.restarts = 0
        self.underruns = self.overruns = self.slips = 0

    def start(self):
        driver = self.driver
        self._clear()
        self._block.reset()
        self.guard = self._block.guard
        self._clock = clock = ExchangeClock(driver, self._n, self._blocks)
        frames = self._n * self._blocks
        self._meter = Meter(driver.output.period_us(frames), 0, 0)
        # What is to be left to play when a read ends; a transfer more is too much.
        self._least_us = driver.output.period_us(self._room - frames * 5 // 2) >> 8
        self._most_us = self._least_us + clock.transfer_us
        # Milliseconds without a callback after which it must be lost.
        slack = driver.output.period_us(driver.output.slack_frames()) >> 8
        self._patience_ms = 2 + (2 * clock.transfer_us + slack) // 1000
        self._state = _FILLING
        self._busy = True
        try:
            self._open(driver, clock)
        except BaseException:
            self._busy = False
            self._close()
            raise
        self._busy = False
        if self._watchdog is not None:
            self._watchdog.start(self._look, max(1, clock.transfer_us // 1000))
        # It comes last: its callback may interrupt us right away.
        self._ask()

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
        if self._state == _STOPPED:
            self.driver.close()
            return
        if self._state != _FLUSHING:
            # What the output can hold, and a block that fades out.
            self._flush = (self._room + self._n) * self.driver.frame_bytes
            self._flush += len(self._writing.all)
            self._state = _FLUSHING
        if self._busy or within_callback():
            return
        if not self._owed:
            self._since = ticks_us()
            self._work(False)
        # Callbacks do it; a lost one must not keep us here for ever.
        patience = 100 + 2 * (self._clock.room_us + 2 * self._clock.transfer_us) // 1000
        while self._state != _STOPPED and patience > 0:
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
            "late_callbacks": self._meter.late_callbacks,
            "render_errors": self.guard.errors,
            "restarts": self.restarts,
            "load_mean": self._meter.load_mean(),
            "load_max": self._meter.load_max(),
            "latency_frames": round(clock.latency * self.driver.rate / 1e6) if known else 0,
            "fill_min": self._low_us * self.driver.rate // 1000000 if known else 0,
            "high_water": self._pool.high_water(),
        }

    def playing(self) -> bool:
        return self._state != _STOPPED

    # The path of a callback: nothing below allocates. A function whose locals, stack and three
    # words for each nested `try` come to more than eleven words gets its frame from the heap at
    # every call, so these are kept small and pass things on through attributes.

    def _read_ready(self, _):
        # The input has filled what it was given.
        if self._state != _STOPPED and not self._busy and self._asked:
            self._since = self._came_us = ticks_us()
            self._asked = False
            self._came = True
            self._work(True)
            self.guard.pass_on()

    def _write_ready(self, _):
        # The output has taken in what it was given.
        if self._state != _STOPPED and not self._busy and self._owed:
            self._owed = False
            self._since = ticks_us()
            self._work(False)
            self.guard.pass_on()

    def _overdue(self):
        now = ticks_ms()
        most = self._patience_ms
        if self._state == _STOPPED or self._busy:
            return False
        if self._asked and ticks_diff(now, self._read_ms) > most:
            return True
        return self._owed and ticks_diff(now, self._write_ms) > most

    def _look(self, _):
        # Is a callback overdue? The scheduler's queue may still have it: then it comes first.
        if self._called or not self._overdue():
            return False
        try:
            schedule(self._relief, None)
        except RuntimeError:
            return False  # the queue is still full
        self._called = True
        return True

    def _relieve(self, _):
        # What was handed over last has been dealt with long ago, if no callback came meanwhile.
        self._called = False
        if not self._overdue():
            return
        if self.restarts < _END:
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

    def _work(self, read):
        self._busy = True
        try:
            self._pump()
        finally:
            self._busy = False
        self._meter.worked(self._since)
        if read and self._state == _PLAYING:
            self._meter.rendered()

    def _take(self):
        # A read has ended: the next one at once, then look at what it brought.
        self._came = False
        self._reading, self._read = self._read, self._reading
        self._unread = self._blocks
        self._at = 0
        waited = ticks_diff(self._came_us, self._asked_us)
        self._meter.ready(self._came_us)
        self._ask()
        self._judge(self._clock.waits(self._came_us, self._unread), waited)
        if self._state != _PLAYING:
            while self._unread:
                if self._goal >= 0:
                    self._slip()
                self._pass_over()

    def _judge(self, waits, waited):
        clock = self._clock
        if self._state == _DRAINING:
            if waited * 4 > clock.transfer_us * 3:
                # It was not there already: nothing else waits.
                clock.caught_up(self._came_us)
                self._state = _FILLING
        elif waits > clock.depth_us or not clock.compare(waits, waited):
            self._drain(waits)
        elif self._state == _FILLING and self._enough():
            self._state = _PLAYING

    def _drain(self, waits):
        # Input is missing. If interrupts were as well, the output is as late at the most, and not
        # so far ahead as it can be: it is left to run dry.
        if self.overruns < _END:
            self.overruns += 1
        self._state = _DRAINING
        self._dry_us = max(0, min(waits, self._clock.room_us - self._clock.ahead(ticks_us())))

    def _enough(self):
        ahead = self._clock.ahead(ticks_us())
        return self._least_us <= ahead <= self._most_us

    def _ask(self):
        self._asked = True
        self._read_ms = ticks_ms()
        self._asked_us = ticks_us()
        self.driver.input.read(self._reading.all)

    def _pump(self):
        # Render what is there, write what is rendered, as far as the output takes it.
        while True:
            if self._filled == self._blocks:
                if self._owed:
                    return
                if self._state == _FLUSHING and self._flush <= 0:
                    self._close()
                    return
                self._hand_over()
            if self._state == _FLUSHING:
                self._flush -= len(self._next.blocks[0])
                self._put_silence()
            elif self._unread:
                self._pass()
            elif self._came:
                self._take()
            elif self._state == _FILLING and self._too_little():
                self._put_silence()
            else:
                return

    def _too_little(self):
        ahead = self._clock.ahead(ticks_us())
        if self._dry_us and ahead + self._dry_us > 0:
            return False
        self._dry_us = 0
        return self._filled > 0 or ahead < self._most_us

    def _hand_over(self):
        self._check_gap()
        self._fed = True
        self._writing, self._next = self._next, self._writing
        self._filled = 0
        self._owed = True
        self._write_ms = ticks_ms()
        self.driver.output.write(self._writing.all)

    def _check_gap(self):
        now = ticks_us()
        left = self._clock.ahead(now) - self._filled * self._clock.block_us
        if left < self._low_us and self._state == _PLAYING:
            self._low_us = max(0, left)
        if self._clock.gap(now, self._filled):
            self._seam = _RISING
            if self._fed and self._state == _PLAYING and self.underruns < _END:
                self.underruns += 1
            self._fed = False

    def _pass(self):
        # One block of input on its way out, or what mends the latency in its place.
        self._check_gap()
        off = self._clock.measure()
        if self._goal < 0:
            self._goal = off
        off = (off - self._goal) * 4
        if self._seam == _RISING and off > 3 * self._clock.block_us:
            self._slip()
            self._pass_over()
        elif off < -3 * self._clock.block_us:
            self._slip()
            self._put_silence()
            self._seam = _RISING
        else:
            self._render(off)

    def _slip(self):
        if self.slips < _END:
            self.slips += 1

    def _pass_over(self):
        self._unread -= 1
        self._at += 1
        self._clock.heard.move()

    def _put_silence(self):
        self._block.quiet(self._next.blocks[self._filled])
        self._clock.played.move()
        self._filled += 1

    def _render(self, off):
        good = self._block.load(self._read.blocks[self._at])
        self._pass_over()
        if self.blocks < _END:
            self.blocks += 1
        if not good:
            self._seam = _RISING
            self._put_silence()
        elif self._seam == _PLAIN and off > 3 * self._clock.block_us:
            # Too late: this block and the next become one.
            self._slip()
            self._block.set_aside()
            self._seam = _JOINING
        else:
            self._store(self._next.blocks[self._filled])

    def _store(self, slot):
        if self._seam == _JOINING:
            self._block.join()
        self._block.store(slot)
        if self._seam == _RISING:
            self._block.begin(slot)
        self._seam = _PLAIN
        self._clock.played.move()
        self._filled += 1

    def _close(self):
        self._state = _STOPPED
        if self._watchdog is not None:
            self._watchdog.stop()
        self.driver.close()
        self._block.give()
