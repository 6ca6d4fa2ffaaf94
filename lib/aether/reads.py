"""How an input stream runs over a driver that takes reads: two frame buffers that take turns."""

from aether.const import const
from aether.frames import Frames
from aether.meter_in import InMeter
from aether.receiver import Receiver
from aether.ticks import ticks_diff, ticks_ms, ticks_us
from aether.watchdog import Watchdog, Watched

_STOPPED = const(0)
_PLAYING = const(1)
# Stopped from within a callback, which closes the bus when it is done.
_ENDING = const(2)
# The last bytes of a buffer before it is filled, to tell later whether it was.
_MARK = b"\xa5" * 8
# Counters stop below 2**30, where an int would start to be allocated on a board.
_END = const(0x3FFFFFFF)


class ReadPlayer(Watched):
    """What I2SIn does over machine.I2S; see there for what its methods promise.

    blocks: how many make one read. Two frame buffers take turns: one is filled while the other is
    received. watchdog: whether a timer looks for lost callbacks. ValueError for an `ibuf` with
    which the driver could never start. The constructor allocates.
    """

    def __init__(self, driver, pool, receive, blocks, watchdog):
        self._receiver = Receiver(driver, pool, receive)
        self.driver = driver
        self._pool = pool
        self._n = len(pool.silence())
        self._frames = self._n * blocks
        driver.check_read(self._frames)
        size = self._n * driver.frame_bytes
        # The frames that are being filled, and those that are received.
        self._filling = Frames(size, blocks, size * blocks)
        self._filled = Frames(size, blocks, size * blocks)
        # Whether it puts a read of other code beside ours into a queue.
        self._queued = driver.outstanding() > 1
        # Whether the driver has been given some to fill.
        self._asked = False
        self._on_ready = self._ready
        self._watch()
        self._watchdog = Watchdog() if watchdog else None
        self._meter = InMeter(256000000, 0)
        self.guard = self._receiver.guard
        self._state = _STOPPED
        self._busy = False
        # stop() in a callback leaves it to start() to close the bus, which is being opened.
        self._starting = False
        self._ready_ms = 0
        self._patience_ms = 0
        self._unheard = 0
        self._since = 0
        self.restarts = 0

    @property
    def blocks(self):
        return self._receiver.blocks

    def start(self):
        driver = self.driver
        depth = driver.period_us(driver.buffered_frames()) >> 8
        self._meter = InMeter(driver.period_us(self._frames), depth)
        self._receiver.reset()
        self.guard = self._receiver.guard
        self.restarts = self._unheard = 0
        self._asked = False
        self._watch()
        # Two reads, and what comes into the ring at once.
        late = 2 * self._frames + driver.step_frames()
        self._patience_ms = 2 + (driver.period_us(late) >> 8) // 1000
        self._starting = True
        self._state = _PLAYING
        try:
            driver.open()
            driver.listen(self._on_ready)
            if self._watchdog is not None:
                ms = max(1, self._meter.period_us // 1000)
                self._watchdog.start(self._look, self.guard.keep, ms)
            # It comes last: its callback may interrupt us right away.
            self._hand_over()
        except BaseException:
            self._starting = False
            self._close()
            raise
        self._starting = False
        if self._state == _ENDING:
            self._close()

    def stop(self):
        if self._busy or self._starting:
            self._state = _ENDING
        else:
            self._close()

    def poll(self):
        return self._look(None)

    def stats(self) -> dict:
        meter = self._meter
        driver = self.driver
        return {
            "blocks": self.blocks,
            "overruns": meter.overruns,
            "starved": self._receiver.starved,
            "late_callbacks": meter.late_callbacks,
            "receive_errors": self.guard.errors,
            "restarts": self.restarts,
            "load_mean": meter.load_mean(),
            "load_max": meter.load_max(),
            "latency_frames": self._frames + driver.step_frames(),
            "fill_max": meter.most_us * driver.rate // 1000000,
            "high_water": self._pool.high_water(),
        }

    def playing(self) -> bool:
        return self._state != _STOPPED

    # The path of a callback: nothing below allocates. A function whose locals, stack and three
    # words for each nested `try` come to more than eleven words gets its frame from the heap at
    # every call, so these are kept small and pass things on through attributes.

    def _ready(self, bus):
        # The driver has filled what it was given.
        if self._state != _PLAYING or self._busy:
            return
        if bus is not None:
            self._unheard = 0
            if self._queued and self._filling.tail == _MARK:
                return  # it was for a read of other code; ours is still to come
        self._since = ticks_us()
        self._work()
        self.guard.pass_on()

    def _overdue(self):
        if self._state != _PLAYING or self._busy:
            return False
        return ticks_diff(ticks_ms(), self._ready_ms) > self._patience_ms

    def _handed(self):
        return self._ready_ms

    def _mend(self):
        if self.restarts < _END:
            self.restarts += 1
        self._unheard += 1
        if self._unheard > 1:
            self._reopen()
        self._ready(None)

    def _reopen(self):
        # No callback came of the last restart either: somebody else still has it. Allocates.
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
            if self._asked and self._filling.tail == _MARK:
                self._asked = False  # it was not filled: somebody else has had the bus
                self._meter.lost()
            fresh = self._asked
            if fresh:
                self._asked = False
                self._filling, self._filled = self._filled, self._filling
            self._hand_over()
            if fresh:
                self._deliver()
        finally:
            self._busy = False
            if self._state == _ENDING:
                self._close()
        self._meter.worked(self._since)
        self._meter.rendered()

    def _hand_over(self):
        now = ticks_us()
        self._ready_ms = ticks_ms()
        self._meter.ready(now)
        self._meter.reading(now)
        self._asked = True
        self._filling.tail[:] = _MARK
        self.driver.read(self._filling.all)

    def _deliver(self):
        blocks = self._filled.blocks
        for i in range(len(blocks)):
            if self._state == _PLAYING:
                self._receiver.take(blocks[i])

    def _close(self):
        self._state = _STOPPED
        if self._watchdog is not None:
            self._watchdog.stop()
        self.driver.close()
