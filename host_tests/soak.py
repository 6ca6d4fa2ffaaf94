"""Streams under random faults for a long time: `python host_tests/soak.py [SECONDS]`, an hour.

In virtual time, on virtual boards, over each driver. At the end heap and pool are as they were,
and the counters add up to the frames that left the pins.
"""

import ast
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from aether_tools import boards, session

# (driver, board).
STREAMS = [("machine", "rpi_pico"), ("dma", "rpi_pico"), ("machine", "esp32_generic")]
_HOUR = 3600
# Between two faults, on the average.
_FAULT_MS = 250
PROGRAM = """
import gc, machine, micropython, random, time
from array import array
from aether import I2SOut, SharedBufferPool, drivers
import board

random.seed({seed})
SECONDS = {seconds}
DRIVER = {driver!r}
# machine.I2S of an RP2 plays old samples where interrupts are masked for more than 0.7 ms.
MASKED_US = 600 if DRIVER == "machine" and board.PLATFORM == "rp2" else 20000
half = memoryview(array("f", [0.5] * 64))
pool = SharedBufferPool(12)
slow_us = slow_turns = failing = 0

def render(left, right):
    global slow_turns, failing
    left[:] = half
    right[:] = half
    if slow_turns:
        slow_turns -= 1
        time.sleep_us(slow_us)
    if failing:
        failing -= 1
        raise ValueError("on purpose")

def nothing(_):
    pass

def hog(us):
    time.sleep_us(us)

def crowd(us):
    # The scheduler's queue is full for so long.
    try:
        while True:
            micropython.schedule(nothing, None)
    except RuntimeError:
        pass
    time.sleep_us(us)

def stop(_):
    stream.stop()

def collected():
    gc.collect()

def slow():
    global slow_us, slow_turns
    slow_us = random.randrange(200, 4000)
    slow_turns = random.randrange(1, 60)

def failed():
    global failing
    failing = random.randrange(1, 9)

def exhausted():
    taken = []
    for _ in range(random.randrange(1, 13)):
        taken.append(pool.acquire())
    time.sleep_ms(random.randrange(1, 80))
    for block in taken:
        if block is not None:
            pool.release(block)

def masked():
    state = machine.disable_irq()
    start = time.ticks_us()
    us = random.randrange(MASKED_US)
    while time.ticks_diff(time.ticks_us(), start) < us:
        pass
    machine.enable_irq(state)

def hogged():
    micropython.schedule(hog, random.randrange(1000, 100000))

def crowded():
    micropython.schedule(crowd, random.randrange(0, 60000))

def levelled():
    if random.randrange(3):
        stream.gain = random.random() * 2
    else:
        stream.mute(not stream.muted)

def stopped():
    if random.randrange(2):
        stream.stop()
    else:
        micropython.schedule(stop, None)

def polled():
    stream.poll()

FAULTS = (collected, slow, failed, exhausted, masked, hogged, crowded, levelled, polled)
totals = {{}}
sessions = faults = 0

def note():
    for name, value in stream.stats().items():
        if name in ("load_max", "high_water"):
            totals[name] = max(totals.get(name, 0), value)
        elif name not in ("load_mean", "latency_frames", "fill_min"):
            totals[name] = totals.get(name, 0) + value

def play(until):
    # One session, from start to stop.
    global sessions, faults, slow_turns, failing
    slow_turns = failing = 0
    stream.start()
    while stream.playing() and time.ticks_diff(until, time.ticks_ms()) > 0:
        time.sleep_ms(random.randrange({fault_ms} * 2))
        if random.randrange(100):
            random.choice(FAULTS)()
        else:
            stopped()
            slow_turns = 0
            for _ in range(500):
                if stream.playing():
                    time.sleep_ms(1)
        faults += 1
    stream.stop()
    note()
    sessions += 1

driver = drivers.from_board(board, driver=DRIVER)
stream = I2SOut(driver, pool, render)

def heap():
    # After a session without faults, which forgets the last exception.
    stream.gain = 1
    stream.mute(False)
    stream.start()
    time.sleep_ms(100)
    stream.stop()
    note()
    gc.collect()
    return gc.mem_alloc()

# What is allocated once has been, when the heap is looked at first.
play(time.ticks_add(time.ticks_ms(), 5000))
before = heap()
end = time.ticks_add(time.ticks_ms(), SECONDS * 1000)  # ticks_ms wraps after 12 days
while time.ticks_diff(end, time.ticks_ms()) > 0:
    play(end)
after = heap()
sessions += 2
print((sessions, faults, before, after, pool.available(), totals))
"""


@dataclass
class Soaked:
    """What a run came to; `report` is the virtual board's."""

    sessions: int
    faults: int
    heap_before: int
    heap_after: int
    available: int
    totals: dict
    report: dict

    def check(self) -> None:
        """AssertionError where anything is lost."""
        totals = self.totals
        assert self.heap_after == self.heap_before
        assert self.available == 12
        # All kinds of faults have been there, and were counted.
        assert min(totals[name] for name in ("underruns", "late_callbacks", "render_errors")) > 0
        assert totals["high_water"] == 12
        if self.report["driver"] == "machine":
            assert totals["restarts"] > 0
            assert self.report["lost_callbacks"] >= totals["restarts"]
            # The estimate is one off at most where a write comes at the very edge.
            off = abs(totals["underruns"] - self.report["true_underruns"])
            assert off <= 1 + totals["underruns"] // 4
        assert 0 <= self.unaccounted() <= self.report["latency_frames"]

    def unaccounted(self) -> float:
        """Frames that left the pins and are in no counter, for each session.

        Silence before the first block and behind the last is in none.
        """
        counted = 64 * self.totals["blocks"]
        if self.report["driver"] == "dma":
            counted += 64 * self.totals["underruns"]
        else:
            counted += self.report["starved_frames"]
        return (self.report["frames_played"] - counted) / self.sessions


def soak(driver: str, board: str, seconds: int, seed: int = 1) -> Soaked:
    """Plays for so many virtual seconds; AssertionError, with what it said, if that fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = folder / "soak.py"
        program.write_text(
            PROGRAM.format(driver=driver, seconds=seconds, seed=seed, fault_ms=_FAULT_MS)
        )
        with (folder / "out").open("w+") as out:
            result = session.run(
                boards.load(board),
                program=program,
                files={"/board.py": boards.load(board).path},
                seconds=seconds + 20,
                stdout=out,
                stderr=out,
            )
            out.seek(0)
            text = out.read()
    assert result.exit_code == 0, text[-2000:]
    line = text.strip().splitlines()[-1]
    return Soaked(*ast.literal_eval(line), report=result.report)


if __name__ == "__main__":
    length = int(sys.argv[1]) if len(sys.argv) > 1 else _HOUR
    for kind in STREAMS:
        done = soak(*kind, length)
        done.check()
        print(
            f"{kind[0]} on {kind[1]}: {length} s, {done.faults} faults, {done.sessions} sessions,",
            f"{done.totals['blocks']:,} blocks, {done.totals['underruns']:,} underruns,",
            f"{done.totals['restarts']:,} restarts, {done.unaccounted():.0f} frames of silence",
            "at the ends of a session; heap, pool and counters are whole",
            flush=True,
        )
