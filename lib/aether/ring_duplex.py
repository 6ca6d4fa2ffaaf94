"""How a duplex stream plays over two rings that DMA moves in step: input block k, output k + n.

A block's number is its place in both rings. What was not rendered in time has been played as
zeros, and its input is left out: the distance from input to output never changes.
"""

import aether.ring_state as at
from aether import kernels
from aether.receiver import unpacker
from aether.ring import RingPlayer
from aether.ring import hot as ring
from aether.ticks import ticks_us

try:
    import aether.ring_duplex_native as hot
except (ImportError, SyntaxError, ValueError):
    import aether.ring_duplex_portable as hot

# As for a RingPlayer: with less than this left of the block before, a block has missed its slot.
_MARGIN_US = 200
# Where `overruns` is among what the callback has of the DMA.
_OVERRUNS = 3


class DuplexRingPlayer(RingPlayer):
    """What I2SDuplex does over DMA; see there for what its methods promise.

    blocks: from an input block to the output that is rendered of it, 2 or more. The constructor
    allocates.
    """

    def __init__(self, driver, pool, render, blocks):
        super().__init__(driver, pool, render, blocks)
        # Mono has one view each way; a lambda here is cheaper than a branch for all.
        if driver.channels == 1:
            self._render = lambda in_left, in_right, left, right: render(in_left, left)
        self._desk = [None, None, None, None, self._n, self._hold, self._keep, self._fail]
        self._dma = [0] * (_OVERRUNS + 1)

    def _begin(self, state, driver):
        period = driver.period_us(self._n)
        self._block_us = period / 256
        self._patience_ms = 20 + (self._blocks + 4) * period // 128000
        state[at.LOOKAHEAD] = state[at.LEAST] = state[at.WRITE] = self._blocks
        state[at.MASK] = len(driver.slots) - 1
        margin = driver.transfers * _MARGIN_US * 256 // period
        state[at.MARGIN] = min(margin, driver.transfers // 2)
        state[at.FADE] = 1
        self._bind(state, driver)
        self._hold()
        state[at.BUSY] = 0
        driver.run(self._interrupt)

    def _bind(self, state, driver):
        count, play = driver.counters()
        count_in, _ = driver.counters_in()
        self._dma = dma = [count, play, count_in, 0, self.level.scale, self.level.ramp]
        missed = hot.missing(state, dma)
        skip = hot.skipping(state, dma)
        steps = [
            hot.choosing(state, driver.slots_in, dma, missed, skip),
            _decoder(driver),
            kernels.clear,
            self._render,
            missed,
            hot.placing(state, driver.slots, dma, skip),
            hot.shaping(state, dma),
            self._convert,
        ]
        settled = self._settle_soon if driver.hard else self._settled
        parts = [count_in, ticks_us, settled, self._fades[0], driver.slots, missed]
        self._end = self._ending(state, driver.slots)
        self._tick = hot.ticking(state, hot.filling(self._desk, steps), parts, self._end)
        self._interrupt = ring.interrupting(state, self._tick, driver.hard)

    def stats(self) -> dict:
        stats = super().stats()
        stats["overruns"] = self._dma[_OVERRUNS] + self._missed()
        stats["slips"] = 0
        return stats

    # The path of a callback, beside `hot`: nothing below allocates.

    def _hold(self):
        # None is left behind where the pool lacks one: the block is silence, and the pool counts.
        handles = self._handles
        wanted = 2 * self.driver.channels
        while len(handles) < wanted:
            handle = self._pool.acquire()
            if handle is None:
                return
            handles.append(handle)
        desk = self._desk
        desk[3] = self._pool.get_mut(handles[-1])
        desk[2] = self._pool.get_mut(handles[wanted // 2])
        desk[1] = self._pool.get_mut(handles[wanted // 2 - 1])
        desk[0] = self._pool.get_mut(handles[0])


def _decoder(driver):
    # decode(left, right, slot, n) of the frames of a driver; in mono, right does not matter.
    unpack = unpacker(driver)
    if driver.channels == 2:
        return unpack
    return lambda left, right, slot, n: unpack(left, slot, n)
