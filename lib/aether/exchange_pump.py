"""The way of the blocks of a duplex stream, from reads to writes, and what mends their latency.

What comes in is rendered as soon as it is there. Where Python was away too long, sound has been
lost on either side; then blocks are left out or silence is put in, until the latency is again
what it was at the start, but for three quarters of a block.
"""

from aether.const import const
from aether.exchange_block import ExchangeBlock
from aether.frames import Frames
from aether.load import Load
from aether.ticks import ticks_diff, ticks_ms, ticks_us

STOPPED = const(0)
# What comes in is left out: until all that waits has been read; until the output is filled.
DRAINING = const(1)
FILLING = const(2)
PLAYING = const(3)
FLUSHING = const(4)
# Seams: the next block rises from silence, or rises over the one set aside.
_PLAIN = const(0)
_RISING = const(1)
_JOINING = const(2)
# Counters stop below 2**30, where an int would start to be allocated on a board.
END = const(0x3FFFFFFF)


class ExchangePump:
    """Two frame buffers that are read into and two that are written, and the blocks in between.

    For an ExchangePlayer, which says what its arguments are, starts it, and tells it what has been
    read and written. ValueError for rings with which the driver could never start, or that hold
    less than three transfers. The constructor allocates.
    """

    def __init__(self, driver, pool, render, blocks):
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
        self._clock = None
        self._load = Load(256000000)
        self.guard = self._block.guard
        self._state = STOPPED
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
        self._busy = False
        self._asked = self._came = self._owed = False
        self._unread = self._at = self._filled = 0
        self._seam = _RISING
        self._fed = False
        self._goal = -1
        self._least_us = self._most_us = 0
        self._low_us = END
        # How long after its end as the clock has it the output must have run dry.
        self._dry_us = 0
        self._flush = 0
        self._since = self._asked_us = self._came_us = self._read_ms = self._write_ms = 0
        self.blocks = self.restarts = 0
        self.underruns = self.overruns = self.slips = 0

    # The path of a callback: nothing below allocates. A function whose locals, stack and three
    # words for each nested `try` come to more than eleven words gets its frame from the heap at
    # every call, so these are kept small and pass things on through attributes.

    def _work(self, read):
        self._busy = True
        try:
            self._pump()
        finally:
            self._busy = False
        self._load.worked(self._since)
        if read and self._state == PLAYING:
            self._load.rendered()

    def _take(self):
        # A read has ended: the next one at once, then look at what it brought.
        self._came = False
        self._reading, self._read = self._read, self._reading
        self._unread = self._blocks
        self._at = 0
        waited = ticks_diff(self._came_us, self._asked_us)
        self._load.ready(self._came_us)
        self._ask()
        self._judge(self._clock.waits(self._came_us, self._unread), waited)
        if self._state != PLAYING:
            while self._unread:
                if self._goal >= 0:
                    self._slip()
                self._pass_over()

    def _judge(self, waits, waited):
        clock = self._clock
        if self._state == DRAINING:
            if waited * 4 > clock.transfer_us * 3:
                # It was not there already: nothing else waits.
                clock.caught_up(self._came_us)
                self._state = FILLING
        elif waits > clock.depth_us or not clock.compare(waits, waited):
            self._drain(waits)
        elif self._state == FILLING and self._enough():
            self._state = PLAYING

    def _drain(self, waits):
        # Input is missing. If interrupts were as well, the output is as late at the most, and not
        # so far ahead as it can be: it is left to run dry.
        if self.overruns < END:
            self.overruns += 1
        self._state = DRAINING
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
                if self._state == FLUSHING and self._flush <= 0:
                    self._close()
                    return
                self._hand_over()
            if self._state == FLUSHING:
                self._flush -= len(self._next.blocks[0])
                self._put_silence()
            elif self._unread:
                self._pass()
            elif self._came:
                self._take()
            elif self._state == FILLING and self._too_little():
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
        if left < self._low_us and self._state == PLAYING:
            self._low_us = max(0, left)
        if self._clock.gap(now, self._filled):
            self._seam = _RISING
            if self._fed and self._state == PLAYING and self.underruns < END:
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
        if self.slips < END:
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
        if self.blocks < END:
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
