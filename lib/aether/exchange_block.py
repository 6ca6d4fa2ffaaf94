"""One block's way through a duplex stream: frames in, render, frames out, and what mends seams."""

from array import array

from aether import kernels
from aether.fades import fades
from aether.guard import Guard
from aether.level import PLAIN, RAMPED, Level
from aether.receiver import unpacker
from aether.renderer import checked

# Floats to a cell of a fade: [gain, step] and two more, as kernels copy by fours.
_CELL = 4


class ExchangeBlock:
    """The buffers of a duplex stream between two PCM slots; `guard` keeps what `render` raises.

    driver: says how many channels and bits. pool: two buffers a channel, held from hold() to
    give(). `level` is the gain. begin(slot) lets a slot fade in. The constructor allocates, and
    reset(); nothing else does. Soft callbacks and main program.
    """

    def __init__(self, driver, pool, render):
        self._pool = pool
        self._render = render
        self._n = n = checked(driver, pool.silence())
        self._silence = pool.silence()
        self._channels = driver.channels
        self._pack = _packer(driver)
        self._unpack = unpacker(driver)
        self._handles = []
        self._in_left = self._in_right = self._left = self._right = None
        # What is heard while the next block fades in over it.
        self._spares = [memoryview(array("f", bytes(4 * n))) for _ in range(self._channels)]
        self._cell = array("f", bytes(4 * _CELL))
        self._up = array("f", [0.0, 1.0 / n, 0.0, 0.0])
        self._down = array("f", [1.0, -1.0 / n, 0.0, 0.0])
        self.begin, self._end, self._last = fades(driver.bits, driver.channels, n)
        self._shape = PLAIN
        self.level = Level(n, self._shaped)
        self.reset()

    def reset(self):
        """Forget earlier blocks and exceptions. Allocates."""
        self.guard = Guard()
        self.level.settle()
        self._before = None

    def _shaped(self, shape):
        self._shape = shape

    def hold(self) -> bool:
        """Have the buffers; False where the pool lacks one, which counts it."""
        handles = self._handles
        while len(handles) < 2 * self._channels:
            handle = self._pool.acquire()
            if handle is None:
                return False
            handles.append(handle)
        if self._left is None:
            self._in_left = self._pool.get_mut(handles[0])
            self._left = self._pool.get_mut(handles[1])
            self._in_right = self._pool.get_mut(handles[-2])
            self._right = self._pool.get_mut(handles[-1])
        return True

    def give(self):
        """Give the buffers back."""
        self._in_left = self._in_right = self._left = self._right = None
        while self._handles:  # clear() would allocate
            self._pool.release(self._handles.pop())

    def load(self, slot) -> bool:
        """Render what the slot holds; False if there is nothing to be heard of it."""
        if not self.hold():
            return False
        if self._channels == 2:
            self._unpack(self._in_left, self._in_right, slot, self._n)
            kernels.clear(self._right, self._n)
        else:
            self._unpack(self._in_left, slot, self._n)
        kernels.clear(self._left, self._n)
        with self.guard:
            self._call()
        return self.guard.good

    def _call(self):
        # By itself: a frame of more than eleven words, with three for the `with`, would come from
        # the heap.
        if self._channels == 2:
            self._render(self._in_left, self._in_right, self._left, self._right)
        else:
            self._render(self._in_left, self._left)
        if self._shape == RAMPED:
            self.level.ramp(self._left, self._right)
        elif self._shape:
            self.level.scale(self._left, self._right)

    def store(self, slot):
        """What was rendered goes into the slot."""
        if self._channels == 2:
            self._pack(slot, self._left, self._right, self._n)
        else:
            self._pack(slot, self._left, self._n)
        self._before = slot

    def quiet(self, slot):
        """Silence goes into the slot, behind the fade-out of what was there before.

        The slot that was stored last must still be as it was.
        """
        if self._channels == 2:
            self._pack(slot, self._silence, self._silence, self._n)
        else:
            self._pack(slot, self._silence, self._n)
        if self._before is not None:
            self._end(slot, self._before, self._last)
            self._before = None

    def set_aside(self):
        """What was rendered, sinking to nothing, is kept for join()."""
        self._ramp(self._spares[0], self._left, self._down)
        if self._channels == 2:
            self._ramp(self._spares[1], self._right, self._down)

    def join(self):
        """What was rendered rises from nothing over what was set aside."""
        self._ramp(self._left, self._left, self._up)
        kernels.add(self._left, self._spares[0], self._n)
        if self._channels == 2:
            self._ramp(self._right, self._right, self._up)
            kernels.add(self._right, self._spares[1], self._n)

    def _ramp(self, dst, src, fade):
        # A ramp moves its cell on: `fade` stays as it is.
        kernels.copy(self._cell, fade, _CELL)
        kernels.ramp(dst, src, self._cell, self._n)


def _packer(driver):
    # The kernel that makes frames of a driver: (slot, left, right, n), or for mono.
    if driver.channels == 2:
        return kernels.to_pcm16 if driver.bits == 16 else kernels.to_pcm32
    return kernels.mono_to_pcm16 if driver.bits == 16 else kernels.mono_to_pcm32
