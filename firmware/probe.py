"""Times aether on the board it runs on. `aether probe` sends it to the raw prompt.

run() prints one line of JSON: raw ticks, of which the host makes microseconds. A clock of 1 us is
too coarse for one call: calls are timed by the batch. What plays is timed by probe_drivers.py.
"""

import gc
import json
import math
import time
from array import array

import aether
import micropython
from aether import BUFFER_SIZE, BufferPool, buffer_pool, kernels

BATCHES = 200


class Thing:
    def method(self):
        pass


def function():
    pass


def clock_of():
    """ticks_cpu where it is finer than ticks_us, and its ticks in a microsecond."""
    start, cpu = time.ticks_us(), time.ticks_cpu()
    time.sleep_ms(20)
    cpu = time.ticks_diff(time.ticks_cpu(), cpu)
    rate = cpu / time.ticks_diff(time.ticks_us(), start)
    return (time.ticks_cpu, rate) if rate > 1.5 else (time.ticks_us, 1)


def wave_of():
    # -40 dBFS: no silence, which the conversion has less work with, and no shock.
    samples = [0.01 * math.sin(2 * math.pi * i / BUFFER_SIZE) for i in range(BUFFER_SIZE)]
    return memoryview(array("f", samples))


def batch_size(clock):
    """Calls to a batch: enough for 1 % where a call of an empty function takes a few ticks."""
    start = clock()
    for _ in range(64):
        function()
    return 32 if time.ticks_diff(clock(), start) > 192 else 256


def steps_of(n, wave):
    """Names, functions and how often each does its work, in the order to be run.

    What acquire takes is got and released by those after it. loop and store are what the
    functions are made of besides.
    """
    few = n // 8
    pool = BufferPool(n)
    held = [None] * n
    thing = Thing()
    frames = bytearray(4 * BUFFER_SIZE)

    def loop():
        for _ in held:
            pass

    def store():
        for i in range(n):
            held[i] = None

    def functions():
        for _ in held:
            function()

    def methods():
        for _ in held:
            thing.method()

    def acquire():
        for i in range(n):
            held[i] = pool.acquire()

    def get():
        for handle in held:
            pool.get(handle)

    def release():
        for handle in held:
            pool.release(handle)

    def pair():
        for _ in held:
            pool.release(pool.acquire())

    def render(left, right):
        left[:] = wave
        right[:] = wave

    def renders():
        for _ in range(few):
            render(wave, wave)

    def converts():
        for _ in range(few):
            kernels.to_pcm16(frames, wave, wave, BUFFER_SIZE)

    def blocks():
        for _ in range(few):
            left = pool.acquire()
            right = pool.acquire()
            render(pool.get_mut(left), pool.get_mut(right))
            kernels.to_pcm16(frames, pool.get(left), pool.get(right), BUFFER_SIZE)
            pool.release(right)
            pool.release(left)

    calls = (loop, store, functions, methods, acquire, get, release, pair)
    work = (renders, converts, blocks)
    names = "loop store function method acquire get release pair render convert block".split()
    return names, calls + work, [n] * len(calls) + [few] * len(work)


def timed(steps, clock):
    """Ticks of each batch, a list for each step."""
    ticks = array("i", range(len(steps) * BATCHES))
    for batch in range(BATCHES):
        for k in range(len(steps)):
            step = steps[k]
            start = clock()
            step()
            ticks[k * BATCHES + batch] = time.ticks_diff(clock(), start)
    return [list(ticks[k * BATCHES : (k + 1) * BATCHES]) for k in range(len(steps))]


def allocated(step):
    """Bytes on the heap that one batch leaves."""
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    step()
    grown = gc.mem_alloc() - before
    gc.enable()
    return grown


def under_lock(step):
    """Whether a batch gets by with the heap locked."""
    micropython.heap_lock()
    try:
        step()
    except Exception:
        return False
    finally:
        micropython.heap_unlock()
    return True


def run(clock=None, rate=1):
    """Measure and print. clock: another than the board's; rate: its ticks in a microsecond."""
    source = "given"
    if clock is None:
        clock, rate = clock_of()
        source = "ticks_us" if rate == 1 else "ticks_cpu"
    n = batch_size(clock)
    names, steps, counts = steps_of(n, wave_of())
    out = {
        "aether": aether.__version__,
        "backend": kernels.backend,
        "pool_backend": buffer_pool.BACKEND,
        "clock": source,
        "rate": rate,
        "names": names,
        "counts": counts,
        "ticks": timed(steps, clock),
        "bytes": [allocated(step) for step in steps],
        "heap_lock": [under_lock(step) for step in steps],
    }
    print(json.dumps(out))
