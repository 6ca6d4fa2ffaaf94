"""SharedBufferPool under threads and soft callbacks: one owner a buffer, none lost, none twice."""

import pytest
from micropython_host import CPYTHON, beside

_CROWD = beside("pool_crowd.py")
_SECTIONS = beside("pool_sections.py", "machine.py")

_FOUR_THREADS = pytest.mark.not_emulated("an RP2040 has one thread more, on a core not emulated")
_THREADS = """
import _thread
import sys
import time
from aether import SharedBufferPool
from pool_crowd import Crowd

USERS, TURNS = 4, {turns}
if hasattr(sys, "setswitchinterval"):
    sys.setswitchinterval(1e-5)  # CPython: change threads as often as it can
crowd = Crowd(SharedBufferPool({capacity}, 16), USERS, {slots})
done = [0] * USERS

def work(user):
    try:
        crowd.run(user, TURNS)
    finally:
        done[user] = 1

for user in range(USERS):
    _thread.start_new_thread(work, (user,))
while sum(done) < USERS:
    time.sleep(0.01)
print(crowd.settle())
"""
_BALANCED = """
import machine
assert machine.faults == [], machine.faults[:5]
assert machine.depth == [0] and machine.entered[0] >= {least}, machine.entered
"""


@_FOUR_THREADS
def test_four_threads_share_a_pool_over_a_million_operations(micropython):
    source = _THREADS.format(turns=280_000, capacity=20, slots=8)
    assert int(micropython.run(source, files=_CROWD)) >= 1_000_000


@_FOUR_THREADS
def test_four_threads_share_a_pool_with_two_byte_entries(micropython):
    source = _THREADS.format(turns=30_000, capacity=257, slots=100)
    assert int(micropython.run(source, files=_CROWD)) >= 100_000


def test_threads_of_cpython_share_a_pool():
    source = _THREADS.format(turns=40_000, capacity=20, slots=8)
    assert int(CPYTHON.run(source, files=_CROWD)) >= 150_000


@_FOUR_THREADS
def test_threads_that_mask_interrupts_balance_their_sections(runtime):
    source = _THREADS.format(turns=20_000, capacity=20, slots=8)
    source += _BALANCED.format(least=70_000)
    assert int(runtime.run(source, files=_CROWD | _SECTIONS)) >= 70_000


# The callback schedules itself anew: it runs wherever a soft callback can, which is at every
# branch of bytecode, in the middle of the pool's methods too.
_CALLBACKS = """
import micropython
from aether import {pool} as Pool
from pool_crowd import Crowd

MAIN, CALLBACK, USERS, TURNS = 0, 1, 2, {turns}
crowd = Crowd(Pool(6, 16), USERS, 4)
ran = [0]
broken = []
going = [True]

def inside_a_section():
    return False

def callback(chance):
    try:
        if inside_a_section():
            broken.append("a callback inside a critical section")
        crowd.turn(CALLBACK, chance >> 12)
        ran[0] += 1
    except Exception as error:
        broken.append(repr(error))
    if going[0] and not broken:
        micropython.schedule(callback, (chance * 1103515245 + 12345) & 0x3FFFFFFF)

def play():
    chance = 99
    for _ in range(TURNS):
        chance = (chance * 1103515245 + 12345) & 0x3FFFFFFF
        crowd.turn(MAIN, chance >> 12)
    going[0] = False
    for _ in range(10):
        pass  # the last callback runs here

{setup}
micropython.schedule(callback, 1)
play()
assert broken == [], broken
assert ran[0] > TURNS, ran
crowd.settle()
"""


def _callbacks(runtime, pool, setup=""):
    return _CALLBACKS.format(pool=pool, setup=setup, turns=1000 if runtime.emulated else 20000)


@pytest.mark.parametrize("pool", ["BufferPool", "SharedBufferPool"])
def test_soft_callbacks_and_the_main_program_share_a_pool(micropython, pool):
    """The plain pool too: its methods say that a soft callback may call them."""
    micropython.run(_callbacks(micropython, pool), files=_CROWD, timeout=20)


