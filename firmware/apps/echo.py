"""The app `echo`: what comes in goes out, and comes again and again, quieter each time.

The delay line is made of blocks of the pool. At the prompt, `app.stop()` ends it, and this starts
another:

    import board
    from apps import echo
    app = echo.start(board, ms=180, feedback=0.6)
"""

import gc
from array import array

from aether import BUFFER_SIZE, I2SDuplex, SharedBufferPool, kernels
from aether.drivers import duplex_from_board
from aether.ticks import sleep_ms

# Seconds in which stop() fades out.
DECLICK = 0.015
# Frames a second, unless somebody asks for others: less takes less memory.
RATE = 22050
# Bytes of the heap that a buffer of a pool takes, and the share of it that a pool may have: the
# library and a program of one's own want theirs.
_BUFFER = 4 * BUFFER_SIZE + 40
_SHARE = 8
_CELL = 4


def start(
    board, *, ms=120, feedback=0.4, wet=0.6, rate=RATE, bits=32, channels=1, blocks=None, pool=None
):
    """Begin, and return the Echo; it goes on behind the prompt.

    board: the board's module, see drivers.duplex_from_board(). ms: delay, from a block on to what
    an eighth of the board's heap holds, in whole blocks. feedback: how much of an echo comes
    again, 0 to 0.95. wet: how loud the first one is, 0 to 1. rate: frames a second. bits: 32, as
    microphones want it, or 16. channels: 1, the left input to both sides, or 2. blocks: as for
    I2SDuplex. pool: a SharedBufferPool for the blocks, or None for one of the app's own.

    ValueError or TypeError for anything else, and for a pool that is too small, with nothing left
    open. Main program only; allocates.
    """
    echo = Echo(board, ms, feedback, wet, rate, bits, channels, blocks, pool)
    echo.start()
    return echo


