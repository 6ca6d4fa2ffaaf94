"""Times aether on the board it runs on. `aether probe` sends it to the raw prompt.

run() plays a quiet tone for some seconds and prints one line of JSON: raw ticks, of which the
host makes microseconds. A clock of 1 us is too coarse for one call: calls are timed by the batch.
"""

import gc
import json
import math
import time
from array import array

import aether
import micropython
from aether import BUFFER_SIZE, BufferPool, I2SOut, buffer_pool, kernels
from aether.drivers import from_board

BATCHES = 200
CALLBACKS = 300
# Callbacks after those that are timed: some with the heap measured, some with it locked.
MEASURED = 8
LOCKED = 16
BLOCKS = 4


class Thing:
    def method(self):
        pass


def function():
    pass


class Board:
    def __init__(self, values):
        for name in values:
            setattr(self, name, values[name])


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
    """Names, functions and how often each does its work, in the order to be run; and a render.

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
    return names, calls + work, [n] * len(calls) + [few] * len(work), render


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


def callbacks(board, render, clock):
    """Plays, and times the I2S callbacks whole."""
    driver = from_board(board)
    stream = I2SOut(driver, BufferPool(board.POOL), render, blocks=BLOCKS)
    ticks = array("i", range(CALLBACKS))
    listen = driver.listen
    count = grown = 0
    locked = True

    def listen_timed(ready):
        def on_ready(i2s):
            nonlocal count, grown, locked
            n = count
            if n < CALLBACKS:
                start = clock()
                ready(i2s)
                ticks[n] = time.ticks_diff(clock(), start)
            elif n < CALLBACKS + MEASURED:
                before = gc.mem_alloc()
                ready(i2s)
                grown += gc.mem_alloc() - before
            elif n < CALLBACKS + MEASURED + LOCKED:
                micropython.heap_lock()
                try:
                    ready(i2s)
                except MemoryError:
                    locked = False
                finally:
                    micropython.heap_unlock()
            else:
                ready(i2s)
            count = n + 1

        listen(on_ready)

    def wait(n):
        # Twice the time they should need, and a second.
        patience = n * BLOCKS * BUFFER_SIZE * 2000 // board.RATE + 1000
        n += count
        while count < n and patience > 0:
            time.sleep_ms(5)
            stream.poll()
            patience -= 5
        return count >= n

    driver.listen = listen_timed
    stream.start()
    try:
        done = wait(CALLBACKS)
        stats = stream.stats()
        gc.collect()
        gc.disable()
        done = done and wait(MEASURED + LOCKED)
    finally:
        gc.enable()
        stream.stop()
    return {
        "ticks": list(ticks[: min(count, CALLBACKS)]),
        "complete": done,
        "frames": BLOCKS * BUFFER_SIZE,
        "bytes": grown / MEASURED,
        "heap_lock": locked and stream.stats()["render_errors"] == 0,
        "stats": stats,
    }


def run(values, clock=None, rate=1):
    """Measure and print. values: what a board file defines; clock: another than the board's."""
    source = "given"
    if clock is None:
        clock, rate = clock_of()
        source = "ticks_us" if rate == 1 else "ticks_cpu"
    n = batch_size(clock)
    names, steps, counts, render = steps_of(n, wave_of())
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
        "callback": None,
        "why": None,
    }
    del steps
    gc.collect()
    try:
        out["callback"] = callbacks(Board(values), render, clock)
    except (ImportError, ValueError, OSError, MemoryError) as error:
        out["why"] = "%s: %s" % (type(error).__name__, error)
    print(json.dumps(out))
