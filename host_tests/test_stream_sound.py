"""What the output stream lets out of the pins: every sample once, in order, without a gap."""

import re

import numpy as np
import pytest
from aether_tools import interpreter, paths
from stream_run import Gap, counter, gaps, on_virtual_board

PLAY = """
s = make({arguments})
s.start()
time.sleep_ms(200)
s.stop()
st = s.stats()
assert s.pool.available() == 8
print(st["blocks"], st["underruns"], st["render_errors"], st["restarts"])
"""
TOO_MUCH = pytest.mark.not_emulated("machine.I2S and this render are too much for an RP2040")


@pytest.mark.parametrize(
    ("bits", "channels", "rate"),
    [
        (16, 2, 44100),
        (16, 1, 44100),
        (32, 2, 32000),
        pytest.param(32, 2, 44100, marks=TOO_MUCH),
        (32, 1, 44100),
    ],
)
def test_every_rendered_block_leaves_the_dac_once_and_in_order(board, bits, channels, rate):
    render = "mono" if channels == 1 else "stereo"
    run = board(PLAY.format(arguments=f"{render}, bits={bits}, channels={channels}, rate={rate}"))
    blocks, underruns, errors, restarts = map(int, run.text.split())
    sound = run.sound()
    assert (underruns, errors, restarts) == (0, 0, 0)
    assert (run.bits, run.rate) == (bits, rate)
    assert sound.shape == (blocks * 64, run.channels or channels)
    assert len(sound) > 0.2 * rate
    for channel in sound.T:
        np.testing.assert_array_equal(channel, counter(len(sound), bits))
    run.check_report(true_underruns=0, allocated_bytes=0)


@pytest.mark.parametrize("rate", [8000, 22050, 48000, pytest.param(96000, marks=TOO_MUCH)])
def test_other_rates_play_without_a_gap(streams, rate):
    run = streams(PLAY.format(arguments=f"rate={rate}"))
    assert run.rate == rate
    np.testing.assert_array_equal(run.sound()[:, 0], counter(len(run.sound()), 16))
    run.check_report(underruns=0, true_underruns=0)


@pytest.mark.parametrize(("blocks", "size"), [(1, 64), (2, 64), (16, 64), (4, 128), (1, 1024)])
def test_writes_of_any_length_play_without_a_gap(pico, blocks, size):
    program = f"""
def render(left, right):
    for i in range(0, {size}, 64):
        stereo(left[i : i + 64], right[i : i + 64])
s = make(render, BufferPool(2, {size}), blocks={blocks})
s.start()
time.sleep_ms(150)
s.stop()
"""
    run = pico(program)
    sound = run.sound()[:, 0]
    np.testing.assert_array_equal(sound, counter(len(sound), 16))
    run.check_report(underruns=0, true_underruns=0)


BATCHES = """
calls = 0
def counted(render):
    def ready(i2s):
        global calls
        calls += 1
        render(i2s)
    return ready
s = make(blocks={blocks}, ibuf={ibuf})
s._player._on_ready = counted(s._player._on_ready)
s.start()
time.sleep_ms(500)
calls = 0
time.sleep_ms(1000)
print(calls, s.stats()["latency_frames"])
s.stop()
"""


def test_an_esp32_has_as_many_callbacks_as_its_writes_and_the_readme_says_it(tmp_path):
    if not interpreter.available():
        pytest.skip(interpreter.why_not())
    readme = (paths.ROOT / "README.md").read_text()
    rows = re.findall(r"^  \| (\d+) \| (\d+) \| (\d+) \| ([\d.]+) \|", readme, re.M)
    assert len(rows) >= 4
    for blocks, ibuf, calls, ms in rows:
        program = BATCHES.format(blocks=blocks, ibuf=ibuf)
        run = on_virtual_board(tmp_path, "esp32_generic", program)
        called, latency = map(int, run.text.split())
        assert called == pytest.approx(int(calls), abs=1)
        assert latency / 44.1 == pytest.approx(float(ms), abs=0.1)
        np.testing.assert_array_equal(run.sound()[:, 0], counter(len(run.sound()), 16))
        run.check_report(underruns=0, true_underruns=0)


LOCKED = """
class Locked(drivers.MachineI2S):
    def listen(self, ready):
        def locked(i2s):
            micropython.heap_lock()
            try:
                ready(i2s)
            finally:
                micropython.heap_unlock()
        drivers.MachineI2S.listen(self, locked)

s = I2SOut(Locked(0, board.SCK, board.WS, board.SD, bits={bits}, channels={channels}),
           BufferPool(4), {render})
s.start()
time.sleep_ms(200)
s.stop()
print(s.stats()["render_errors"], s.stats()["blocks"] > 100)
"""


