"""Underruns over machine.I2S: those that are heard, and what the estimate is made of."""

import sys

import numpy as np
import pytest
from aether.drivers.machine_i2s import MachineI2S
from aether.meter import Meter
from stream_run import gaps, on_virtual_board
from virtual_run import needs_micropython

# Stalls, each clearly shorter or longer than what is buffered.
STALLS = """
import random
random.seed({seed})
ring = 1000 * {ibuf} // ({bits} // 8 * {channels}) // ({rate} // 1000)
stalls = longer = 0
def stall():
    # Soft callbacks wait.
    global stalls, longer
    stalls += 1
    us = ring * random.choice((30, 60, 130, 200)) // 100
    longer += us > ring
    time.sleep_us(us)
def render(*out):
    {render}(*out)
    if count % 97 == 0:
        stall()
s = make(render, bits={bits}, channels={channels}, rate={rate}, ibuf={ibuf})
s.start()
while count < 1500:
    time.sleep_ms(5)
s.stop()
print(s.stats()["underruns"], stalls, longer)
"""


@pytest.mark.parametrize(
    ("bits", "channels", "rate", "ibuf", "seed"),
    [(16, 2, 44100, 8192, 1), (16, 2, 22050, 5000, 2), (16, 1, 44100, 4100, 3)],
)
def test_they_are_the_gaps_in_the_sound(pico, bits, channels, rate, ibuf, seed):
    render = "mono" if channels == 1 else "stereo"
    program = STALLS.format(**locals())
    run = pico(program)
    underruns, stalls, longer = map(int, run.text.split())
    # In mono a rest that was too short to be played comes before the block that fades in.
    heard = [gap for gap in gaps(run.frames) if gap.frames]
    assert underruns == len(heard) == longer
    assert 0 < longer < stalls
    run.check_report(true_underruns=underruns)


def silences(frames) -> int:
    """How often the sound falls silent before its last frame; a fade-in begins with one zero."""
    heard = np.flatnonzero(frames.any(axis=1))
    return np.count_nonzero(np.diff(heard) > 2)


LOUD = """
import random
from array import array
random.seed({seed})
half = array("f", [0.5] * 64)
turn = 0
def render(left, right):
    global turn
    left[:] = right[:] = half
    turn += 1
    if turn % 40 == 0:
        time.sleep_us(random.randint(1000, 150000))
s = make(render, blocks={blocks}, ibuf=random.randint(3000, 12000))
s.start()
time.sleep_ms(3000)
s.stop()
print(s.stats()["underruns"])
"""


@needs_micropython
@pytest.mark.parametrize("blocks", [1, 3, 4, 6, 8])
@pytest.mark.parametrize("seed", range(4))
def test_the_virtual_esp32_counts_what_is_heard_of_half_filled_buffers(tmp_path, blocks, seed):
    run = on_virtual_board(tmp_path, "esp32_generic", LOUD.format(blocks=blocks, seed=seed))
    # The last may be in the silence that stop() plays.
    heard = silences(run.frames)
    assert 3 < heard <= run.report["true_underruns"] <= heard + 1
    if blocks % 4 == 0:
        assert abs(int(run.text) - run.report["true_underruns"]) <= 1


def test_an_underrun_is_counted_under_a_locked_heap(board):
    run = board(
        """
class Locked(drivers.MachineI2S):
    def listen(self, ready):
        def locked(i2s):
            micropython.heap_lock()
            try:
                ready(i2s)
            finally:
                micropython.heap_unlock()
        drivers.MachineI2S.listen(self, locked)
turn = 0
def render(left, right):
    global turn
    turn += 1
    if turn % 60 == 0:
        time.sleep_ms(80)
s = I2SOut(Locked(0, board.SCK, board.WS, board.SD), BufferPool(4), render)
s.start()
time.sleep_ms(700)
s.stop()
st = s.stats()
print(st["render_errors"], s.last_error(), st["underruns"] == turn // 60 > 3, st["restarts"])
""",
    )
    assert run.text.split() == ["0", "None", "True", "0"]


