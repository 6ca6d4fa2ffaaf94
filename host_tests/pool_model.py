"""The reference for the buffer pool: the contract, said again over one NumPy array.

The model does not foretell the numbers of handles, for the contract fixes only what they
must be: it is told what the pool issued and refuses (AssertionError) what may not be.
"""

import numpy as np

GENERATIONS = 1 << 14
MAX_OWNERS = 255


class PoolModel:
    """What a pool of `capacity` buffers of `buffer_size` float32 samples has to do."""

    def __init__(self, capacity: int, buffer_size: int) -> None:
        self.storage = np.zeros((capacity, buffer_size), np.float32)
        self.free = list(range(capacity))[::-1]
        self.owner_counts = [0] * capacity
        self.current: list[int | None] = [None] * capacity
        self.issues = [0] * capacity
        self.last_issue: list[dict[int, int]] = [{} for _ in range(capacity)]
        self.high_water = 0
        self.failed_acquires = 0

    @property
    def available(self) -> int:
        return len(self.free)

    def next_index(self) -> int | None:
        """The buffer that the next acquire takes: in order at first, then last in, first out."""
        return self.free[-1] if self.free else None

    def holds(self, handle: int) -> bool:
        index = handle & 0xFFFF
        return (
            0 <= handle < 1 << 30
            and index < len(self.current)
            and self.current[index] == handle
            and self.owner_counts[index] > 0
        )

    def acquire(self, issued: int | None) -> None:
        """The pool's acquire returned `issued`."""
        if self._issue(issued):
            self.samples(issued)[:] = 0

    def release(self, handle: int) -> None:
        index = self._held(handle)
        self.owner_counts[index] -= 1
        if self.owner_counts[index] == 0:
            self.free.append(index)

    def share(self, handle: int) -> int:
        index = self._held(handle)
        if self.owner_counts[index] == MAX_OWNERS:
            raise ValueError("a buffer has at most 255 owners")
        self.owner_counts[index] += 1
        return handle

    def owners(self, handle: int) -> int:
        return self.owner_counts[self._held(handle)]

    def make_unique(self, handle: int, answer: int | None) -> None:
        """The pool's make_unique of `handle` returned `answer`."""
        index = self._held(handle)
        if self.owner_counts[index] == 1:
            assert answer == handle, f"the sole owner got {answer}, not its own {handle}"
        elif self._issue(answer):
            self.samples(answer)[:] = self.storage[index]
            self.owner_counts[index] -= 1

    def get(self, handle: int) -> np.ndarray:
        return self.storage[self._held(handle)]

    def reset_high_water(self) -> None:
        self.high_water = self._in_use()

    def samples(self, handle: int) -> np.ndarray:
        """The buffer that a handle named when it was issued, held or not."""
        return self.storage[handle & 0xFFFF]

    def _held(self, handle: int) -> int:
        if not self.holds(handle):
            raise ValueError(f"handle {handle} is not held")
        return handle & 0xFFFF

    def _in_use(self) -> int:
        return len(self.current) - len(self.free)

    def _issue(self, handle: int | None) -> bool:
        if not self.free:
            assert handle is None, f"an exhausted pool issued {handle}"
            self.failed_acquires += 1
            return False
        index = self.free.pop()
        assert handle is not None, "nothing issued although a buffer is free"
        assert 0 <= handle < 1 << 30, f"handle {handle} is no small int on a board"
        assert handle & 0xFFFF == index, f"buffer {handle & 0xFFFF} issued, not {index}"
        count = self.issues[index]
        assert count or handle == index, f"the first handle of {index} is {handle}"
        before = self.last_issue[index].get(handle, count - GENERATIONS)
        assert count - before >= GENERATIONS, f"{handle} again after {count - before} issues"
        self.last_issue[index][handle] = count
        self.issues[index] = count + 1
        self.current[index] = handle
        self.owner_counts[index] = 1
        self.high_water = max(self.high_water, self._in_use())
        return True
