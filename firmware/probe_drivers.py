"""Plays over one I2S driver after the other and times them. `aether probe` sends it to the board.

load() imports what playing needs; play() measures one driver and prints one line of JSON: raw
ticks and counts, of which the host makes shares and microseconds.
"""

import gc
import json
import math
import sys
import time
from array import array

import micropython
from aether import BUFFER_SIZE, I2SOut, SharedBufferPool, drivers

# Milliseconds in which the main program counts, alone and then beside a stream.
WINDOW = 500
CALLBACKS = 300
# Callbacks after those that are timed, at least: with the heap measured, and with it locked.
MEASURED = 8
LOCKED = 16
MODULES = {"dma": ["drivers.rp2_dma", "ring"], "machine": ["drivers.machine_i2s", "writes"]}
if sys.platform == "rp2":
    MODULES["machine"].append("drivers.rp2_clock")  # which rates there are


class Board:
    def __init__(self, values):
        for name in values:
            setattr(self, name, values[name])


# Driver -> what importing it raised.
refused = {}


def load():
    """Import what streams import when they are made: the library may be out of reach then."""
    for name in MODULES:
        try:
            for module in MODULES[name]:
                __import__("aether." + module)
        except (AttributeError, ImportError) as error:
            refused[name] = error


def wave_of():
    # -40 dBFS: no silence, which the conversion has less work with, and no shock.
    samples = [0.01 * math.sin(2 * math.pi * i / BUFFER_SIZE) for i in range(BUFFER_SIZE)]
    return memoryview(array("f", samples))


def nothing(left, right):
    pass


def driver_of(board, name):
    """The driver; RuntimeError where from_board would take another in its place."""
    lacking = drivers._dma_lacks() if name == "dma" else None
    if lacking:
        raise RuntimeError("it needs " + lacking)
    if name in refused:
        raise refused[name]
    return drivers.from_board(board, driver=name)


def frames_of(driver):
    """How many frames a callback is for."""
    if hasattr(driver, "prepare"):
        return BUFFER_SIZE
    frames = driver.blocks * BUFFER_SIZE
    # The driver may take a write in parts, with a callback for each.
    return frames // -(-frames * driver.frame_bytes // driver.most_bytes())


def counted():
    """Rounds of a loop in WINDOW: whatever else the chip has to do makes them fewer."""
    rounds = 0
    start = time.ticks_us()
    while time.ticks_diff(time.ticks_us(), start) < WINDOW * 1000:
        rounds += 1
    return rounds


def slowed(board, name):
    """Rounds that the main program counts alone, and while a stream plays an empty render."""
    stream = I2SOut(driver_of(board, name), SharedBufferPool(board.POOL), nothing)
    alone = counted()
    stream.start()
    try:
        return alone, counted()
    finally:
        stream.stop()


class Watch:
    """Stands around a callback; `way` is what it does there: time, grow or lock."""

    def __init__(self, clock):
        self.clock = clock
        self.zero = time.ticks_us()
        self.starts = array("i", range(CALLBACKS))
        self.ticks = array("i", range(CALLBACKS))
        self.count = 0
        self.bytes = 0
        self.locked = True
        self.way = self.time

    def around(self, ready):
        """The callback that calls `ready` and watches it."""

        def watched(argument):
            self.way(ready, argument)
            self.count += 1

        return watched

    def time(self, ready, argument):
        """Note when it begins and how long it takes."""
        n = self.count
        if n >= CALLBACKS:
            ready(argument)
            return
        self.starts[n] = time.ticks_diff(time.ticks_us(), self.zero)
        clock = self.clock
        start = clock()
        ready(argument)
        self.ticks[n] = time.ticks_diff(clock(), start)

    def grow(self, ready, argument):
        """Sum up what it leaves on the heap. Asking takes milliseconds: it will be late."""
        before = gc.mem_alloc()
        ready(argument)
        self.bytes += gc.mem_alloc() - before

    def lock(self, ready, argument):
        """See whether it gets by with the heap locked."""
        micropython.heap_lock()
        try:
            ready(argument)
        except MemoryError:
            self.locked = False
        finally:
            micropython.heap_unlock()


def started(driver, stream, watch):
    """Start a stream with `watch` around its callback."""
    if not hasattr(driver, "prepare"):
        listen = driver.listen
        driver.listen = lambda ready: listen(watch.around(ready))
        stream.start()
        return
    # The callback over DMA is made when the stream starts, and handed to the interrupt.
    from aether.ring import hot

    ticking = hot.ticking
    hot.ticking = lambda *parts: watch.around(ticking(*parts))
    try:
        stream.start()
    finally:
        hot.ticking = ticking


def callbacks(board, name, clock):
    """Times callbacks from beginning to end; render copies a sine into both channels."""
    wave = wave_of()

    def render(left, right):
        left[:] = wave
        right[:] = wave

    driver = driver_of(board, name)
    frames = frames_of(driver)
    stream = I2SOut(driver, SharedBufferPool(board.POOL), render)
    watch = Watch(clock)

    def wait(n):
        # Twice the time they should need, and a second.
        patience = n * frames * 2000 // board.RATE + 1000
        n += watch.count
        while watch.count < n and patience > 0:
            time.sleep_ms(5)
            if watch.count < CALLBACKS:
                stream.poll()  # not later: it would take those made slow for lost
            patience -= 5
        return watch.count >= n

    try:
        started(driver, stream, watch)
        done = wait(CALLBACKS)
        stats = stream.stats()
        gc.collect()
        gc.disable()
        before = watch.count
        watch.way = watch.grow
        done = done and wait(MEASURED)
        watch.way = watch.lock
        grown = watch.bytes / (watch.count - before or 1)
        done = done and wait(LOCKED)
        watch.way = watch.time
        locked = watch.locked and stream.stats()["render_errors"] == 0
    finally:
        gc.enable()
        stream.stop()
    n = min(watch.count, CALLBACKS)
    return {
        "complete": done,
        "frames": frames,
        "period_us": driver.period_us(frames) / 256,
        "starts": list(watch.starts[:n]),
        "ticks": list(watch.ticks[:n]),
        "bytes": grown,
        "heap_lock": locked,
        "stats": stats,
    }


def play(values, name, clock=None):
    """Measure the driver `name`, "dma" or "machine", and print.

    values: what a board file defines. clock: what times code where ticks_us stands still
    meanwhile; nothing can be counted there. `why` says what a driver lacks that cannot be had.
    """
    board = Board(values)
    out = {"driver": name, "callback": None, "rounds": None, "why": None}
    try:
        if clock is None:
            out["rounds"] = slowed(board, name)
        gc.collect()
        out["callback"] = callbacks(board, name, clock or time.ticks_us)
    except (AttributeError, ImportError, MemoryError, OSError, RuntimeError, ValueError) as error:
        out["why"] = "%s: %s" % (type(error).__name__, error)
    print(json.dumps(out))
