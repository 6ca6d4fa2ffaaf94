"""A duplex stream over two machine.I2S: a latency that is measured, and mended after faults."""

import numpy as np
import pytest
from duplex_kit import BLOCK, SLOW, duplex, latencies, numbers, opened
from stream_run import LATE
from virtual_run import needs_micropython

pytestmark = needs_micropython

BOARDS = [("esp32_generic", 44100), ("esp32_generic", 16000), ("rpi_pico", 16000)]
BOARDS += [("rpi_pico", 22000)]
FORMATS = [(16, 2), (16, 1), (32, 2), (32, 1)]
# Frames by which the clock, the pins and the WAV may differ; and after a fault, as an interrupt of
# rp2 may be late when the clock is set by it.
NEAR = 2.5
AFTER = {"esp32_generic": NEAR, "rpi_pico": 5}


@pytest.mark.parametrize(("bits", "channels"), FORMATS)
@pytest.mark.parametrize(("board", "rate"), BOARDS)
def test_what_comes_in_goes_out_as_much_later_as_is_reported(board, rate, bits, channels):
    render = "stereo" if channels == 2 else "mono"
    played, stats = opened(
        f"s = make({render}, bits={bits}, channels={channels}, rate={rate})\ns.start()\n"
        "time.sleep_ms(300)\nsaid(s)\ns.stop()\nprint('open', s.playing())",
        board=board,
        rate=rate,
    )
    assert played.lines[-1] == "open False"
    assert played.frames.dtype.itemsize * 8 == bits
    runs = [late for _, _, late in latencies(played, stats, rate) if late]
    assert len(runs) == 1
    assert runs[0] == pytest.approx(stats["latency_frames"], abs=NEAR)
    assert stats["latency_frames"] < 1100
    for name in ("underruns", "overruns", "slips", "restarts", "render_errors"):
        assert stats[name] == 0, name
    assert stats["fill_min"] > 0
    assert played.report["allocated_bytes"] == 0
    assert not played.report["underruns"]
    if channels == 2 and played.frames.shape[1] == 2:
        left, right = played.frames.astype(np.int64).T
        np.testing.assert_allclose(left, -right, atol=1)


@pytest.mark.parametrize(("ibuf", "blocks"), [(3072, 4), (4096, 2), (6144, 4), (8192, 4)])
def test_other_rings_and_transfers_have_other_latencies(ibuf, blocks):
    played, stats = opened(
        f"s = make(ibuf={ibuf}, blocks={blocks})\ns.start()\ntime.sleep_ms(300)\n"
        "said(s)\ns.stop()",
        board="esp32_s3",  # here the rings lie on the heap, for which a plain ESP32's is too small
        rate=44100,
    )
    runs = [late for _, _, late in latencies(played, stats, 44100) if late]
    assert len(runs) == 1
    assert runs[0] == pytest.approx(stats["latency_frames"], abs=NEAR)
    assert stats["latency_frames"] <= ibuf // 4 + 2 * blocks * BLOCK


