"""A stale handle is recognised until its buffer has been issued 16,384 more times."""

import pytest

# The first handle is held against each later one: only after 16,384 issues may it come again.
_EVERY_ISSUE = """
from aether import {pool} as Pool

for capacity, index in ((1, 0), (3, 1), (257, 256)):
    pool = Pool(capacity, 4)
    kept = [pool.acquire() for _ in range(capacity)]
    first = kept[index]
    pool.release(first)
    last = first
    for issue in range(1, 16384):
        handle = pool.acquire()
        assert handle & 0xFFFF == index
        assert 0 <= handle < 1 << 30, "%d is no small int on a board" % handle
        assert handle != first and handle != last, "issue %d repeats a handle" % issue
        if issue % {every} == 0:
            try:
                pool.release(first)
            except ValueError:
                pass
            else:
                raise AssertionError("the first handle passed at issue %d" % issue)
        pool.release(handle)
        last = handle
    assert pool.acquire() == first, "16,384 generations are not all used"
    assert pool.owners(first) == 1
    assert pool.capacity() - pool.available() == capacity
"""


@pytest.mark.parametrize("pool", ["BufferPool", "SharedBufferPool"])
def test_a_handle_comes_again_after_exactly_16384_issues(runtime, pool):
    # An emulated exception takes its time: there the first handle is tried at some issues only.
    runtime.run(_EVERY_ISSUE.format(pool=pool, every=61 if runtime.emulated else 1))


_ALL_DIFFERENT = """
from aether import BufferPool

pool = BufferPool(1, 4)
seen = bytearray(1 << 14)
for _ in range(16384):
    handle = pool.acquire()
    seen[handle >> 16] += 1
    pool.release(handle)
assert min(seen) == max(seen) == 1
"""


def test_16384_issues_have_16384_handles(runtime):
    runtime.run(_ALL_DIFFERENT)


# A copy is an issue like any other; the sole owner keeps its handle; a failure issues nothing.
_COPIES = """
from aether import BufferPool

pool = BufferPool(2, 4)
one, two = pool.acquire(), pool.acquire()
pool.release(two)
for _ in range(3):
    assert pool.make_unique(one) == one
    pool.share(one)
    copy = pool.make_unique(one)
    assert copy & 0xFFFF == two & 0xFFFF and copy != two
    assert pool.owners(one) == pool.owners(copy) == 1
    pool.share(one)
    assert pool.make_unique(one) is None and pool.make_unique(one) is None
    assert pool.owners(one) == 2 and pool.available() == 0
    pool.release(one)
    pool.release(copy)
    two = copy
assert pool.failed_acquires() == 6
"""


def test_a_copy_is_a_new_issue_and_a_refusal_is_none(runtime):
    runtime.run(_COPIES)