@pytest.mark.parametrize(
    ("bits", "channels", "render"), [(16, 2, "stereo"), (32, 2, "stereo"), (16, 1, "mono")]
)
def test_the_callback_runs_under_a_locked_heap(pico, bits, channels, render):
    run = pico(LOCKED.format(bits=bits, channels=channels, render=render))
    assert run.text.split() == ["0", "True"]


@pytest.mark.not_emulated("the report is the virtual board's")
def test_a_render_that_allocates_is_reported(pico):
    program = "def render(left, right):\n    bytearray(100)\ns = make(render)\ns.start()\n"
    run = pico(program + "time.sleep_ms(50)\ns.stop()\n")
    assert run.report["allocated_bytes"] > 100


def test_a_pool_without_a_buffer_is_silence_and_is_counted(pico):
    run = pico(
        """
pool = BufferPool(3)
s = make(pool=pool)
s.start()
time.sleep_ms(50)
one = pool.acquire()
two = pool.acquire()
time.sleep_ms(100)
failed = pool.failed_acquires()
pool.release(one)
time.sleep_ms(100)
assert pool.failed_acquires() == failed > 50, failed
s.stop()
assert pool.available() == 2
""",
    )
    # Nothing is repeated or lost: the counter goes on after the gap where it stopped.
    (gap,) = gaps(run.frames)
    assert gap.faded_out
    assert gap.faded_in
    assert gap.frames % 64 == 0
    assert 0.05 * 44100 < gap.frames < 0.15 * 44100
    run.check_report(true_underruns=0)


def test_a_render_that_raises_is_silence_for_its_block_and_is_counted(streams):
    run = streams(
        """
turn = 0
def render(left, right):
    global turn
    turn += 1
    if turn % 10 == 0:
        left[0] = 1.0
        raise ValueError("no")
    stereo(left, right)
s = make(render)
s.start()
time.sleep_ms(100)
s.stop()
print(s.stats()["render_errors"] == s.stats()["blocks"] // 10, repr(s.last_error()))
assert s.pool.available() == 8
""",
    )
    assert run.text.strip() == "True ValueError('no',)"
    found = gaps(run.frames)
    assert len(found) >= 6
    for i, gap in enumerate(found):
        assert gap == Gap(found[0].at + i * 640, 64, faded_out=True, faded_in=True)


def test_poll_restarts_a_stream_whose_callback_was_lost(pico):
    run = pico(
        """
def nothing(_):
    pass
def hog(_):
    # The scheduler's queue is full while the driver wants to enter its callback.
    try:
        for _ in range(8):
            micropython.schedule(nothing, None)
    except RuntimeError:
        pass  # something else waits there, too
    time.sleep_ms(30)
s = make(watchdog=False)
s.start()
time.sleep_ms(100)
assert not s.poll()
micropython.schedule(hog, None)
time.sleep_ms(100)
stood = count
time.sleep_ms(100)
assert count == stood
assert s.poll()
time.sleep_ms(100)
assert count > stood + 40
assert not s.poll()
s.stop()
print(s.stats()["restarts"], s.stats()["underruns"])
""",
    )
    assert run.text.split() == ["1", "1"]
    (gap,) = gaps(run.frames)
    assert gap.faded_in
    run.check_report(lost_callbacks=1)


def test_underruns_are_estimated_from_the_clock(pico):
    run = pico(
        """
def render(left, right):
    stereo(left, right)
    if count in (200, 300, 400):
        time.sleep_ms(80)
s = make(render)
s.start()
time.sleep_ms(1200)
s.stop()
print(s.stats()["underruns"], s.stats()["late_callbacks"])
""",
    )
    underruns, late = map(int, run.text.split())
    assert underruns == len(gaps(run.frames)) == 3
    run.check_report(true_underruns=3)
    assert late >= 3


@pytest.mark.not_emulated("there, as on a board, all else that a callback does takes time too")
def test_load_is_the_share_of_the_time_that_rendering_took(pico):
    run = pico(
        """
def render(left, right):
    time.sleep_us(363)
s = make(render)
s.start()
time.sleep_ms(300)
s.stop()
print(s.stats()["load_mean"], s.stats()["load_max"])
""",
    )
    mean, most = map(float, run.text.split())
    # A block lasts 1451 us, and interrupts that come meanwhile count as well: a few per cent, but
    # up to half as much again in the one write that has most of them.
    assert 0.25 <= mean < 0.3
    assert mean <= most < 0.4