@pytest.mark.parametrize("ms", [4, 20, 60, 300])
@pytest.mark.parametrize("cause", LATE)
@pytest.mark.parametrize(("board", "rate"), [BOARDS[0], BOARDS[3]])
def test_after_a_fault_the_latency_is_again_what_is_reported(board, rate, cause, ms):
    played, stats = opened(
        f"{SLOW}s = make(slow, rate={rate})\ns.start()\ntime.sleep_ms(150)\n"
        f"print('before', s.stats()['latency_frames'])\n{LATE[cause].format(us=1000 * ms)}"
        "time.sleep_ms(600)\nfirst = s.stats()\ntime.sleep_ms(100)\nsaid(s)\n"
        "for name in ('underruns', 'overruns', 'slips'):\n"
        "    assert s.stats()[name] == first[name]\n"
        "s.stop()",
        board=board,
        rate=rate,
        seconds=4,
    )
    runs = latencies(played, stats, rate)
    heard = [late for _, _, late in runs if late]
    first, last = heard[0], heard[-1]
    assert first == pytest.approx(stats["before"], abs=NEAR)
    assert last == pytest.approx(stats["latency_frames"], abs=AFTER[board])
    assert abs(stats["latency_frames"] - stats["before"]) <= BLOCK * 3 / 4 + AFTER[board]
    faults = stats["underruns"] + stats["overruns"] + stats["slips"]
    if len(heard) > 1:
        assert faults > 0
    # Sound is back within the fault, what the output held, and what it takes to fill it anew.
    gaps = [n for at, n, late in runs if late == 0 and at > rate // 8]
    back = ms / 1000 * rate + 4 * stats["latency_frames"] + 20 * BLOCK
    assert all(n < back for n in gaps[:-1])
    assert played.report["allocated_bytes"] == 0


@pytest.mark.parametrize("ms", [10, 40, 80])
@pytest.mark.parametrize(("board", "rate"), BOARDS)
def test_a_fault_soon_after_the_start_leaves_the_latency_that_is_reported(board, rate, ms):
    # How late callbacks are is known from the first read on, and not from the sixteenth.
    played, stats = opened(
        f"s = make(rate={rate})\ns.start()\ntime.sleep_ms({ms})\n"
        f"{LATE['a soft callback that takes long'].format(us=100000)}"
        "time.sleep_ms(900)\nsaid(s)\ns.stop()",
        board=board,
        rate=rate,
    )
    assert stats["overruns"] == 1
    late = [late for _, _, late in latencies(played, stats, rate) if late]
    assert late[-1] == pytest.approx(stats["latency_frames"], abs=NEAR)


def test_many_gaps_leave_the_latency_that_is_reported():
    played, stats = opened(
        """
def hog(us):
    time.sleep_us(us)
s = make()
s.start()
for i in range(200):
    time.sleep_us(60000 + 37 * i)
    micropython.schedule(hog, 20000)
time.sleep_ms(600)
said(s)
s.stop()
""",
        board="esp32_generic",
        rate=44100,
        seconds=20,
    )
    assert stats["underruns"] > 60
    late = [late for _, _, late in latencies(played, stats, 44100) if late]
    assert late[-1] == pytest.approx(stats["latency_frames"], abs=NEAR)


@pytest.mark.parametrize("rate", [28600, 28560])
def test_where_the_dividers_differ_a_slip_is_mended_without_a_click(rate):
    # 16 bits go out, 32 come in: 1.6 frames a second more or fewer.
    played, stats = opened(
        f"s = make(rate={rate})\ns.start()\ntime.sleep_ms(33000)\nsaid(s)\ns.stop()",
        board="rpi_pico",
        rate=rate,
        seconds=35,
    )
    assert stats["slips"] == 1
    assert stats["underruns"] == stats["overruns"] == 0
    runs = [run for run in latencies(played, stats, rate) if run[2]]
    assert abs(runs[1][2] - runs[0][2]) == BLOCK
    sending, coming = (round(125e6 * 256 / (rate * wire)) for wire in (64, 128))
    drift = 33 * rate * (sending / (2 * coming) - 1)
    assert stats["latency_frames"] == pytest.approx(runs[1][2] + drift, abs=NEAR)
    seam = numbers(played.frames)[runs[1][0] - 3 * BLOCK : runs[1][0] + BLOCK]
    if runs[1][2] < runs[0][2]:
        # A block that was left out: its sound goes over into that of the next.
        assert np.abs(np.diff(seam)).max() <= 3
    else:
        # A block of silence, with a fade on either side.
        assert np.abs(np.diff(seam)).max() <= seam.max() / 31


def test_lost_callbacks_are_made_up_for_by_poll():
    played, stats = opened(
        """
def nothing(_):
    pass
def hog(_):
    try:
        for _ in range(8):
            micropython.schedule(nothing, None)
    except RuntimeError:
        pass
    time.sleep_ms(40)
s = make()
s.start()
time.sleep_ms(100)
for i in range(90):
    if i % 30 == 0:
        micropython.schedule(hog, None)
    time.sleep_ms(10)
    s.poll()
said(s)
s.stop()
print("end", s.playing())
""",
        board="esp32_generic",
        rate=44100,
        seconds=4,
    )
    assert stats["restarts"] >= 3
    runs = [late for _, _, late in latencies(played, stats, 44100) if late]
    assert runs[-1] == pytest.approx(stats["latency_frames"], abs=NEAR)
    assert played.lines[-1] == "end False"


@pytest.mark.parametrize("board", ["esp32_generic", "rpi_pico"])
def test_an_exception_and_a_pool_without_buffers_are_silence(board):
    played, stats = opened(
        """
turn = 0
def render(in_left, in_right, left, right):
    global turn
    turn += 1
    stereo(in_left, in_right, left, right)
    if turn in (20, 40):
        raise ValueError(turn)
pool = BufferPool(4)
one = pool.acquire()
s = make(render, pool, rate=16000)
s.start()
time.sleep_ms(100)
pool.release(one)
time.sleep_ms(400)
print(s.last_error(), s.playing())
said(s)
s.stop()
print(pool.available())
""",
        board=board,
        rate=16000,
    )
    assert played.lines[0] == "40 True"
    assert played.lines[-1] == "4"
    assert stats["render_errors"] == 2
    assert stats["slips"] == stats["underruns"] == 0
    runs = [late for _, _, late in latencies(played, stats, 16000) if late]
    assert runs == pytest.approx([stats["latency_frames"]] * 3, abs=NEAR)


def test_a_stream_stops_in_render_and_starts_again():
    played = duplex(
        """
turn = 0
def render(in_left, in_right, left, right):
    global turn
    turn += 1
    stereo(in_left, in_right, left, right)
    if turn == 50:
        s.stop()
pool = BufferPool(8)
s = make(render, pool)
s.start()
s.start()
time.sleep_ms(300)
print("first", s.playing(), pool.available(), s.stats()["blocks"])
s.start()
time.sleep_ms(100)
s.stop()
s.stop()
st = s.stats()
print("second", s.playing(), pool.available(), st["underruns"], st["overruns"], st["slips"])
""",
        driver="machine",
        board="esp32_generic",
    )
    assert played.lines == ["first False 8 50", "second False 8 0 0 0"]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("board", "rate"), [BOARDS[0], BOARDS[3]])
