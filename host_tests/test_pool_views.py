"""The views a pool lends: their form, their identity, and what may be written where."""

from micropython_host import CPYTHON

_VIEWS = """
from aether import BufferPool, SharedBufferPool

for Pool in (BufferPool, SharedBufferPool):
    for size in (4, 64, 256):
        pool = Pool(3, size)
        handles = [pool.acquire() for _ in range(3)]
        views = [pool.get_mut(handle) for handle in handles]
        for handle, view in zip(handles, views):
            for lent in (view, pool.get(handle)):
                assert isinstance(lent, memoryview)
                assert len(lent) == size
                assert len(bytes(lent)) == 4 * size
            assert pool.get_mut(handle) is view
"""


def test_a_view_is_a_memoryview_of_buffer_size_and_the_same_object_at_every_call(runtime):
    runtime.run(_VIEWS)


_FORMAT = """
import struct
from aether import BufferPool

pool = BufferPool(1, 4)
handle = pool.acquire()
view = pool.get_mut(handle)
view[0] = 0.5
view[3] = -1e30
assert view[0] == 0.5 and pool.get(handle)[0] == 0.5
assert bytes(view) == struct.pack("4f", 0.5, 0, 0, -1e30)
assert bytes(pool.get(handle)) == bytes(view)
"""


def test_samples_are_float32_in_native_order(runtime):
    runtime.run(_FORMAT)


_FORMAT_NAME = """
from aether import BufferPool

pool = BufferPool(1, 4)
handle = pool.acquire()
for view in (pool.get(handle), pool.get_mut(handle), pool.silence(), BufferPool.silence()):
    assert (view.format, view.itemsize, view.ndim) == ("f", 4, 1)
assert pool.get(handle).readonly and not pool.get_mut(handle).readonly
try:
    pool.get(handle)[0] = 1.0
except TypeError:
    pass
else:
    raise AssertionError("written through the view for reading")
assert pool.get_mut(handle)[0] == 0.0
"""


def test_the_format_is_f_and_get_is_read_only_where_python_can_tell():
    CPYTHON.run(_FORMAT_NAME)


_NEIGHBOURS = """
from aether import BufferPool, SharedBufferPool

for Pool in (BufferPool, SharedBufferPool):
    for capacity in (1, 2, 256, 257):
        pool = Pool(capacity, 8)
        handles = [pool.acquire() for _ in range(capacity)]
        for handle in handles:
            view = pool.get_mut(handle)
            for i in range(8):
                view[i] = handle * 8 + i
        for handle in handles:
            assert list(pool.get(handle)) == [handle * 8 + i for i in range(8)]
        for handle in handles:
            pool.release(handle)
        # Taken again, a buffer is cleared to its end and not beyond.
        top = pool.acquire() & 0xFFFF
        assert top == capacity - 1
        kept = pool.acquire()
        assert kept is None or list(pool.get(kept)) == [0.0] * 8
"""


def test_buffers_do_not_overlap(runtime):
    runtime.run(_NEIGHBOURS)


_ZEROING = """
from aether import BufferPool, SharedBufferPool

for Pool in (BufferPool, SharedBufferPool):
    for size in (4, 8, 12, 16, 20, 28, 36, 60, 64, 68, 124, 1020, 1024):
        pool = Pool(3, size)
        low, middle, high = [pool.acquire() for _ in range(3)]
        for handle in (low, middle, high):
            view = pool.get_mut(handle)
            for i in range(size):
                view[i] = i + 1.0
        full = bytes(pool.get(low))
        view = pool.get_mut(middle)
        pool.release(middle)
        assert bytes(view) == full, "release touched the contents"
        again = pool.acquire()
        assert bytes(pool.get(again)) == bytes(4 * size), "not all zeros at %d" % size
        assert bytes(pool.get(low)) == bytes(pool.get(high)) == full, "a neighbour was cleared"
"""


def test_acquire_clears_the_whole_buffer_and_nothing_else_whatever_the_size(runtime):
    runtime.run(_ZEROING)


_SILENCE = """
from aether import BufferPool, SharedBufferPool

for Pool in (BufferPool, SharedBufferPool):
    assert bytes(Pool.silence()) == bytes(4 * 64)
    for size in (4, 64, 1024):
        pool = Pool(2, size)
        silence = pool.silence()
        assert isinstance(silence, memoryview)
        assert bytes(silence) == bytes(4 * size)
        handle = pool.acquire()
        pool.get_mut(handle)[0] = 1.0
        pool.get_mut(pool.acquire())[0] = 1.0
        assert bytes(silence) == bytes(pool.silence()) == bytes(4 * size)
        assert pool.available() == 0, "silence is none of the buffers"
        assert bytes(Pool.silence()) == bytes(4 * 64), "the class's silence keeps its size"
"""


def test_silence_is_zeros_of_the_pools_size_and_of_64_on_the_class(runtime):
    runtime.run(_SILENCE)


_PAIR_OF_POOLS = """
from aether import BufferPool, SharedBufferPool

one, other = BufferPool(2, 8), BufferPool(3, 16)
shared = SharedBufferPool(4, 4)
assert (one.acquire(), other.acquire(), shared.acquire(), shared.acquire()) == (0, 0, 0, 1)
one.get_mut(0)[0] = 1.0
assert other.get(0)[0] == 0.0 and shared.get(0)[0] == 0.0
other.release(0)
assert (one.available(), other.available(), shared.available()) == (1, 3, 2)
assert (len(one.silence()), len(other.silence()), len(shared.silence())) == (8, 16, 4)
"""


def test_pools_do_not_share_state(runtime):
    runtime.run(_PAIR_OF_POOLS)
