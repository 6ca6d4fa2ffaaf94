"""One block's way in: PCM frames, buffers from the pool, `receive`, buffers back."""

from aether import kernels
from aether.const import const
from aether.guard import Guard
from aether.renderer import checked

# Counters stop below 2**30, where an int would start to be allocated on a board.
_END = const(0x3FFFFFFF)


def unpacker(driver):
    """The kernel that takes the frames of a driver apart: (left, right, frames, n) or for mono."""
    if driver.channels == 2:
        return kernels.from_pcm16 if driver.bits == 16 else kernels.from_pcm32
    return kernels.mono_from_pcm16 if driver.bits == 16 else kernels.mono_from_pcm32


class Receiver:
    """Hands a stream's blocks to `receive`, one at a time; `guard` keeps what that raises.

    driver: says how many channels and bits; pool: the blocks come from it and go back at once;
    receive(left, right) or receive(mono) gets views of them. `take(slot)` does it with the frames
    in the byte buffer `slot`; where the pool lacks a buffer the block is lost, and counted in
    `starved`. It does not allocate; soft callbacks and main program. ValueError where driver or
    pool have not what the kernels need.
    """

    def __init__(self, driver, pool, receive):
        self._pool = pool
        self._receive = receive
        self._n = checked(driver, pool.silence())
        self._unpack = unpacker(driver)
        self.take = self._take_stereo if driver.channels == 2 else self._take_mono
        self.reset()

    def reset(self):
        """Forget earlier exceptions and counts. Allocates."""
        self.guard = Guard()
        self.blocks = 0
        self.starved = 0
        # The views of the block being received, passed on here to keep the frames small.
        self._left = self._right = None

    # Nothing below allocates: no function has more than eleven words of locals and stack.

    def _take_stereo(self, slot):
        left = self._pool.acquire()
        # Not where the left had none: another context may give one back just now.
        right = None if left is None else self._pool.acquire()
        if right is None:
            self._starve()
        else:
            self._left = self._pool.get_mut(left)
            self._right = self._pool.get_mut(right)
            self._unpack(self._left, self._right, slot, self._n)
            self._hand_over()
            self._pool.release(right)
        if left is not None:
            self._pool.release(left)

    def _hand_over(self):
        # By itself: with it, _take_stereo's frame would come from the heap.
        self._count()
        with self.guard:
            self._receive(self._left, self._right)

    def _take_mono(self, slot):
        block = self._pool.acquire()
        if block is None:
            self._starve()
            return
        self._left = self._pool.get_mut(block)
        self._unpack(self._left, slot, self._n)
        self._count()
        with self.guard:
            self._receive(self._left)
        self._pool.release(block)

    def _count(self):
        if self.blocks < _END:
            self.blocks += 1

    def _starve(self):
        if self.starved < _END:
            self.starved += 1