def test_after_any_faults_the_latency_is_that_which_is_reported(board, rate, seed):
    played, stats = opened(
        f"""
import random
random.seed({seed})
{SLOW}
s = make(slow, rate={rate})
def hog(us):
    time.sleep_us(us)
s.start()
time.sleep_ms(150)
print("before", s.stats()["latency_frames"])
for _ in range(20):
    time.sleep_us(random.randint(1000, 60000))
    kind = random.randint(0, 3)
    us = random.randint(100, 40000)
    if kind == 0:
        late = us
    elif kind == 1:
        micropython.schedule(hog, us)
    elif kind == 2:
        state = machine.disable_irq()
        t = time.ticks_us()
        while time.ticks_diff(time.ticks_us(), t) < us: pass
        machine.enable_irq(state)
    s.poll()
time.sleep_ms(600)
first = s.stats()
time.sleep_ms(150)
said(s)
print("quiet", s.stats()["underruns"] + s.stats()["slips"] - first["underruns"] - first["slips"])
s.stop()
""",
        board=board,
        rate=rate,
        seconds=6,
    )
    runs = [late for _, n, late in latencies(played, stats, rate) if late and n > 5 * BLOCK]
    assert runs[-1] == pytest.approx(stats["latency_frames"], abs=AFTER[board])
    assert abs(stats["latency_frames"] - stats["before"]) <= BLOCK * 3 / 4 + AFTER[board]
    assert stats["underruns"] + stats["overruns"] > 0
    assert stats["quiet"] == 0
    assert played.report["allocated_bytes"] == 0
