"""What the pool costs on an RP2040: `aether cycles host_tests/cycles/pool.py`."""

from array import array

from aether import BufferPool, SharedBufferPool

pool = BufferPool(32)
shared = SharedBufferPool(32)
held = pool.acquire()
kept = shared.acquire()
view = pool.get_mut(held)
copy = memoryview(array("f", bytes(256)))


class Empty:
    def method(self):
        pass

    def acquire(self):
        return None

    def release(self, handle):
        pass


empty = Empty()

# %% an empty method call
empty.method()

# %% a pair of empty methods
empty.release(empty.acquire())

# %% pool.release(pool.acquire())
# against: a pair of empty methods
pool.release(pool.acquire())

# %% SharedBufferPool: release(acquire())
# against: pool.release(pool.acquire())
shared.release(shared.acquire())

# %% a fresh array of 64 floats
# against: pool.release(pool.acquire())
array("f", bytes(256))

# %% pool.get(handle)
# against: an empty method call
pool.get(held)

# %% pool.get_mut(handle)
# against: an empty method call
pool.get_mut(held)

# %% release(share(handle))
# against: a pair of empty methods
pool.release(pool.share(held))

# %% make_unique(handle), sole owner
# against: an empty method call
pool.make_unique(held)

# %% pool.available()
# against: an empty method call
pool.available()

# %% view[:] = view, 64 floats
# against: an empty method call
copy[:] = view
