"""What the pool costs on the host MicroPython: `python host_tests/bench_pool.py` prints a table.

The measure is `pool.release(pool.acquire())` against the same pair of plain Python methods with
empty bodies, both in one run, in turns, the least of many repeats, the bare loop taken off both.
The target is a ratio of 2.0 at most, the same from capacity 1 to 4096. Host figures say nothing
about microseconds on a board.
"""

import sys

from aether_tools import interpreter
from micropython_host import PORTABLE, VIPER, ProgramFailed

TARGET = 2.0

_MEASURE = """
import gc
import time
from array import array
from aether import BufferPool, SharedBufferPool

TURNS, REPEATS = 2000, 40

class Empty:
    def acquire(self):
        return None

    def release(self, handle):
        pass

def pairs(pool):
    start = time.ticks_us()
    for _ in range(TURNS):
        pool.release(pool.acquire())
        pool.release(pool.acquire())
        pool.release(pool.acquire())
        pool.release(pool.acquire())
        pool.release(pool.acquire())
    return time.ticks_diff(time.ticks_us(), start)

def fresh(_):
    start = time.ticks_us()
    for _ in range(TURNS):
        array("f", bytes(256))
        array("f", bytes(256))
        array("f", bytes(256))
        array("f", bytes(256))
        array("f", bytes(256))
    return time.ticks_diff(time.ticks_us(), start)

def bare(_):
    start = time.ticks_us()
    for _ in range(TURNS):
        pass
    return time.ticks_diff(time.ticks_us(), start)

def churned(pool):
    # Half of the stack in another order than at the start, and some buffers held.
    handles = [pool.acquire() for _ in range(pool.capacity() // 2)]
    for handle in handles[::2]:
        pool.release(handle)
    return pool

jobs = [("bare", bare, None), ("empty", pairs, Empty())]
for kind in (BufferPool, SharedBufferPool):
    for capacity in (1, 32, 256, 257, 4096):
        jobs.append(("%s %d" % (kind.__name__, capacity), pairs, churned(kind(capacity, 64))))
jobs.append(("array('f', bytes(256))", fresh, None))
least = [1 << 29] * len(jobs)
for _ in range(REPEATS):
    for i in range(len(jobs)):
        gc.collect()
        least[i] = min(least[i], jobs[i][1](jobs[i][2]))
for i in range(1, len(jobs)):
    print("%s\\t%.1f" % (jobs[i][0], (least[i] - least[0]) * 1000 / (5 * TURNS)))
"""


def measure(runtime) -> dict[str, float]:
    """Nanoseconds a pair for each job of one run."""
    rows = runtime.run(_MEASURE, heap="32M", timeout=300).splitlines()
    return {name: float(figure) for name, figure in (row.split("\t") for row in rows)}


def table(runtime) -> None:
    figures = measure(runtime)
    empty = figures["empty"]
    print(f"\n{runtime.name}: nanoseconds a pair, and times an empty pair of methods")
    for name, figure in figures.items():
        verdict = ""
        # The portable twin is for interpreters without an emitter: it has no target.
        if name.startswith("BufferPool") and runtime is VIPER:
            verdict = "ok" if figure <= TARGET * empty else f"over the target of {TARGET}"
        print(f"  {name:24}{figure:10.0f}{figure / empty:8.2f}  {verdict}".rstrip())


def main() -> int:
    if not interpreter.available():
        print(f"aether: {interpreter.why_not()}", file=sys.stderr)
        return 2
    for runtime in (VIPER, PORTABLE):
        try:
            table(runtime)
        except ProgramFailed as error:
            print(f"\n{runtime.name}: not measured\n{error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
