"""Wrong arguments are refused with a message that says what is allowed; the pool is unchanged."""

import pytest
from micropython_host import ProgramFailed

# `expect(kind, words, call, *arguments)`: the call raises that kind, its message has the words.
_EXPECT = """\
import aether
from aether import BufferPool, SharedBufferPool

def expect(kinds, words, call, *arguments):
    try:
        answer = call(*arguments)
    except kinds as error:
        said = str(error).replace(",", "")
        for word in words:
            assert word in said, "%r lacks %r, for %r" % (said, word, arguments)
        return
    except Exception as error:
        raise AssertionError("%r for %r" % (error, arguments))
    raise AssertionError("%r accepted: %r" % (arguments, answer))
"""

_CAPACITIES = """
for Pool in (BufferPool, SharedBufferPool):
    for capacity in (-1, -65536, 65536, 65537, 1 << 30, 1 << 31, 1 << 32, (1 << 32) + 4,
                     1 << 64, (1 << 64) + 4, -(1 << 32) + 4, -(1 << 64) + 4):
        expect(ValueError, ["capacity", "0", "65535"], Pool, capacity, 4)
    for capacity in (4.0, 0.5, float("nan"), float("inf"), "4", b"4", None, [4], (4,), {}, int):
        expect(TypeError, ["capacity", "int"], Pool, capacity, 4)
    expect(TypeError, [], Pool, 4, 64, 1)
    expect(TypeError, [], lambda: Pool(size=4))
"""


def test_a_wrong_capacity_is_refused(runtime):
    runtime.run(_EXPECT + _CAPACITIES)


_BUFFER_SIZES = """
for Pool in (BufferPool, SharedBufferPool):
    for size in (0, 1, 2, 3, 5, 6, 63, 66, 1022, 1023, 1025, 1028, 2048, -4, -64, 1 << 30,
                 (1 << 30) + 64, (1 << 32) + 64, (1 << 64) + 64, -(1 << 32) + 64):
        expect(ValueError, ["buffer_size", "multiple of 4", "1024"], Pool, 4, size)
        expect(ValueError, ["buffer_size", "multiple of 4", "1024"], Pool, 0, size)
    for size in (64.0, 64.5, float("nan"), "64", b"64", None, [64], {}, int):
        expect(TypeError, ["buffer_size", "int"], Pool, 4, size)
"""


def test_a_wrong_buffer_size_is_refused(runtime):
    runtime.run(_EXPECT + _BUFFER_SIZES)


_LEGAL = """
for Pool in (BufferPool, SharedBufferPool):
    for size in (4, 8, 12, 60, 64, 68, 1020, 1024):
        pool = Pool(2, size)
        assert len(pool.get(pool.acquire())) == len(pool.silence()) == size
    pool = Pool(capacity=3, buffer_size=8)
    assert pool.capacity() == 3
    assert Pool().capacity() == aether.DEFAULT_CAPACITY == 32
    assert len(Pool().silence()) == aether.BUFFER_SIZE == 64
    assert len(Pool(1).silence()) == 64
    assert Pool(buffer_size=4).capacity() == 32
"""


def test_every_legal_size_and_the_defaults_are_accepted(runtime):
    runtime.run(_EXPECT + _LEGAL)


_NOTHING = """
for Pool in (BufferPool, SharedBufferPool):
    pool = Pool(0)
    assert pool.acquire() is None and pool.acquire() is None
    assert (pool.capacity(), pool.available(), pool.high_water()) == (0, 0, 0)
    assert pool.failed_acquires() == 2
    pool.reset_high_water()
    assert len(pool.silence()) == 64
    for handle in (0, 1, -1, 65535, 65536):
        for method in (pool.release, pool.get, pool.get_mut, pool.share, pool.owners,
                       pool.make_unique):
            expect(ValueError, ["handle"], method, handle)
    assert pool.failed_acquires() == 2
"""


def test_a_pool_of_capacity_zero_is_legal_and_always_exhausted(runtime):
    runtime.run(_EXPECT + _NOTHING)


_LARGEST = """
pool = BufferPool(65535, 4)
handles = [pool.acquire() for _ in range(65535)]
assert handles == list(range(65535))
assert pool.acquire() is None
pool.get_mut(65534)[3] = 1.0
pool.get_mut(0)[0] = 1.0
assert list(pool.get(65533)) == [0.0] * 4
for handle in handles:
    pool.release(handle)
assert pool.acquire() & 0xFFFF == 65534
assert pool.acquire() & 0xFFFF == 65533
assert (pool.available(), pool.high_water(), pool.failed_acquires()) == (65533, 65535, 1)
expect(ValueError, ["handle"], pool.release, 65535)
"""


@pytest.mark.not_emulated("65,535 buffers take more than an RP2040's heap")
def test_the_largest_capacity_works(runtime):
    runtime.run(_EXPECT + _LARGEST, heap="32M")


