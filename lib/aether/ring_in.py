"""How an input stream runs over a ring of blocks that DMA fills by itself.

The driver says how many blocks are full; the state keeps the number of the block that is received
next. Both count from the start, modulo 32,768. A block that was not received in time has been
written over, and is counted when Python runs again.
"""

from array import array

import aether.ring_in_state as at
from aether.guard import Guard
from aether.receiver import unpacker
from aether.renderer import checked
from aether.scheduler import schedule
from aether.shared_pool import SharedBufferPool
from aether.ticks import ticks_us

try:
    import aether.ring_in_native as hot
except (ImportError, SyntaxError, ValueError):
    import aether.ring_in_portable as hot

_END = 0x3FFFFFFF


class RingReceiver:
    """What I2SIn does over DMA; see there for what its methods promise.

    blocks: of the ring at least; all but one can wait. The stream's own buffers are acquired when
    it starts and released when it stops: doing so for every block would cost an RP2040 5 % of its
    time. The constructor allocates.
    """

    def __init__(self, driver, pool, receive, blocks):
        if not isinstance(pool, SharedBufferPool):
            raise TypeError("the driver over DMA needs a SharedBufferPool, not a plain one")
        self._n = checked(driver, pool.silence())
        driver.prepare(self._n, blocks)
        self.driver = driver
        self._pool = pool
        # Mono is received with one view; a lambda here is cheaper than a branch for all.
        self._receive = receive if driver.channels == 2 else lambda left, right: receive(left)
        unpack = unpacker(driver)
        mono = lambda left, right, slot, n: unpack(left, slot, n)  # noqa: E731
        self._convert = unpack if driver.channels == 2 else mono
        self._state = array("i", bytes(4 * at.WORDS))
        self._handles = []
        self._desk = [None, None, self._n, self._hold, self._keep]
        self._settled = self._settle
        self._block_us = 0
        self.guard = Guard()
        self.restarts = 0
        self._starved = 0
        # stop() in a callback leaves it to start() to close the bus, which is being opened.
        self._starting = False

    @property
    def blocks(self):
        return self._state[at.BLOCKS]

    def playing(self) -> bool:
        return self._state[at.STATE] != at.STOPPED

    def start(self):
        state = self._state
        driver = self.driver
        for i in range(at.WORDS):
            state[i] = 0
        self.restarts = self._starved = 0
        self.guard = Guard()
        self._starting = True
        state[at.STATE] = at.PLAYING
        try:
            driver.open()
            self._block_us = driver.period_us(self._n) / 256
            state[at.MASK] = len(driver.slots) - 1
            if self._hold_buffers():
                self._pass_views()
            driver.run(self._bind(state, driver.counters()[0]))
        except BaseException:
            self._starting = False
            self._close()
            raise
        self._starting = False
        if state[at.STATE] == at.STOPPED:
            self._close()

    def _bind(self, state, count):
        whole = hot.checking(state, count)
        deliver = hot.delivering(self._desk, self._convert, self._receive, whole)
        parts = [count, ticks_us, self._settled]
        self._tick = hot.ticking(state, self.driver.slots, deliver, parts)
        return hot.interrupting(state, self._tick)

    def stop(self):
        state = self._state
        busy = state[at.BUSY]
        state[at.STATE] = at.STOPPED
        if self._starting:
            return
        self.driver.close()
        if not busy:
            self._give_back()
            return
        # Within a callback `receive` still has the buffers. The flag also stays where an exception
        # ended one: then this is called at once.
        state[at.ATTENTION] = 1
        try:
            schedule(self._settled, None)
        except RuntimeError:
            pass  # the queue is full: at the end of the callback

    def poll(self):
        state = self._state
        # An interrupt is not lost; only a callback is.
        if state[at.STATE] == at.STOPPED or state[at.BUSY]:
            return False
        if (self._ended() - state[at.ENDED]) & 0x7FFF <= 2:
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
        timed = state[at.BLOCKS] + self._starved
        known = self._block_us and timed > 0
        waiting = self._waiting()
        return {
            "blocks": state[at.BLOCKS],
            "overruns": state[at.OVERRUNS] + max(0, waiting - state[at.MASK]),
            "starved": self._starved,
            "late_callbacks": state[at.LATE],
            "receive_errors": self.guard.errors,
            "restarts": self.restarts,
            "load_mean": us / (self._block_us * timed) if known else 0.0,
            "load_max": state[at.MOST] / self._block_us if known else 0.0,
            "latency_frames": self._n,
            "fill_max": max(waiting, state[at.WAITED]) * self._n,
            "high_water": self._pool.high_water(),
        }

    def _waiting(self):
        # Full blocks that no callback has seen.
        state = self._state
        if state[at.STATE] == at.STOPPED or state[at.BUSY]:
            return 0
        return (self._ended() - state[at.NEXT]) & 0x7FFF

    def _ended(self):
        try:
            return self.driver.ended()
        except ValueError:
            return self._state[at.NEXT]  # a callback has just closed the bus

    # The path of a callback, beside `hot`: nothing below allocates.

    def _hold(self):
        # None is left behind where the pool lacks one: the block is lost, and counted.
        if self._hold_buffers():
            self._pass_views()
        elif self._starved < _END:
            self._starved += 1

    def _hold_buffers(self):
        pool = self._pool
        handles = self._handles
        while len(handles) < self.driver.channels:
            handle = pool.acquire()
            if handle is None:
                return False
            handles.append(handle)
        return True

    def _pass_views(self):
        self._desk[1] = self._pool.get_mut(self._handles[-1])
        self._desk[0] = self._pool.get_mut(self._handles[0])

    def _keep(self, error):
        self.guard.keep(error)
        if self.guard.waiting():
            self._state[at.ATTENTION] = 1

    def _settle(self, _=None):
        # After a callback that found something out of the ordinary.
        state = self._state
        state[at.ATTENTION] = 0
        if state[at.STATE] == at.STOPPED:
            state[at.BUSY] = 0
            self._give_back()
        self.guard.pass_on()

    def _close(self):
        self._state[at.STATE] = at.STOPPED
        self.driver.close()
        self._give_back()

    def _give_back(self):
        while self._handles:  # clear() would allocate
            self._pool.release(self._handles.pop())
        self._desk[0] = self._desk[1] = None
