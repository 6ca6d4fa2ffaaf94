"""machine.I2S as the esp32 port drives it over ESP-IDF: a circle of DMA buffers of 256 frames.

Read from the port's source and ESP-IDF's i2s_common.c: each buffer that has been played is
cleared and queued; the queue holds one less than there are buffers and drops the oldest. A write
fills queued buffers. Non-blocking transfers are done by a task of the main program's priority,
which gets the processor when that waits, or at a tick of FreeRTOS.
"""

from virtual_board import copies, engine, i2s_driver, source
from virtual_board.i2s_driver import ASYNCIO, BLOCKING, MONO, NON_BLOCKING, STEREO

RX = 1
TX = 2
COUNT = 2
FRAMES = 256
# The tick of FreeRTOS: 100 Hz, ESP-IDF's default, which the port does not change.
TICK = 10_000_000
# Internal memory that DMA buffers can have; what is asked for beyond is refused.
MEMORY = 128 * 1024
_NO_RING = bytearray(0)
_ESP_ERR_NO_MEM = 0x101
_ESP_ERR_INVALID_ARG = 0x102


class Driver(i2s_driver.Driver):
    RX = RX
    TX = TX

    def __init__(self, board, i2s_id, shell):
        super().__init__(board, i2s_id, shell)
        self._eof = engine.FAR
        self._queue = bytearray(1)
        # A descriptor in the task's queue, and one that the task is at.
        self._posted = False
        self._working = False
        self._posted_buf = None
        self._posted_at = 0
        self._posted_len = 0
        self._posted_handler = None
        self._work_handler = None
        # Here, as a name that is new in a callback could let its dict grow there.
        self._wanted_at = 0
        engine.add_task(self)

    def open_port(self):
        frame = self.app_frame if self.tx else 8
        self._frame = frame
        self._size = FRAMES * frame
        self._count = max(self.ibuf // self._size, 2)
        if self._count * self._size > MEMORY:
            raise OSError(-_ESP_ERR_NO_MEM, "ESP_ERR_NO_MEM")
        self.ring = bytearray(self._count * self._size)
        # What each buffer holds of TX: so many bytes from its start; and a stretch, from and to,
        # that was written into it late, after it had been played.
        self._filled = [0] * self._count
        self._late_from = [0] * self._count
        self._late_to = [0] * self._count
        # The message queue: indices of buffers, oldest first.
        self._queue = bytearray(self._count)
        self._queue_head = 0
        self._queue_len = 0
        self._current = -1
        self._at = self._size
        self._playing = 0
        self._out = self._judged = 0
        self._ready = True
        self._posted = self._working = False
        # The clock divider is fractional: the rate is taken as exact.
        self._num = 1_000_000_000
        self._den = self.rate if self.rate > 0 else 1
        self.frame_rate = float(self._den)
        self._step = FRAMES * self._num // self._den
        self._rest = FRAMES * self._num % self._den
        self._frac = 0
        self._began = engine.now
        self._eof = engine.now + self._step
        if not self.tx:
            self.source = source.get()
        self._set_due()

    def close_port(self):
        self._eof = engine.FAR
        self._posted = self._working = False
        # Not the collector's on a board: given back at once.
        self.ring = _NO_RING

    def finish(self):
        """Gives the sink the frames that have left the pins by now, or by the end of the run."""
        if self.tx and not self.sink.closed:
            self._give(self._position(min(engine.now, engine.end_at)))

    # From here on nothing allocates.

    def _position(self, moment):
        # Bytes of the playing buffer that are out.
        frames = (moment - self._began) * self._den // self._num
        return min(max(frames, 0), FRAMES) * self._frame

    def _give(self, end):
        n = end - self._out
        if n > 0 and not self.sink.closed:
            self.sink.push(self.ring, n, self._playing * self._size + self._out)
            self.played(n // self._frame)
            self._out = end

    def fire(self):
        """The end of a buffer, or the tick at which the task gets the processor."""
        while self._eof <= engine.now:
            self._end_of_buffer()
        if engine.waiting or (self._tick_due() <= engine.now):
            self.run_task()
        self._set_due()

    def unmasked(self):
        self._set_due()

    def _tick_due(self):
        if not self._wants():
            return engine.FAR
        if engine.waiting:
            return self._wanted_at
        return self._wanted_at // TICK * TICK + TICK

    def _wants(self):
        # The task could do something if it had the processor.
        if self._working:
            return self._queue_len > 0
        return self._posted

    def _set_due(self):
        self.due = self._eof
        if not engine.masked:
            tick = self._tick_due()
            if tick < self.due:
                self.due = tick

    def _end_of_buffer(self):
        index = self._playing
        if self.tx:
            self._give(self._size)
            self._judge(self._size)
            copies.clear(self.ring, self._size, index * self._size)
            self._filled[index] = 0
            self._late_from[index] = self._late_to[index] = 0
        else:
            self.source.pull(self.ring, index * self._size, self._size)
        self._began = self._eof
        self._eof += self._step
        self._frac += self._rest
        if self._frac >= self._den:
            self._frac -= self._den
            self._eof += 1
        self._playing = index + 1 if index + 1 < self._count else 0
        self._out = self._judged = 0
        self._enqueue(index)
        self._ready = True

    def _judge(self, end):
        # Counts data and silence of the playing buffer up to byte `end`, at least.
        while self._judged < end:
            self._judge_stretch(self._playing, end)

    def _judge_stretch(self, index, end):
        at = self._judged
        if at < self._filled[index]:
            self.full()
            self._judged = self._filled[index]
        elif self._late_from[index] <= at < self._late_to[index]:
            self.full()
            self._judged = self._late_to[index]
        else:
            if at < self._late_from[index] < end:
                end = self._late_from[index]
            self.starved((end - at) // self._frame)
            self._judged = end

    def _enqueue(self, index):
        if self._working and not self._queue_len:
            self._wanted_at = engine.now
        limit = self._count - 1
        if self._queue_len == limit:
            self._queue_head = (self._queue_head + 1) % limit
            self._queue_len -= 1
        self._queue[(self._queue_head + self._queue_len) % limit] = index
        self._queue_len += 1

    def _next_buffer(self):
        # Takes the oldest played buffer from the queue; False if there is none.
        if not self._queue_len:
            return False
        self._current = self._queue[self._queue_head]
        self._queue_head = (self._queue_head + 1) % (self._count - 1)
        self._queue_len -= 1
        self._at = 0
        return True

    def run_task(self):
        """The task of the non-blocking mode has the processor, until it must wait."""
        if engine.masked or not self.open:
            return
        while True:
            if not self._working:
                if not self._posted:
                    break
                self._posted = False
                self._working = True
                self.buf = self._posted_buf
                self.state[3] = self._posted_at
                self.len = self._posted_len
                self._work_handler = self._posted_handler
            if not self._transfer():
                break
            self._working = False
            engine.schedule(self._work_handler, self.shell, self.board.meter)
        self._set_due()
        if self.due < engine.next_due:
            engine.rearm()

    def _transfer(self):
        # Copies between buf and DMA memory; True when all of it is done.
        while self.state[3] < self.len:
            if self._at == self._size and not self._next_buffer():
                return False
            if self.tx:
                self._copy_out()
            else:
                self._copy_in()
        return True

    def _copy_out(self):
        n = self.len - self.state[3]
        if n > self._size - self._at:
            n = self._size - self._at
        if self._current == self._playing:
            # What the DMA has read of it already is out as it was.
            self._give(self._position(engine.now))
            self._judge(self._out)
        to = self._current * self._size + self._at
        copies.copy(self.ring, self.buf, n, to << 31 | self.state[3])
        self.state[3] += n
        self._note(n)
        self._at += n

    def _note(self, n):
        # A buffer that was partly filled may have been played and cleared before it gets the rest.
        index = self._current
        if self._filled[index] == self._at:
            self._filled[index] += n
            return
        if self._late_to[index] != self._at:
            self._late_from[index] = self._at
        self._late_to[index] = self._at + n

    def _copy_in(self):
        n = (self.len - self.state[3]) // self.app_frame * 8
        if n > self._size - self._at:
            n = self._size - self._at
        self.state[0] = self._current * self._size + self._at
        self.state[2] = len(self.ring)
        copies.ring_read(self.buf, self.ring, self.state, n << 8 | self.keep)
        self._at += n

    def ready(self):
        if not self.open:
            raise OSError(-_ESP_ERR_INVALID_ARG, "ESP_ERR_INVALID_ARG")

    def submit(self, buf, start, n):
        """Non-blocking: to the task's queue of one; dropped silently if that is full."""
        if self._posted:
            return
        self._posted = True
        self._posted_buf = buf
        self._posted_at = start
        self._posted_len = start + n
        self._posted_handler = self.handler
        if not self._working:
            self._wanted_at = engine.now
        self._set_due()
        if self.due < engine.next_due:
            engine.rearm()

    def write(self, buf, n, start):
        """Blocking or asyncio: returns the bytes that went into DMA buffers."""
        # One transfer at a time: the driver's semaphore.
        while self._working and self.io != ASYNCIO:
            engine.spin()
        self.buf = buf
        self.state[3] = start
        self.len = start + n
        while not self._transfer():
            if self.io == ASYNCIO:
                self._ready = False
                break
            engine.spin()
        return self.state[3] - start

    read = write

    def readable(self):
        return self._ready

    def writable(self):
        return self._ready

    def irq_update(self):
        if self.io != NON_BLOCKING:
            self._posted = self._working = False


__all__ = ("ASYNCIO", "BLOCKING", "COUNT", "MONO", "NON_BLOCKING", "RX", "STEREO", "TX", "Driver")
