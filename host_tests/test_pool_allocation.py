"""After its constructor the pool never allocates: proven on MicroPython, see heap_watch."""

import pytest
from micropython_host import beside

_WATCH = beside("heap_watch.py")
# Bytes of samples that leave room for the rest on an RP2040.
_ROOM = 150_000

# A board's machine module in its smallest form; itself free of allocation.
_MACHINE = """\
def disable_irq():
    return 1

def enable_irq(state):
    pass
"""

# Every method, its first call included. Steps are small: a call whose frame is over 11 words
# takes it from the heap.
_EVERY_METHOD = """
from aether import {pool} as Pool
from heap_watch import grown

CAPACITY = {capacity}

def acquire(pool, held):
    for i in range(CAPACITY):
        held[i] = pool.acquire()
        assert held[i] is not None

def acquire_exhausted(pool, held):
    assert pool.acquire() is None

def get(pool, held):
    for handle in held:
        assert pool.get(handle) is not None

def get_mut(pool, held):
    for handle in held:
        assert pool.get_mut(handle) is not None

def make_unique_of_the_sole_owner(pool, held):
    for handle in held:
        assert pool.make_unique(handle) == handle

def share(pool, held):
    for handle in held:
        assert pool.share(handle) == handle

def owners(pool, held):
    for handle in held:
        assert pool.owners(handle) == 2

def make_unique_exhausted(pool, held):
    for handle in held:
        assert pool.make_unique(handle) is None

def release(pool, held):
    for handle in held:
        pool.release(handle)
        pool.release(handle)

def make_unique_copy(pool, held):
    if CAPACITY > 1:
        held[0] = pool.share(pool.acquire())
        held[1] = pool.make_unique(held[0])
        assert held[0] != held[1]
        pool.release(held[0])
        pool.release(held[1])

def counters(pool, held):
    assert pool.available() == pool.capacity() == CAPACITY
    assert pool.high_water() == CAPACITY
    assert pool.failed_acquires() == CAPACITY + 1

def reset_high_water(pool, held):
    pool.reset_high_water()
    assert pool.high_water() == 0

def silence(pool, held):
    assert pool.silence() is not None
    assert Pool.silence() is not None

def many_pairs(pool, held):
    if CAPACITY:
        for _ in range(1000):
            pool.release(pool.acquire())

pool = Pool(CAPACITY, {buffer_size})
held = [None] * CAPACITY
for step in (
    acquire, acquire_exhausted, get, get_mut, make_unique_of_the_sole_owner, share, owners,
    make_unique_exhausted, release, counters, reset_high_water, silence, make_unique_copy,
    many_pairs,
):
    try:
        taken = grown(step, pool, held)
    except MemoryError as error:
        taken = repr(error)
    if taken:
        print(step.__name__, taken)
"""


@pytest.mark.parametrize("pool", ["BufferPool", "SharedBufferPool"])
@pytest.mark.parametrize("buffer_size", [4, 64, 1024])
@pytest.mark.parametrize("capacity", [0, 1, 2, 256, 257])
def test_no_method_allocates(micropython, pool, capacity, buffer_size):
    if micropython.emulated and 4 * capacity * buffer_size > _ROOM:
        pytest.skip(f"{4 * capacity * buffer_size:,} bytes of samples are too much for an RP2040")
    source = _EVERY_METHOD.format(pool=pool, capacity=capacity, buffer_size=buffer_size)
    assert micropython.run(source, files=_WATCH, heap="8M") == ""


@pytest.mark.parametrize("capacity", [0, 1, 256, 257])
def test_the_shared_pool_does_not_allocate_where_interrupts_are_masked(micropython, capacity):
    source = _EVERY_METHOD.format(pool="SharedBufferPool", capacity=capacity, buffer_size=64)
    assert micropython.run(source, files=_WATCH | {"machine.py": _MACHINE}, heap="8M") == ""


_REFUSED = """
import micropython
from aether import {pool} as Pool

pool = Pool(3, 4)
held = pool.acquire()
stale = pool.acquire()
pool.release(stale)

def count_refusals():
    refused = 0
    for method in methods:
        for handle in (stale, 2, 3, -1, None, "x"):
            micropython.heap_lock()
            try:
                method(handle)
            except Exception:
                refused += 1
            finally:
                micropython.heap_unlock()
    return refused

methods = (pool.release, pool.get, pool.get_mut, pool.share, pool.owners, pool.make_unique)
assert count_refusals() == 36
assert (pool.available(), pool.owners(held), pool.failed_acquires()) == (2, 1, 0)
pool.release(held)
assert pool.available() == 3
print("done")
"""


@pytest.mark.parametrize("pool", ["BufferPool", "SharedBufferPool"])
def test_a_wrong_handle_is_refused_with_the_heap_locked_too(micropython, pool):
    """Raising may need memory; that there is none must neither let it pass nor hurt the pool."""
    assert micropython.run(_REFUSED.format(pool=pool)) == "done\n"


_STREAM_OF_BLOCKS = """
from aether import {pool} as Pool
from heap_watch import grown

def play(pool, blocks):
    for _ in range(blocks):
        block = pool.acquire()
        # By way of a local: as an assignment's target pool.get_mut(...)[:] makes a bound method.
        view = pool.get_mut(block)
        view[:] = pool.get(block)
        pool.release(block)

print(grown(play, Pool(8, 64), 20000))
"""


@pytest.mark.parametrize("pool", ["BufferPool", "SharedBufferPool"])
def test_20000_blocks_allocate_nothing(micropython, pool):
    """More issues than a handle has generations: no counter may outgrow a small int."""
    taken = int(micropython.run(_STREAM_OF_BLOCKS.format(pool=pool), files=_WATCH))
    assert taken == 0


_WASTE = """
from heap_watch import grown

def nothing(one, other):
    pass

def wide_frame(one, other):
    a = b = c = d = e = f = g = h = i = j = k = l = 0

def dropped_float(one, other):
    one + 0.5

assert grown(nothing, 1, 2) == 0
for step in (wide_frame, dropped_float):
    try:
        print(step.__name__, grown(step, 1, 2) != 0)
    except MemoryError:
        print(step.__name__, True)
"""


def test_what_is_given_back_at_once_is_noticed_too(micropython):
    """Of the watch itself: on a board nothing is left of either."""
    noticed = micropython.run(_WASTE, files=_WATCH)
    assert noticed == "wide_frame True\ndropped_float True\n"
