"""One block's way: buffers from the pool, render, PCM frames, buffers back."""

from aether import kernels
from aether.guard import Guard


def checked(driver, silence):
    """The samples of a block; ValueError where driver or pool have not what kernels need.

    Kernels check nothing, and write where they are told to.
    """
    n = len(silence)
    if driver.channels not in (1, 2) or driver.bits not in (16, 32):
        raise ValueError(
            "the driver must have 1 or 2 channels of 16 or 32 bits, not %s of %s"
            % (driver.channels, driver.bits)
        )
    if driver.frame_bytes * 8 != driver.channels * driver.bits:
        raise ValueError(
            "frames of %d channels of %d bits cannot have %s bytes"
            % (driver.channels, driver.bits, driver.frame_bytes)
        )
    if n < 4 or n % 4 or not isinstance(silence[0], float) or len(bytes(silence)) != 4 * n:
        raise ValueError("the pool's buffers must be float32, a multiple of 4 samples, not %d" % n)
    return n


def _kernels(driver):
    # Those that make frames of two channels, and of one.
    if driver.bits == 16:
        return kernels.to_pcm16, kernels.mono_to_pcm16
    return kernels.to_pcm32, kernels.mono_to_pcm32


def converter(driver):
    """convert(slot, left, right, n) for the frames of a driver; in mono, right does not matter."""
    both, mono = _kernels(driver)
    if driver.channels == 2 or driver.doubled:
        return both
    return lambda slot, left, right, n: mono(slot, left, n)


class Renderer:
    """Renders blocks for a stream, one at a time; `guard` keeps what `render` raises.

    driver: says how many channels and bits; pool: the blocks come from it and go back at once;
    render(left, right) or render(mono) fills zeroed views of them. `play(slot)` and
    `quiet(slot)` put one block's frames into the byte buffer `slot`: rendered ones, or silence.
    Neither allocates; soft callbacks and main program. ValueError where driver or pool have
    not what the kernels need.
    """

    def __init__(self, driver, pool, render):
        self._pool = pool
        self._render = render
        self._silence = pool.silence()
        self._n = checked(driver, self._silence)
        both, mono = _kernels(driver)
        if driver.channels == 2:
            self._convert = both
            self.play, self.quiet = self._play_stereo, self._quiet_stereo
        else:
            self._convert = mono
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
