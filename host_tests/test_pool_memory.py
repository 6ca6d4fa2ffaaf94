"""What a pool costs beyond its samples.

The budget on a 32-bit board is 40 bytes a buffer and 2 KB. By calculation for 16-byte heap
blocks a buffer costs 16 (the memoryview, four words) + 4 (its place in the list) + 4 (its
record) + 1 or 2 (the free stack), so 25 or 26 bytes. On the 64-bit host every word is twice as
wide and raw memory is not: 32 + 8 + 4 + 1 or 2. The host is held to that shape here, and to
twice the board's budget as a whole; the emulated Pico to the budget itself.
"""

import pytest

_MEASURE = """
import gc
from aether import {pool} as Pool

def wipe(depth):
    return 0 if depth == 0 else 1 + wipe(depth - 1)

def in_use():
    wipe(20)  # overwrites what old calls have left on the C stack
    gc.collect()
    return gc.mem_alloc()

def overhead(capacity, size):
    before = in_use()
    pool = Pool(capacity, size)
    return in_use() - before - 4 * capacity * size

overhead(1, 64)
for capacity in {capacities}:
    print(capacity, overhead(capacity, 64), overhead(capacity, 16))
"""


@pytest.mark.parametrize("pool", ["BufferPool", "SharedBufferPool"])
def test_overhead_beyond_the_samples_keeps_to_the_budget(micropython, pool):
    wide, most = (1, 512) if micropython.emulated else (2, 4096)
    source = _MEASURE.format(pool=pool, capacities=(0, 1, 2, 32, 256, 257, most // 4, most))
    rows = micropython.run(source, heap="16M").splitlines()
    overheads = {}
    for row in rows:
        capacity, *measured = map(int, row.split())
        overheads[capacity] = max(measured)
        # A buffer size other than 64 has a silence of its own.
        assert max(measured) <= wide * (40 * capacity + 2048), (capacity, measured)
    a_buffer = (overheads[most] - overheads[32]) / (most - 32)
    assert a_buffer <= wide * (16 + 4) + 20, f"{a_buffer:.1f} bytes a buffer"
    # What does not grow with the buffers: no more, with wide words, than on a board.
    assert overheads[0] <= 2048, f"{overheads[0]} bytes for an empty pool"


_PEAK = """
import micropython
from aether import {pool} as Pool

Pool(1)
before = micropython.mem_total()
pool = Pool(512, 64)
print(micropython.mem_total() - before - 4 * 512 * 64)
"""


@pytest.mark.not_emulated("a board's firmware does not count bytes: see the next test")
@pytest.mark.parametrize("pool", ["BufferPool", "SharedBufferPool"])
def test_the_constructor_does_not_take_the_samples_memory_twice(micropython, pool):
    """A board with room for the pool must be able to make it, so no copy on the way."""
    extra = int(micropython.run(_PEAK.format(pool=pool)))
    assert extra < 2 * (40 * 512 + 2048), f"{extra} bytes beyond the samples"


_MOST = """
import gc
from aether import {pool} as Pool

gc.collect()
size = 4 * 640 * 64
assert size < gc.mem_free() < 2 * size, gc.mem_free()
pool = Pool(640, 64)
assert len(pool.get(pool.acquire())) == 64
"""


@pytest.mark.parametrize("pool", ["BufferPool", "SharedBufferPool"])
def test_a_pool_can_take_most_of_the_heap(micropython, pool):
    micropython.run(_MOST.format(pool=pool), heap="280k")