# Held are 0 and 1 (twice) of five; 2 was released; 3 was released and issued again; 4 never.
_WRONG_HANDLES = """
def state(pool):
    return [pool.available(), pool.high_water(), pool.failed_acquires(), pool.owners(0),
            pool.owners(1), pool.owners(again), list(pool.get(0)), list(pool.get(1))]

for Pool in (BufferPool, SharedBufferPool):
    pool = Pool(5, 4)
    held = [pool.acquire() for _ in range(4)]
    assert held == [0, 1, 2, 3]
    pool.share(1)
    pool.get_mut(0)[2] = 0.5
    pool.release(2)
    pool.release(3)
    again = pool.acquire()
    assert again != 3 and again & 0xFFFF == 3
    before = state(pool)
    values = [2, 3, 4, 5, 65535, -1, -2, -65536, 65536, 0x3FFFFFFF]
    for low in (0, 1, again):
        for shift in (14 + 16, 31, 32, 33, 62, 63, 64, 65, 128):
            values += [low + (1 << shift), low - (1 << shift)]
        values += [low + (1 << 16), low - (1 << 16), low + (1 << 29), -low - 1, -low - (1 << 16)]
    for method in (pool.release, pool.get, pool.get_mut, pool.share, pool.owners,
                   pool.make_unique):
        for handle in values:
            expect(ValueError, ["handle"], method, handle)
            assert state(pool) == before, (method, handle)
        for handle in (0.0, 1.0, 0.5, float("nan"), float("inf"), "0", b"0", "", None, [0], (), {},
                       pool, int):
            expect(TypeError, ["int"], method, handle)
            assert state(pool) == before, (method, handle)
        # Whether a bool is an int is left open, but only a held handle may pass.
        expect((TypeError, ValueError), [], Pool(2, 4).release, True)
    expect(TypeError, [], pool.release)
    expect(TypeError, [], pool.release, 0, 1)
    expect(TypeError, [], pool.acquire, 1)
    # What was refused has left no trace: the pool still hands out the rest in its order.
    assert [pool.acquire() & 0xFFFF for _ in range(2)] == [2, 4]
    assert pool.acquire() is None
"""


def test_a_handle_that_is_not_held_is_refused_by_every_method(runtime):
    runtime.run(_EXPECT + _WRONG_HANDLES)


_OWNERS = """
for Pool in (BufferPool, SharedBufferPool):
    pool = Pool(1, 4)
    handle = pool.acquire()
    for owners in range(2, 256):
        assert pool.share(handle) == handle and pool.owners(handle) == owners
    expect(ValueError, ["255", "owners"], pool.share, handle)
    assert pool.owners(handle) == 255 and pool.available() == 0
    for _ in range(255):
        assert pool.available() == 0
        pool.release(handle)
    assert pool.available() == 1
    expect(ValueError, ["handle"], pool.release, handle)
"""


def test_a_buffer_has_at_most_255_owners(runtime):
    runtime.run(_EXPECT + _OWNERS)


# The samples do not fit; the samples fit and the views do not; and all that lies between.
_TOO_LARGE = """
import gc

def wipe(depth):
    return 0 if depth == 0 else 1 + wipe(depth - 1)

def in_use():
    attempt(Pool, 1, 4)  # the same calls once more overwrite what they left on the C stack,
    wipe(20)  # and these what lies deeper
    gc.collect()
    return gc.mem_alloc()

def attempt(Pool, capacity, size):
    try:
        Pool(capacity, size)
        return True
    except MemoryError:
        return False

def use_a_pool_that_fits(Pool):
    pool = Pool(32, 64)
    handles = [pool.acquire() for _ in range(32)]
    assert handles == list(range(32)) and pool.acquire() is None
    for handle in handles:
        pool.release(handle)

for Pool in (BufferPool, SharedBufferPool):
    attempt(Pool, 65535, 1024)
    before = in_use()
    for capacity, size in ((65535, 1024), (4096, 64), (2000, 64), (1000, 64), (900, 64),
                           (60000, 4), (20000, 4), (10000, 4), (8000, 4), (6000, 4)):
        if attempt(Pool, capacity, size):
            raise AssertionError("%d fit: the heap is too large for this test" % capacity)
        left = in_use() - before
        assert left <= 256, "%d bytes left behind by %d x %d" % (left, capacity, size)
    use_a_pool_that_fits(Pool)
    left = in_use() - before
    assert left <= 256, "%d bytes left behind by a pool that fitted" % left
"""


def test_too_large_for_the_heap_is_a_memory_error_that_leaves_nothing_behind(micropython):
    try:
        micropython.run(_EXPECT + _TOO_LARGE, heap="240k")
    except ProgramFailed:
        # A stale word on the C stack may look like a pointer; a leak is there at each look.
        micropython.run("import gc\n" + _EXPECT + _TOO_LARGE, heap="240k")
