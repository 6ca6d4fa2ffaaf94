"""A duplex stream over one clock: what comes in goes out, always the same time later."""

import numpy as np
import pytest
from duplex_kit import BLOCK, SLOW, delays, duplex, numbers, stats_of
from stream_run import LATE
from virtual_run import needs_micropython

pytestmark = needs_micropython

FORMATS = [(16, 2), (16, 1), (32, 2), (32, 1)]


def check_sound(played, stats):
    """Every block is a copy of the input at the latency, silence, or faded in after that.

    The blocks of silence within the sound, and how often it began.
    """
    late = delays(played.frames)
    heard = numbers(played.frames)
    last = np.flatnonzero(late)[-1]
    silent = entries = 0
    before = True
    for k in range(int(stats["latency_frames"]) // BLOCK, last + 1):
        if late[k] == 0:
            silent += 1
            before = True
            continue
        n = np.arange(k * BLOCK, (k + 1) * BLOCK) + 1 - stats["latency_frames"]
        own = (n - 1) % 32000 + 1
        if before:
            entries += 1
            faded = own * np.arange(BLOCK) / BLOCK
            np.testing.assert_allclose(heard[k * BLOCK : (k + 1) * BLOCK], faded, atol=1)
        else:
            assert late[k] == stats["latency_frames"], k
        before = False
    return silent, entries


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("blocks", [2, 3, 6, 8, 64])
def test_what_comes_in_goes_out_as_much_later_as_is_reported(blocks, hard):
    played = duplex(
        f"s = make(blocks={blocks}, hard={hard})\ns.start()\ntime.sleep_ms(300)\nsaid(s)\ns.stop()"
    )
    stats = stats_of(played)
    assert stats["latency_frames"] == blocks * BLOCK
    assert check_sound(played, stats) == (0, 1)
    assert stats["underruns"] == stats["overruns"] == stats["slips"] == stats["restarts"] == 0
    assert stats["fill_min"] == (blocks - 2) * BLOCK
    assert played.report["allocated_bytes"] == 0


@pytest.mark.parametrize("rate", [8000, 44100, 96000])
@pytest.mark.parametrize(("bits", "channels"), FORMATS)
def test_every_format_keeps_its_samples(bits, channels, rate):
    render = "stereo" if channels == 2 else "mono"
    played = duplex(
        f"s = make({render}, bits={bits}, channels={channels}, rate={rate})\ns.start()\n"
        "time.sleep_ms(100)\nsaid(s)\ns.stop()",
        rate=rate,
    )
    assert played.wavs[0][0] == rate
    assert played.frames.dtype.itemsize * 8 == bits
    stats = stats_of(played)
    assert check_sound(played, stats) == (0, 1)
    if channels == 2:
        np.testing.assert_allclose(played.frames[:, 1], -played.frames[:, 0].astype(int), atol=1)
    assert played.report["allocated_bytes"] == 0


@pytest.mark.parametrize("size", [4, 16, 256, 1024])
def test_blocks_of_other_sizes(size):
    played = duplex(
        f"""
def copy(in_left, in_right, left, right):
    kernels.copy(left, in_left, {size})
    kernels.copy(right, in_right, {size})
s = make(copy, SharedBufferPool(4, {size}), blocks=4)
s.start()
time.sleep_ms(200)
said(s)
s.stop()
"""
    )
    stats = stats_of(played)
    assert stats["latency_frames"] == 4 * size
    heard = numbers(played.frames)
    first = 5 * size
    np.testing.assert_array_equal(heard[first:8000], np.arange(first, 8000) + 1 - 4 * size)


@pytest.mark.parametrize("ms", [4, 20, 60])
@pytest.mark.parametrize("blocks", [2, 6])
@pytest.mark.parametrize("cause", LATE)
def test_what_comes_too_late_is_silence_and_the_latency_stays(cause, blocks, ms):
    late = LATE[cause].format(us=1000 * ms)
    played = duplex(
        f"{SLOW}s = make(slow, blocks={blocks})\ns.start()\ntime.sleep_ms(30)\n{late}"
        "time.sleep_ms(100)\nsaid(s)\ns.stop()"
    )
    stats = stats_of(played)
    silent, entries = check_sound(played, stats)
    assert silent == stats["underruns"]
    missed = ms / 1000 * 44100 / BLOCK - blocks
    assert missed - 1 <= stats["underruns"] <= max(0, missed + blocks + 3)
    assert entries == 1 + (silent > 0)
    # What was rendered and came too late has no place; all else is in step with the input.
    wasted = stats["underruns"] - stats["overruns"]
    assert wasted in ((1, 2) if silent and cause.startswith("a render") else (0,))
    assert stats["slips"] == 0
    assert played.report["allocated_bytes"] == 0


def test_a_render_that_is_always_too_slow_is_heard_in_part():
    played = duplex(
        """
def slow(in_left, in_right, left, right):
    stereo(in_left, in_right, left, right)
    time.sleep_us(2000)
s = make(slow)
s.start()
time.sleep_ms(500)
said(s)
s.stop()
"""
    )
    stats = stats_of(played)
    silent, entries = check_sound(played, stats)
    assert stats["underruns"] - 8 <= silent <= stats["underruns"] + 8
    # A render takes 1.4 blocks: so much of the time is lost, and a few renders for nothing.
    assert stats["blocks"] > 200
    assert silent < 200
    assert entries < 30


def test_stats_tell_of_a_gap_while_it_lasts():
    played = duplex(
        """
s = make()
s.start()
time.sleep_ms(30)
state = machine.disable_irq()
t = time.ticks_us()
while time.ticks_diff(time.ticks_us(), t) < 40000: pass
during = s.stats()
machine.enable_irq(state)
time.sleep_ms(20)
after = s.stats()
for st in (during, after):
    print(st["underruns"], st["overruns"])
s.stop()
"""
    )
    (during, lost), (after, lost_after) = [map(int, line.split()) for line in played.lines]
    assert during == lost
    assert after == lost_after
    assert 20 <= after - 1 <= during <= after


def test_an_exception_in_render_is_a_block_of_silence():
    played = duplex(
        """
turn = 0
def render(in_left, in_right, left, right):
    global turn
    turn += 1
    stereo(in_left, in_right, left, right)
    if turn in (20, 40, 41):
        raise ValueError(turn)
s = make(render)
s.start()
time.sleep_ms(150)
print(s.last_error())
said(s)
s.stop()
"""
    )
    assert played.lines[0] == "41"
    late = delays(played.frames)
    # Block 6 of the output is block 0 of the input.
    assert np.flatnonzero(late[6:80] == 0).tolist() == [19, 39, 40]
    # What follows fades in.
    assert np.flatnonzero(late[6:80] == -1).tolist() == [0, 20, 41]
    assert set(late[6:80]) == {-1, 0, 384}
    assert "render_errors 3" in played.lines
    assert "underruns 0" in played.lines


def test_a_pool_without_buffers_is_silence_until_it_has_them():
    played = duplex(
        """
pool = SharedBufferPool(4)
one = pool.acquire()
s = make(pool=pool)
s.start()
time.sleep_ms(50)
pool.release(one)
time.sleep_ms(50)
print(pool.available(), pool.failed_acquires() > 20)
said(s)
s.stop()
print("left", pool.available())
"""
    )
    assert played.lines[0] == "0 True"
    assert played.lines[-1] == "left 4"
    late = delays(played.frames)
    first = np.flatnonzero(late)[0]
    assert 30 < first < 45
    assert set(late[first + 1 : first + 30]) == {384}


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
pool = SharedBufferPool(8)
s = make(render, pool)
s.start()
s.start()
time.sleep_ms(150)
print("first", s.playing(), pool.available(), s.stats()["blocks"])
s.start()
time.sleep_ms(50)
s.stop()
s.stop()
print("second", s.playing(), pool.available(), s.stats()["underruns"], s.stats()["overruns"])
"""
    )
    assert played.lines == ["first False 8 50", "second False 8 0 0"]
    late = delays(played.frames)
    # What was taken in before goes on in the second: by so much it seems shorter.
    assert set(late[7:56]) == {384}


def test_ctrl_c_in_start_leaves_nothing_open():
    played = duplex(
        """
import rp2
def render(in_left, in_right, left, right):
    raise KeyboardInterrupt
pool = SharedBufferPool(8)
s = make(render, pool)
try:
    s.start()
    time.sleep_ms(50)
except KeyboardInterrupt:
    print("raised")
s.stop()
print(s.playing(), pool.available(), [n for n in range(8) if rp2.StateMachine(n).active()])
"""
    )
    assert played.lines[-1] == "False 8 []"


def test_the_callback_runs_under_a_locked_heap():
    played = duplex(
        """
import aether.ring_duplex_native as hot
plain = hot.ticking
def ticking(*parts):
    tick = plain(*parts)
    def callback(_):
        micropython.heap_lock()
        try:
            tick(None)
        finally:
            micropython.heap_unlock()
    return callback
hot.ticking = ticking
s = make()
s.start()
time.sleep_ms(50)
state = machine.disable_irq()
time.sleep_ms(20)
machine.enable_irq(state)
time.sleep_ms(50)
s.stop()
st = s.stats()
print(st["render_errors"], st["underruns"] > 0, st["blocks"] > 50, s.playing())
"""
    )
    assert played.lines == ["0 True True False"]
    assert played.report["allocated_bytes"] == 0


def test_a_full_scheduler_costs_a_block_at_most():
    played = duplex(
        """
def nothing(_):
    pass
def hog(_):
    try:
        for _ in range(8):
            micropython.schedule(nothing, None)
    except RuntimeError:
        pass
    time.sleep_ms(4)
s = make()
s.start()
time.sleep_ms(50)
micropython.schedule(hog, None)
time.sleep_ms(50)
said(s)
s.stop()
"""
    )
    stats = stats_of(played)
    assert check_sound(played, stats)[0] == stats["underruns"] <= 1


@pytest.mark.parametrize("seed", range(4))
def test_after_any_faults_the_latency_is_that_which_is_reported(seed):
    played = duplex(
        f"""
import random
random.seed({seed})
{SLOW}
s = make(slow, blocks=random.choice((2, 3, 6)))
def hog(us):
    time.sleep_us(us)
s.start()
for _ in range(30):
    time.sleep_us(random.randint(1000, 20000))
    kind = random.randint(0, 3)
    us = random.randint(100, 15000)
    if kind == 0:
        late = us
    elif kind == 1:
        micropython.schedule(hog, us)
    elif kind == 2:
        state = machine.disable_irq()
        t = time.ticks_us()
        while time.ticks_diff(time.ticks_us(), t) < us: pass
        machine.enable_irq(state)
    else:
        s.poll()
time.sleep_ms(30)
first = s.stats()
time.sleep_ms(30)
said(s)
print("quiet", s.stats()["underruns"] - first["underruns"])
print("taken", s.driver.ended_in())
s.stop()
""",
        seconds=4,
    )
    stats = stats_of(played)
    silent, _ = check_sound(played, stats)
    assert silent == stats["underruns"] > 0
    assert stats["quiet"] == 0
    assert stats["slips"] == 0
    assert stats["blocks"] + stats["overruns"] == pytest.approx(stats["taken"], abs=1)
    # The last block that left was rendered of the last input but the latency.
    late = delays(played.frames)
    assert late[np.flatnonzero(late)[-1]] == stats["latency_frames"]
