"""One block's way: buffers from the pool, render, PCM frames, buffers back."""

from aether import kernels
from aether.fades import fades
from aether.guard import Guard
from aether.level import PLAIN, RAMPED, Level


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
    Silence begins with the fade-out of the block before, which must still be where it was; what
    follows on a block that failed fades in. fade_in(slot) does so on other grounds. `level` is
    the gain. None of the four allocates; soft callbacks and main program. ValueError where driver
    or pool have not what the kernels need.
    """

    def __init__(self, driver, pool, render):
        self._pool = pool
        self._render = render
        self._silence = pool.silence()
        self._n = checked(driver, self._silence)
        both, mono = _kernels(driver)
        if driver.channels == 2:
            self._convert = both
            self.play, self._silent = self._play_stereo, self._silent_stereo
        else:
            self._convert = mono
            self.play, self._silent = self._play_mono, self._silent_mono
        self.fade_in, self._fade_out, self._last = fades(driver.bits, driver.channels, self._n)
        self._shape = PLAIN
        self.level = Level(self._n, self._shaped)
        self.reset()

    def _shaped(self, shape):
        self._shape = shape

    def reset(self):
        """Forget earlier blocks and exceptions. Allocates."""
        self.guard = Guard()
        self.level.settle()
        # The views of the block being rendered, passed on here to keep the frames small.
        self._left = self._right = None
        self._before = None
        self._failed = False

    def quiet(self, slot):
        """Silence into `slot`, behind the fade-out of what was played before."""
        self._silent(slot)
        if self._before is not None:
            self._fade_out(slot, self._before, self._last)
        self._before = None

    def _mend(self, slot, good):
        # Silence for a block that failed; what follows on it fades in.
        self._failed = not good
        if good:
            self.fade_in(slot)
        else:
            self.quiet(slot)

    def _silent_stereo(self, slot):
        self._convert(slot, self._silence, self._silence, self._n)

    def _silent_mono(self, slot):
        self._convert(slot, self._silence, self._n)

    def _play_stereo(self, slot):
        left = self._pool.acquire()
        # Not where the left had none: another context may give one back just now.
        right = None if left is None else self._pool.acquire()
        good = False
        if right is not None:
            self._left = self._pool.get_mut(left)
            self._right = self._pool.get_mut(right)
            good = self._rendered_stereo()
            if good:
                self._convert(slot, self._left, self._right, self._n)
            self._pool.release(right)
        if left is not None:
            self._pool.release(left)
        if self._failed or not good:
            self._mend(slot, good)
        if good:
            self._before = slot

    def _play_mono(self, slot):
        block = self._pool.acquire()
        good = False
        if block is not None:
            self._left = self._pool.get_mut(block)
            good = self._rendered_mono()
            if good:
                self._convert(slot, self._left, self._n)
            self._pool.release(block)
        if self._failed or not good:
            self._mend(slot, good)
        if good:
            self._before = slot

    # By themselves: with `with`, the frames of their callers would come from the heap.

    def _rendered_stereo(self):
        with self.guard:
            self._render(self._left, self._right)
            if self._shape:
                self._shape_block(self._left, self._right)
        return self.guard.good

    def _rendered_mono(self):
        with self.guard:
            self._render(self._left)
            if self._shape:
                self._shape_block(self._left, self._left)
        return self.guard.good

    def _shape_block(self, left, right):
        if self._shape == RAMPED:
            self.level.ramp(left, right)
        else:
            self.level.scale(left, right)
