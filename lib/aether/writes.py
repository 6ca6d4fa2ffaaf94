"""How a stream plays over a driver that takes writes: frame buffers that take turns."""

from aether.const import const
from aether.frames import Frames
from aether.meter import Meter
from aether.renderer import Renderer
from aether.scheduler import within_callback
from aether.ticks import sleep_ms, ticks_diff, ticks_ms, ticks_us
from aether.watchdog import Watchdog, Watched

_STOPPED = const(0)
_PLAYING = const(1)
_FLUSHING = const(2)
# Counters stop below 2**30, where an int would start to be allocated on a board.
_END = const(0x3FFFFFFF)


class WritePlayer(Watched):
    """What I2SOut does over machine.I2S; see there for what its methods promise.

    blocks: how many make one write. Frame buffers take turns: one is being written while the next
    is rendered. watchdog: whether a timer looks for lost callbacks. ValueError for an `ibuf`
    with which the driver could never start. The constructor allocates.
    """

    def __init__(self, driver, pool, render, blocks, watchdog):
        self._renderer = Renderer(driver, pool, render)
        self.level = self._renderer.level
        self._pool = pool
        self.driver = driver
        self._n = len(pool.silence())
        self._blocks = blocks
        size = self._n * driver.frame_bytes
        driver.check_write(size * blocks)
        most = driver.most_bytes()
        # The frames on their way to the driver, and those rendered next.
        self._frames = [Frames(size, blocks, most) for _ in range(1 + driver.outstanding())]
        self._turn = 1
        self._writing, self._next = self._frames[0], self._frames[1]
        self._part = 0
        self._filled = 0
        self._on_ready = self._ready
        self._watch()
        self._watchdog = Watchdog() if watchdog else None
        self._meter = self._fresh_meter()
        self.guard = self._renderer.guard
        self._state = _STOPPED
        self._flush = 0
        self._busy = False
        self._ready_ms = 0
        self._patience_ms = 0
        self._unheard = 0
        self._since = 0
        self.blocks = 0
        self.restarts = 0
        # Underruns when stop() was called.
        self._gaps = 0

    def start(self):
        driver = self.driver
        self._meter = self._fresh_meter()
        self._renderer.reset()
        self.guard = self._renderer.guard
        self.blocks = self.restarts = self._unheard = self._gaps = 0
        self._filled = self._part = 0
        self._watch()
        slack = driver.period_us(driver.slack_frames()) >> 8
        self._patience_ms = 2 + (self._write_us() + slack) // 1000
        self._state = _PLAYING
        self._busy = True  # for what stops the stream at once, render or another callback
        try:
            driver.open()
            self._meter.opened(ticks_us())
            self._begin()
        except BaseException:
            self._busy = False
            self._close()
            raise

    def _fresh_meter(self):
        driver = self.driver
        frames = self._n * self._blocks
        depth_us = driver.period_us(driver.buffered_frames() + frames) >> 8
        parts = len(self._writing.parts)
        return Meter(driver.pieces(), driver.period_us(frames), parts, depth_us)

    def _begin(self):
        # Blocking writes until the ring is full; while they are rendered it is being played.
        driver = self.driver
        writes = driver.prefill(len(self._next.all))
        for _ in range(4 * writes):
            self._fill(self._blocks)
            self._swap()
            self._meter.written(ticks_us(), len(self._writing.all))
            driver.write(self._writing.all)
            if self._meter.ahead(ticks_us()) > (writes - 1) * self._meter.period_us:
                break
        self._refill()
        self.guard.pass_on()
        self._busy = False
        # The write comes last: its callback may interrupt us right away.
        driver.listen(self._on_ready)
        if self._watchdog is not None:
            # So often that a stream whose ring has run dry goes on within two writes.
            looks = 3 if self._meter.depth_us > 4 * self._write_us() else 1
            ms = max(1, looks * self._write_us() // 2000)
            self._watchdog.start(self._look, self.guard.keep, ms)
        self._hand_over()
        self._meter.listening()

    def _write_us(self):
        return self.driver.period_us(self._n * self._blocks) >> 8

    def stop(self):
        if self._state == _STOPPED:
            self._close()  # if Ctrl-C came into it the last time
            return
        if self._state == _PLAYING:
            self._gaps = self._meter.gaps(ticks_us())
            # As much silence as can lie between here and the pins, and a block that fades out.
            self._flush = (self.driver.buffered_frames() + self._n) * self.driver.frame_bytes
            self._flush += len(self._writing.all)
            self._state = _FLUSHING
        if self._busy or within_callback():
            return
        # Callbacks do the flushing; a lost one must not keep us here for ever.
        patience = 100 + 2 * (self._meter.depth_us + 2 * self._meter.period_us) // 1000
        while self._state != _STOPPED and patience > 0:
            sleep_ms(1)
            patience -= 1
        self._close()

    def poll(self):
        return self._look(None)

    def stats(self) -> dict:
        meter = self._meter
        return {
            "blocks": self.blocks,
            "underruns": self._underruns(),
            "late_callbacks": meter.late_callbacks,
            "render_errors": self.guard.errors,
            "restarts": self.restarts,
            "load_mean": meter.load_mean(),
            "load_max": meter.load_max(),
            "latency_frames": self.driver.buffered_frames() + 2 * self._n * self._blocks,
            "high_water": self._pool.high_water(),
            "fill_min": max(meter.fill_min, 0) // self.driver.frame_bytes,
        }

    def _underruns(self):
        if self._state == _PLAYING:
            return self._meter.gaps(ticks_us())
        # One may have been there when the stream was stopped, and no write has ended it.
        return max(self._meter.underruns, self._gaps)

    def playing(self) -> bool:
        return self._state != _STOPPED

    def ending(self) -> bool:
        return self._state == _FLUSHING

    # The path of a callback: nothing below allocates. A function whose locals, stack and three
    # words for each nested `try` come to more than eleven words gets its frame from the heap at
    # every call, so these are kept small and pass things on through attributes.

    def _ready(self, bus):
        # The driver has taken in what it was given: hand over the next, then render once more.
        if self._state == _STOPPED or self._busy:
            return
        if bus is not None:
            self._unheard = 0
        else:
            self._meter.excuse()
        self._since = ticks_us()
        self._part += 1
        if self._part == len(self._writing.parts):
            if self._state == _FLUSHING and self._flush <= 0:
                self._close()
                return
            if self._filled < self._blocks:
                self._make_up()
            self._swap()
        self._hand_over()
        self._work()
        self.guard.pass_on()

    def _make_up(self):
        # An exception has ended the last callback; another must not end the stream.
        try:
            self._fill(self._blocks)
        except Exception as error:
            self.guard.keep(error)

    def _overdue(self):
        if ticks_diff(ticks_ms(), self._ready_ms) <= self._patience_ms:
            return False
        return self._state != _STOPPED and not self._busy

    def _handed(self):
        return self._ready_ms

    def _mend(self):
        if self.restarts < _END:
            self.restarts += 1
        self._unheard += 1
        if self._unheard > 1:
            self._reopen()
        # What was handed over has been taken in long ago: go on behind it.
        self._ready(None)

    def _reopen(self):
        # No callback came of the last restart either: somebody else has had the bus. Allocates.
        self.driver.close()
        try:
            self.driver.open()
            self.driver.listen(self._on_ready)
        except Exception as error:
            self.guard.keep(error)
            self._close()
            return
        self._meter.reopened(ticks_us())

    def _work(self):
        self._busy = True
        try:
            self._follow()
        finally:
            self._busy = False
        self._meter.worked(self._since)
        if self._part + 1 == len(self._writing.parts) and self._state == _PLAYING:
            self._meter.rendered()

    def _follow(self):
        # Render as much of the next write as has been handed over of the current one.
        self._fill((self._part + 1) * self._blocks // len(self._writing.parts))

    def _hand_over(self):
        # The next part, right after its time is taken.
        part = self._writing.parts[self._part]
        gaps = self._meter.underruns
        self._ready_ms = ticks_ms()
        self._meter.written(ticks_us(), len(part))
        if self._meter.underruns != gaps:
            self._renderer.fade_in(self._first_block())
        self.driver.write(part)

    def _first_block(self):
        # Of the part that is handed over.
        return self._writing.blocks[self._part * self._blocks // len(self._writing.parts)]

    def _refill(self):
        # Both frame buffers anew, the second behind the first.
        self._fill(self._blocks)
        self._swap()
        self._fill(self._blocks)

    def _swap(self):
        self._writing = self._next
        self._turn = (self._turn + 1) % len(self._frames)
        self._next = self._frames[self._turn]
        self._filled = self._part = 0

    def _fill(self, goal):
        while self._filled < goal:
            if self._state == _FLUSHING:
                self._flush -= len(self._next.blocks[0])
                self._renderer.quiet(self._next.blocks[self._filled])
            else:
                if self.blocks < _END:
                    self.blocks += 1
                self._renderer.play(self._next.blocks[self._filled])
            self._filled += 1

    def _close(self):
        self._state = _STOPPED
        self.driver.close()
        if self._watchdog is not None:
            self._watchdog.stop()
