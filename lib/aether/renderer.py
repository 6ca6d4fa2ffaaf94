"""One block's way: buffers from the pool, render, PCM frames, buffers back."""

from aether import kernels
from aether.guard import Guard


class Renderer:
    """Renders blocks for a stream, one at a time; `guard` keeps what `render` raises.

    driver: says how many channels and bits; pool: the blocks come from it and go back at once;
    render(left, right) or render(mono) fills zeroed views of them. `play(slot)` and
    `quiet(slot)` put one block's frames into the byte buffer `slot`: rendered ones, or silence.
    Neither allocates; soft callbacks and main program.
    """

    def __init__(self, driver, pool, render):
        self._pool = pool
        self._render = render
        self._silence = pool.silence()
        self._n = len(self._silence)
        if driver.channels == 2:
            self._convert = kernels.to_pcm16 if driver.bits == 16 else kernels.to_pcm32
            self.play, self.quiet = self._play_stereo, self._quiet_stereo
        else:
            self._convert = kernels.mono_to_pcm16 if driver.bits == 16 else kernels.mono_to_pcm32
            self.play, self.quiet = self._play_mono, self._quiet_mono
        self.reset()

    def reset(self):
        """Forget earlier exceptions. Allocates."""
        self.guard = Guard()
        # The views of the block being rendered, passed on here to keep the frames small.
        self._left = self._right = None

    def _quiet_stereo(self, slot):
        self._convert(slot, self._silence, self._silence, self._n)

    def _quiet_mono(self, slot):
        self._convert(slot, self._silence, self._n)

    def _play_stereo(self, slot):
        left = self._pool.acquire()
        right = self._pool.acquire()  # none either where the left had none
        if right is None:
            self._quiet_stereo(slot)
        else:
            self._left = self._pool.get_mut(left)
            self._right = self._pool.get_mut(right)
            if self._rendered():
                self._convert(slot, self._left, self._right, self._n)
            else:
                self._quiet_stereo(slot)
            self._pool.release(right)
        if left is not None:
            self._pool.release(left)

    def _rendered(self):
        # By itself: with it, _play_stereo's frame would come from the heap, see `stream`.
        with self.guard:
            self._render(self._left, self._right)
        return self.guard.good

    def _play_mono(self, slot):
        block = self._pool.acquire()
        if block is None:
            self._quiet_mono(slot)
            return
        self._left = self._pool.get_mut(block)
        with self.guard:
            self._render(self._left)
        if self.guard.good:
            self._convert(slot, self._left, self._n)
        else:
            self._quiet_mono(slot)
        self._pool.release(block)