def test_a_stream_whose_callback_is_lost_says_so_while_it_is_silent_and_behind(board):
    run = board(
        """
def nothing(_):
    pass
def hog(_):
    try:
        for _ in range(8):
            micropython.schedule(nothing, None)
    except RuntimeError:
        pass  # something else waits there, too
    time.sleep_ms(30)
s = make(watchdog=False)
s.start()
time.sleep_ms(100)
print(s.stats()["underruns"])
micropython.schedule(hog, None)
time.sleep_ms(300)
print(s.stats()["underruns"], s.stats()["underruns"])
s.stop()
print(s.stats()["underruns"])
""",
    )
    assert run.text.split() == ["0", "1", "1", "1"]


def test_the_least_fill_falls_by_what_a_callback_is_late(board):
    run = board(
        """
def least(us):
    late = [0] * 60 + [us] + [0] * 200
    def render(left, right):
        stereo(left, right)
        if late and late.pop(0):
            time.sleep_us(us)
    s = make(render)
    s.start()
    time.sleep_ms(200)
    s.stop()
    return s.stats()["fill_min"]
print(least(0), least(20000))
""",
    )
    full, less = map(int, run.text.split())
    # A piece of the DMA is 32 frames, or 256; a callback that waits for a tick of an ESP32, more.
    assert full > 1024
    assert full - less == pytest.approx(0.02 * 44100, abs=400)


@pytest.mark.not_emulated("machine.I2S at these rates is too much for an RP2040")
@pytest.mark.parametrize(("rate", "parts"), [(44100, 1), (88200, 4)])
def test_load_is_that_of_a_write_in_whatever_parts_it_is_handed_over(pico, rate, parts):
    run = pico(
        f"""
busy = 0
def timed(ready):
    def callback(bus):
        global busy
        start = time.ticks_us()
        ready(bus)
        busy += time.ticks_diff(time.ticks_us(), start)
    return callback
def render(left, right):
    time.sleep_us(100)
s = make(render, rate={rate})
p = s._player
p._on_ready = timed(p._on_ready)
s.start()
time.sleep_ms(50)
start, busy = time.ticks_us(), 0
time.sleep_ms(400)
took = time.ticks_diff(time.ticks_us(), start)
st = s.stats()
s.stop()
print(len(p._writing.parts), busy / took, st["load_mean"], st["load_max"], st["late_callbacks"])
""",
    )
    n, share, mean, most, late = run.text.split()
    assert int(n) == parts
    assert float(mean) == pytest.approx(float(share), rel=0.1)
    assert float(mean) <= float(most) < 3 * float(mean)
    assert int(late) == 0


@pytest.mark.parametrize("deviation", [-20e-6, 0, 20e-6])
def test_a_clock_that_is_off_makes_no_underrun_in_an_hour(monkeypatch, deviation):
    # An ESP32's buffers of 256 frames, eight of them: a write is due whenever one has been played.
    driver = MachineI2S(0, 26, 25, 22, rate=44100, ibuf=8192)
    monkeypatch.setattr(sys, "platform", "esp32")
    us = 256e6 / 44100
    meter = Meter(driver.pieces(), driver.period_us(256), 1, 60000)
    meter.opened(0)
    end = 3600e6 / us
    late = np.random.default_rng(1).uniform(0, 200, int(end))
    wrap = (1 << 30) - 1
    meter.written(100, 1024)
    for i in range(1, int(end)):
        meter.written(int(i * us * (1 + deviation) + late[i]) & wrap, 1024)
    assert (meter.underruns, meter.late_callbacks) == (0, 0)
    # And it has not lost sight of what there is: seven buffers ahead, but not eight.
    now = int(end * us * (1 + deviation))
    assert meter.gaps(now + int(6.5 * us) & wrap) == 0
    assert meter.gaps(now + int(8.5 * us) & wrap) == 1
