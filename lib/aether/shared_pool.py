"""The buffer pool for several contexts at once: interrupts, and the second core."""

from aether.buffer_pool import (
    BUFFER_SIZE,
    DEFAULT_CAPACITY,
    SHARED,
    BufferPool,
    _refuse,
    bind,
)


def _section():
    # How to enter and leave a critical section here: interrupts off, or a lock without them.
    try:
        from machine import disable_irq, enable_irq
    except ImportError:
        import _thread

        lock = _thread.allocate_lock()
        return lock.acquire, lambda state: lock.release()
    return disable_irq, enable_irq


class SharedBufferPool(BufferPool):
    """A `BufferPool` that main program, soft and hard interrupts and both cores may use at once.

    The free stack is touched in a critical section, some microseconds long; the zeroing stays
    outside it. On a board the section is `machine.disable_irq`, which on the RP2 also keeps the
    other core out; without it, a `_thread` lock, which guards threads but not hard interrupts.

    A buffer still belongs to its owners: two of them that write to it race as ever.
    """

    def __init__(self, capacity: int = DEFAULT_CAPACITY, buffer_size: int = BUFFER_SIZE):
        BufferPool.__init__(self, capacity, buffer_size)
        self._enter, self._leave = _section()
        self._book[SHARED] = 1
        if bind is not None and type(self) is SharedBufferPool:
            bind(self, (_refuse, self._enter, self._leave))

    def reset_high_water(self):
        """As `BufferPool.reset_high_water`."""
        state = self._enter()
        BufferPool.reset_high_water(self)
        self._leave(state)

    def _take(self):
        state = self._enter()
        handle = BufferPool._take(self)
        self._leave(state)
        return handle

    def _add(self, i, generation):
        state = self._enter()
        owners = BufferPool._add(self, i, generation)
        self._leave(state)
        return owners

    def _give(self, i, generation):
        state = self._enter()
        held = BufferPool._give(self, i, generation)
        self._leave(state)
        return held