class Echo:
    """An echo that is heard: `status`, a line of text, and `stream`, its I2SDuplex."""

    def __init__(self, board, ms, feedback, wet, rate, bits, channels, blocks, pool):
        _number("ms", ms, 0, 60000)
        self._feedback = array("f", [_number("feedback", feedback, 0, 0.95)])
        self._wet = array("f", [_number("wet", wet, 0, 1)])
        driver = duplex_from_board(board, rate=rate, bits=bits, channels=channels)
        try:
            self._make(board, driver, ms, blocks, pool)
        except BaseException:
            driver.deinit()
            raise

    def _make(self, board, driver, ms, blocks, pool):
        rate, channels = driver.rate, driver.channels
        length = _blocks(ms, rate, channels, board.HEAP // _SHARE // _BUFFER)
        needed = (length + 2) * channels
        if pool is None:
            pool = _pool(needed)
        elif not isinstance(pool, SharedBufferPool):
            raise TypeError("pool must be a SharedBufferPool, not %s" % type(pool).__name__)
        if len(pool.silence()) != BUFFER_SIZE:
            raise ValueError(
                "the pool's buffers must have %d samples, not %d"
                % (BUFFER_SIZE, len(pool.silence()))
            )
        if pool.available() < needed:
            raise ValueError(
                "the pool has %d free buffers, an echo of %d ms needs %d"
                % (pool.available(), ms, needed)
            )
        self._pool = pool
        render = self._mono if channels == 1 else self._stereo
        self.stream = I2SDuplex(driver, pool, render, blocks=blocks)
        self._lines = [[] for _ in range(channels)]
        self._views = [[] for _ in range(channels)]
        self._length = length
        self._at = 0
        # Of the fade-out, a gain and a step; two more, as kernels copy by fours.
        self._cell = array("f", [1.0] + (_CELL - 1) * [0.0])
        self._other = array("f", bytes(4 * _CELL))
        self._fade_blocks = max(1, int(DECLICK * rate / BUFFER_SIZE))
        self._fading = self._over = False
        self.delay_frames = length * BUFFER_SIZE
        self.status = "echo on %s, %d ms in %d buffers, %d Hz, %d bit %s, kernels %s" % (
            board.NAME,
            self.delay_frames * 1000 // rate,
            length * channels,
            rate,
            driver.bits,
            "mono" if channels == 1 else "stereo",
            kernels.backend,
        )

    def start(self):
        """Begin; once only. The blocks of the delay line are the app's until stop()."""
        for i in range(len(self._lines)):
            for _ in range(self._length):
                handle = self._pool.acquire()
                self._lines[i].append(handle)
                self._views[i].append(self._pool.get_mut(handle))
        gc.collect()  # the rings of a bus want their room in one piece
        try:
            self.stream.start()
        except BaseException:
            self._release()
            raise

    def stop(self):
        """Fade out in 15 ms, play what is buffered, close the bus; returns when that is done.

        Gives the blocks back. Does nothing if it is stopped. Main program only.
        """
        if not self._fading:
            self._cell[1] = -1.0 / (self._fade_blocks * BUFFER_SIZE)
            self._fading = True
        patience = 200 + 1000000 // self.stream.driver.rate
        while self.stream.playing() and not self._over and patience:
            sleep_ms(1)
            self.stream.poll()
            patience -= 1
        self.stream.stop()
        self._release()

    def _release(self):
        for line in self._lines:
            while line:
                self._pool.release(line.pop())

    def stats(self) -> dict:
        """The stream's counters, see I2SDuplex.stats(), and delay_frames."""
        stats = self.stream.stats()
        stats["delay_frames"] = self.delay_frames
        return stats

    # The path of a callback: allocates nothing.

    def _mono(self, inp, out):
        if self._over:
            return
        self._one(self._views[0][self._at], inp, out)
        if self._fading:
            self._fade(out)
        self._next()

    def _stereo(self, in_left, in_right, left, right):
        if self._over:
            return
        self._one(self._views[0][self._at], in_left, left)
        self._one(self._views[1][self._at], in_right, right)
        if self._fading:
            kernels.copy(self._other, self._cell, _CELL)
            kernels.ramp(left, left, self._other, BUFFER_SIZE)
            self._fade(right)
        self._next()

    def _one(self, old, inp, out):
        # `old` went in a whole line ago; what comes out of it next is made of it and of this.
        kernels.copy(out, inp, BUFFER_SIZE)
        kernels.add_scaled(out, old, self._wet, BUFFER_SIZE)
        kernels.scale(old, old, self._feedback, BUFFER_SIZE)
        kernels.add(old, inp, BUFFER_SIZE)

    def _fade(self, out):
        # A ramp moves its cell on.
        kernels.ramp(out, out, self._cell, BUFFER_SIZE)
        self._fade_blocks -= 1
        self._over = not self._fade_blocks

    def _next(self):
        self._at += 1
        if self._at == self._length:
            self._at = 0


def _pool(buffers):
    try:
        return SharedBufferPool(buffers)
    except MemoryError:
        raise ValueError("ms must be less: there is no memory for %d buffers" % buffers)


def _blocks(ms, rate, channels, most):
    # Blocks of a delay line; the stream's own are two a channel.
    most = most // channels - 2
    blocks = (int(ms * rate) + 500 * BUFFER_SIZE) // (1000 * BUFFER_SIZE)
    if not 1 <= blocks <= most:
        raise ValueError(
            "ms must be %d to %d with %d channels of %d Hz here, not %s"
            % (
                BUFFER_SIZE * 1000 // rate + 1,
                most * BUFFER_SIZE * 1000 // rate,
                channels,
                rate,
                ms,
            )
        )
    return blocks


def _number(name, value, low, high):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("%s must be a number, not %s" % (name, type(value).__name__))
    if not low <= value <= high:
        raise ValueError("%s must be %s to %s, not %s" % (name, low, high, value))
    return value
