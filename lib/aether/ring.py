"""How a stream plays over a ring of blocks that DMA plays by itself: rendering ahead of it.

The driver says how many blocks have ended; the state keeps the number of the block that is
rendered next. Both count from the start, modulo 32,768. A block that was not rendered in time has
been played as zeros, and is counted when Python runs again; the sound goes on in the next slot
that can be reached, and fades in. Behind the last block there is lies its fade-out.
"""

from array import array

from uctypes import addressof

import aether.ring_state as at
from aether import kernels
from aether.fades import fades
from aether.guard import Guard
from aether.level import Level
from aether.renderer import checked, converter
from aether.scheduler import schedule, within_callback
from aether.shared_pool import SharedBufferPool
from aether.ticks import sleep_ms, ticks_us

try:
    import aether.ring_native as hot
except (ImportError, SyntaxError, ValueError):
    import aether.ring_portable as hot
try:
    import aether.ring_thumb as thumb
except (ImportError, SyntaxError, ValueError):
    thumb = None

# With less than this left of the block before, in microseconds, a block has missed its slot: fade
# and conversion (120 us on an RP2040) must begin in front of the DMA, whatever interrupts them.
_MARGIN_US = 200


class RingPlayer:
    """What I2SOut does over DMA; see there for what its methods promise.

    blocks: how many are rendered ahead, the one being played included. The stream's own buffers
    are acquired when it starts and released when it stops: doing so for every block would cost an
    RP2040 5 % of its time. The constructor allocates.
    """

    def __init__(self, driver, pool, render, blocks):
        if not isinstance(pool, SharedBufferPool):
            raise TypeError("the driver over DMA needs a SharedBufferPool, not a plain one")
        self._n = checked(driver, pool.silence())
        driver.prepare(self._n, blocks)
        self.driver = driver
        self._pool = pool
        self._blocks = blocks
        # Mono is rendered with one view; a lambda here is cheaper than a branch for all.
        self._render = render if driver.channels == 2 else lambda left, right: render(left)
        self._convert = converter(driver)
        self._state = array("i", bytes(4 * at.WORDS))
        self._handles = []
        self._desk = [None, None, self._n, self._hold, self._keep, self._fail]
        self._lanes = 2 if driver.doubled else driver.channels
        self._fades = fades(driver.bits, self._lanes, self._n)
        self.level = Level(self._n, self._shaped)
        self._settled = self._settle
        self._block_us = 0
        self._patience_ms = 0
        # Blocks that start() rendered, in whose time nothing was due yet.
        self._ahead = 0
        self.guard = Guard()
        self.restarts = 0

    @property
    def blocks(self):
        return self._state[at.BLOCKS]

    def playing(self) -> bool:
        return self._state[at.STATE] != at.STOPPED

    def ending(self) -> bool:
        return self._state[at.STATE] == at.FLUSHING

    def start(self):
        state = self._state
        for i in range(at.WORDS):
            state[i] = 0
        self.restarts = 0
        self.guard = Guard()
        self.level.settle()
        state[at.STATE] = at.PLAYING
        state[at.BUSY] = at.STARTING
        try:
            self.driver.open()
            self._begin(state, self.driver)
        except BaseException:
            self._close()
            raise

    def _begin(self, state, driver):
        period = driver.period_us(self._n)
        self._block_us = period / 256
        self._patience_ms = 20 + (self._blocks + 4) * period // 128000
        state[at.LOOKAHEAD] = state[at.LEAST] = self._blocks
        state[at.MASK] = len(driver.slots) - 1
        fill = self._bind(state, driver)
        for _ in range(self._blocks):
            if state[at.STATE] == at.PLAYING:
                fill()
                self._fade_in(state)
                state[at.BLOCKS] += 1
        self._end(state)
        self._ahead = state[at.BLOCKS]
        self.guard.pass_on()
        margin = driver.transfers * _MARGIN_US * 256 // period
        state[at.MARGIN] = min(margin, driver.transfers // 2)
        state[at.BUSY] = 0
        driver.run(self._interrupt)

    def _fade_in(self, state):
        # As the callback does it.
        if state[at.FADE] == 1:
            self._fades[0](self.driver.slots[(state[at.WRITE] - 1) & state[at.MASK]])
        state[at.FADE] -= state[at.FADE] > 0

    def _bind(self, state, driver):
        count, play = driver.counters()
        level = self.level
        place = hot.placing(state, driver.slots, [count, play, level.scale, level.ramp])
        fill = hot.filling(self._desk, kernels.clear, self._render, place, self._convert)
        settled = self._settle_soon if driver.hard else self._settled
        slots = driver.slots
        parts = [count, ticks_us, settled, self._fades[0], slots, play]
        self._end = self._ending(state, slots)
        self._tick = hot.ticking(state, fill, parts, self._end)
        self._interrupt = hot.interrupting(state, self._tick, driver.hard)
        return fill

    def _ending(self, state, slots):
        end = None
        if thumb and self._n >= 32:
            end = thumb.ending(self.driver.bits, self._lanes)
        if end is None:
            return hot.ending(state, slots, self._fades)
        state[at.ADDRESS] = addressof(slots[0])
        state[at.SIZE] = len(slots[0])
        state[at.LAST] = self._fades[2]
        return end

    def stop(self):
        state = self._state
        if state[at.STATE] == at.STOPPED:
            self.driver.close()  # what its constructor claimed
            return
        state[at.STATE] = at.FLUSHING
        state[at.ATTENTION] = 1
        if state[at.BUSY] == at.STARTING or within_callback():
            if state[at.BUSY]:
                state[at.ATTENTION] = 2  # behind the block that is being rendered: a fade-out
            return
        # Callbacks do it; if none comes, that must not keep us here for ever.
        patience = self._patience_ms
        while state[at.STATE] != at.STOPPED and patience > 0:
            sleep_ms(1)
            patience -= 1
        self._close()

    def poll(self):
        state = self._state
        # An interrupt is not lost; only a callback is.
        if state[at.STATE] == at.STOPPED or state[at.BUSY] or self.driver.hard:
            return False
        before = state[at.ENDED]
        if (self._ended() - before) & 0x7FFF <= self._blocks + 1:
            return False
        # The callback is lost or held back. It is called for, not called: here it could nest.
        try:
            schedule(self._tick, None)
        except RuntimeError:
            return False
        self.restarts += 1
        return True

    def stats(self) -> dict:
        state = self._state
        us = state[at.SECONDS] * 1e6 + state[at.MICROSECONDS]
        timed = state[at.BLOCKS] - self._ahead
        known = self._block_us and timed > 0
        return {
            "blocks": state[at.BLOCKS],
            "underruns": state[at.UNDERRUNS] + self._missed(),
            "late_callbacks": state[at.LATE],
            "render_errors": self.guard.errors,
            "restarts": self.restarts,
            "load_mean": us / (self._block_us * timed) if known else 0.0,
            "load_max": state[at.MOST] / self._block_us if known else 0.0,
            "latency_frames": self._n * self._blocks,
            "fill_min": self._n * max(0, state[at.LEAST] - 1),
            "high_water": self._pool.high_water(),
        }

    def _missed(self):
        # Blocks of silence since the last callback, which will count them.
        state = self._state
        if state[at.STATE] != at.PLAYING or state[at.BUSY]:
            return 0
        return max(0, 1 - hot.ahead(state[at.WRITE], self._ended()))

    def _ended(self):
        try:
            return self.driver.ended()
        except ValueError:
            return self._state[at.ENDED]  # a callback has just closed the bus

    # The path of a callback, beside `hot`: nothing below allocates.

    def _hold(self):
        # None is left behind where the pool lacks one: the block is silence, and the pool counts.
        pool = self._pool
        handles = self._handles
        while len(handles) < self.driver.channels:
            handle = pool.acquire()
            if handle is None:
                return
            handles.append(handle)
        self._desk[1] = pool.get_mut(handles[-1])
        self._desk[0] = pool.get_mut(handles[0])

    def _fail(self):
        # The block just placed is silence: in it, what was played before fades out.
        state = self._state
        state[at.FADE] = 2
        state[at.WRITE] -= 1
        self._end(state)
        state[at.WRITE] += 1

    def _shaped(self, shape):
        self._state[at.SHAPE] = shape

    def _keep(self, error):
        self.guard.keep(error)
        if self.guard.waiting() and not self._state[at.ATTENTION]:
            self._state[at.ATTENTION] = 1

    def _settle_soon(self):
        # An interrupt must not close the bus: the main program could be at it.
        try:
            schedule(self._settled, None)
        except RuntimeError:
            pass  # the queue is full: at the next block

    def _settle(self, _=None):
        # After a callback that found something out of the ordinary.
        state = self._state
        wanted = state[at.ATTENTION]
        state[at.ATTENTION] = 0  # first: an interrupt may stop the stream right behind the test
        if state[at.STATE] == at.FLUSHING:
            if wanted == 2:
                self._end(state)
            state[at.ATTENTION] = 1
            if (state[at.ENDED] - state[at.WRITE] - 1) & 0x7FFF < 0x4000:
                self._close()
        self.guard.pass_on()

    def _close(self):
        self._state[at.STATE] = at.STOPPED
        self.driver.close()
        while self._handles:  # clear() would allocate
            self._pool.release(self._handles.pop())
        self._desk[0] = self._desk[1] = None