# Without a branch, so that no callback can run in here: on a board these two are C.
_MASK = """
masked = [0]
faults = [0]

def disable_irq():
    masked[0] += 1
    return masked[0] - 1

def enable_irq(state):
    faults[0] += masked[0] != state + 1
    masked[0] = state
"""
_WATCH = """
import machine

def inside_a_section():
    return machine.masked[0]
"""


def test_no_soft_callback_runs_inside_a_masked_section(micropython):
    """On a board masked interrupts do not keep a soft callback away: the code has to."""
    source = (
        _callbacks(micropython, "SharedBufferPool", _WATCH)
        + "assert (machine.masked, machine.faults) == ([0], [0])"
    )
    micropython.run(source, files=_CROWD | {"machine.py": _MASK}, timeout=20)


_ONE_BY_ONE = """
import machine
from aether import SharedBufferPool
from pool_crowd import raw_bytes

pool = SharedBufferPool(3, 64)
size = 4 * 64
handles = [pool.acquire() for _ in range(3)]
raws = [raw_bytes(pool.get_mut(handle)) for handle in handles]
for raw in raws:
    raw[:] = b"\\x3f" * size
for handle in handles:
    pool.release(handle)

def watched(buffer, call, *arguments):
    machine.watch[1] = bytearray(size)
    machine.watch[0] = buffer
    sections = machine.entered[0]
    try:
        return call(*arguments)
    except Exception as error:
        return type(error).__name__
    finally:
        machine.watch[0] = None
        assert machine.depth == [0], (call, machine.depth)
        assert machine.faults == [], (call, machine.faults)
        used.append(machine.entered[0] - sections)

used = []
"""

_ZEROING = """
one = watched(raws[2], pool.acquire)
assert used == [1] and one & 0xFFFF == 2, "the free stack was not touched in a section"
assert raws[2] == bytes(size)
"""


def test_the_zeroing_stays_outside_the_critical_section(runtime):
    runtime.run(_ONE_BY_ONE + _ZEROING, files=_CROWD | _SECTIONS)


_COPYING = """
one = pool.share(pool.acquire())
raws[2][:] = b"\\x3e" * size
own = watched(raws[1], pool.make_unique, one)
assert own & 0xFFFF == 1 and raws[1] == raws[2] == b"\\x3e" * size
assert pool.owners(one) == pool.owners(own) == 1
"""


def test_the_copying_of_make_unique_stays_outside_the_critical_section(runtime):
    runtime.run(_ONE_BY_ONE + _COPYING, files=_CROWD | _SECTIONS)


_BALANCE = """
one = pool.acquire()
stale = pool.acquire()
pool.release(stale)
for method in (pool.release, pool.get, pool.get_mut, pool.share, pool.owners, pool.make_unique):
    for handle in (stale, -1, 3, 1 << 64, None, "x", 0.5):
        assert watched(None, method, handle) in ("ValueError", "TypeError")
for _ in range(254):
    assert watched(None, pool.share, one) == one
assert watched(None, pool.share, one) == "ValueError"
for _ in range(255):
    assert watched(None, pool.release, one) is None
everyone = [watched(None, pool.acquire) for _ in range(4)]
assert everyone[3] is None
for method in (pool.available, pool.capacity, pool.high_water, pool.failed_acquires,
               pool.reset_high_water, pool.silence):
    watched(None, method)
assert pool.share(everyone[0]) == everyone[0]
assert watched(None, pool.make_unique, everyone[0]) is None
assert (pool.available(), pool.failed_acquires(), pool.high_water()) == (0, 2, 3)
"""


def test_every_section_is_left_as_it_was_entered_on_errors_too(runtime):
    runtime.run(_ONE_BY_ONE + _BALANCE, files=_CROWD | _SECTIONS)


_PLAIN = """
import machine
from aether import BufferPool

pool = BufferPool(4)
pool.release(pool.share(pool.acquire()))
assert machine.entered == [0]
"""


def test_the_plain_pool_masks_nothing(runtime):
    runtime.run(_PLAIN, files=_SECTIONS)
