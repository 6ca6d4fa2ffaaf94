"""A stream over DMA on an RP2: what is played when Python is late, and what is counted."""

import numpy as np
import pytest
from stream_run import LATE, counter, gaps

BLOCK = 64
END = """
st = s.stats()
s.stop()
print(st["underruns"], st["late_callbacks"], st["render_errors"])
"""


def check_gaps(run, rendered: bool = False) -> int:
    """Blocks of silence in the sound, each gap of whole blocks, with a fade on both sides.

    rendered: whether what is silence has taken a turn of render.
    """
    found = gaps(run.frames, BLOCK, rendered)
    assert all(gap.faded_out and gap.faded_in and gap.frames % BLOCK == 0 for gap in found), found
    return sum(gap.frames for gap in found) // BLOCK


SLOW = """
import machine
late = 0
def slow(left, right):
    global late
    stereo(left, right)
    us, late = late, 0
    if us:
        time.sleep_us(us)
"""


@pytest.mark.parametrize("ms", [4, 20, 60])
@pytest.mark.parametrize("cause", LATE)
def test_what_is_not_rendered_in_time_is_silence_and_is_counted_exactly(dma, cause, ms):
    late = LATE[cause].format(us=1000 * ms)
    run = dma(f"{SLOW}s = make(slow)\ns.start()\ntime.sleep_ms(30)\n{late}time.sleep_ms(100){END}")
    underruns, _, errors = map(int, run.text.split())
    assert errors == 0
    assert check_gaps(run) == underruns
    missed = ms - 6 * BLOCK / 44.1
    assert missed / (BLOCK / 44.1) - 1 <= underruns <= max(0, missed / (BLOCK / 44.1) + 3)


@pytest.mark.parametrize("pico", ["emulated"], indirect=True)
@pytest.mark.parametrize(("hard", "blocks"), [(False, 16), (True, 6)])
def test_a_garbage_collection_is_outlasted_by_blocks_ahead_or_in_the_interrupt(dma, hard, blocks):
    # 16 blocks are 23 ms.
    run = dma(
        f"""
import gc
def collected():
    # No new global names while it plays: they would be looked up in a dict that is growing.
    longest = 0
    for _ in range(5):
        t = time.ticks_us()
        gc.collect()
        longest = max(longest, time.ticks_diff(time.ticks_us(), t))
        time.sleep_ms(25)
    return longest
gc.collect()
s = make(hard={hard}, blocks={blocks})
s.start()
time.sleep_ms(20)
print(collected(), s.stats()["underruns"])
s.stop()
"""
    )
    longest, underruns = map(int, run.text.split())
    assert 10000 < longest < 20000
    assert underruns == check_gaps(run) == 0


@pytest.mark.parametrize("ms", [20, 2000])
def test_a_gap_is_known_while_it_lasts(dma, ms):
    run = dma(
        f"""
import machine
s = make()
s.start()
time.sleep_ms(30)
state = machine.disable_irq()
t = time.ticks_us()
while time.ticks_diff(time.ticks_us(), t) < {1000 * ms}: pass
during = s.stats()["underruns"]
machine.enable_irq(state)
time.sleep_ms(30)
print(during, s.stats()["underruns"])
s.stop()
"""
    )
    during, after = map(int, run.text.split())
    assert check_gaps(run) == after
    assert after - 2 <= during <= after
    assert during * BLOCK / 44.1 > ms - 12


def test_two_blocks_ahead_play_without_a_gap_where_nothing_keeps_python_away(dma):
    run = dma(f"s = make(blocks=2)\ns.start()\ntime.sleep_ms(200){END}")
    assert run.text.split()[0] == "0"
    assert check_gaps(run) == 0


@pytest.mark.parametrize("blocks", [2, 6, 8, 63])
def test_no_block_is_rendered_earlier_than_the_lookahead(dma, blocks):
    run = dma(
        f"""
ahead = []
def render(left, right):
    stereo(left, right)
    # Blocks that have ended, the one that plays, and this one.
    ahead.append((count - s.driver.ended()) & 0x7FFF)
s = make(render, blocks={blocks})
s.start()
time.sleep_ms(100)
print(max(ahead[{blocks}:]), s.stats()["latency_frames"])
s.stop()
"""
    )
    assert run.text.split() == [str(blocks), str(blocks * BLOCK)]


@pytest.mark.parametrize(("bits", "channels"), [(16, 1), (16, 2), (32, 1), (32, 2)])
@pytest.mark.parametrize("hard", [False, True])
def test_every_rendered_block_leaves_the_pins_once_and_in_order(dma, bits, channels, hard):
    render = "mono" if channels == 1 else "stereo"
    run = dma(
        f"s = make({render}, bits={bits}, channels={channels}, hard={hard})\ns.start()\n"
        f"time.sleep_ms(150)\ns.stop()\nprint(s.stats()['blocks'], s.stats()['underruns'])\n"
    )
    blocks, underruns = map(int, run.text.split())
    assert (run.bits, underruns) == (bits, 0)
    sound = run.sound()
    assert len(sound) == blocks * BLOCK
    for channel in sound.T:
        np.testing.assert_array_equal(channel, counter(len(sound), bits))


@pytest.mark.parametrize("size", [4, 16, 32, 128, 1024])
def test_blocks_of_other_sizes_play_in_order(dma, size):
    # Blocks of 4 frames last 91 us, in which an RP2040 cannot render one.
    rate = 1000 if size == 4 else 44100 if size > 16 else 8000
    run = dma(
        f"""
place = 0
def render(left, right):
    global place
    kernels.mono_from_pcm16(left, frames[2 * place : 2 * place + {2 * size}], {size})
    right[:] = left
    place = (place + {size}) % 8192
s = make(render, SharedBufferPool(4, {size}), blocks=3, rate={rate})
s.start()
time.sleep_ms(150)
s.stop()
print(s.stats()["underruns"])
"""
    )
    assert run.text.strip() == "0"
    sound = run.sound(size)[:, 0]
    assert len(sound) > 0.14 * rate
    np.testing.assert_array_equal(sound, np.arange(len(sound)) % 8192 + 1)


@pytest.mark.not_emulated("its recorder takes the clocks as the board file names them")
def test_the_word_clock_can_lie_below_the_bit_clock(dma):
    run = dma(
        """
class Swapped:
    SCK, WS, SD, RATE, DRIVER = board.WS, board.SCK, board.SD, board.RATE, "dma"
s = I2SOut(drivers.from_board(Swapped), SharedBufferPool(8), stereo)
s.start()
time.sleep_ms(50)
s.stop()
print(s.stats()["underruns"])
"""
    )
    assert run.text.strip() == "0"
    sound = run.sound()
    assert len(sound) > 0.05 * 44100
    for channel in sound.T:
        np.testing.assert_array_equal(channel, counter(len(sound), 16))


LOCKED = """
import aether.ring_native as hot
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
s = make({render}, bits={bits}, channels={channels})
s.start()
time.sleep_ms(150)
s.stop()
print(s.stats()["render_errors"], s.stats()["underruns"], s.stats()["blocks"] > 90)
"""


@pytest.mark.parametrize(
    ("bits", "channels", "render"), [(16, 2, "stereo"), (32, 2, "stereo"), (16, 1, "mono")]
)
def test_the_callback_runs_under_a_locked_heap(dma, bits, channels, render):
    # The last one, which gives back what the stream has claimed, among them.
    run = dma(LOCKED.format(bits=bits, channels=channels, render=render))
    assert run.text.split() == ["0", "0", "True"]
    run.check_report(allocated_bytes=0)


def test_a_full_scheduler_costs_a_block_at_most(dma):
    run = dma(
        """
def nothing(_):
    pass
def hog(_):
    try:
        for _ in range(8):
            micropython.schedule(nothing, None)
    except RuntimeError:
        pass  # something else waits there, too
    time.sleep_ms(4)
s = make()
s.start()
time.sleep_ms(50)
micropython.schedule(hog, None)
time.sleep_ms(50)
print(s.stats()["underruns"], s.stats()["restarts"])
s.stop()
"""
    )
    underruns, restarts = map(int, run.text.split())
    assert check_gaps(run) == underruns <= 1
    assert restarts == 0


def test_a_pool_without_buffers_is_silence_until_it_has_them(dma):
    run = dma(
        """
pool = SharedBufferPool(2)
one = pool.acquire()
s = make(pool=pool)
s.start()
time.sleep_ms(50)
pool.release(one)
time.sleep_ms(100)
failed = pool.failed_acquires()
held = pool.available()
s.stop()
print(failed > 30, held, pool.available(), s.stats()["underruns"])
"""
    )
    assert run.text.split() == ["True", "0", "2", "0"]
    assert not run.frames[: 30 * BLOCK].any()
    assert check_gaps(run) == 0


def test_a_plain_pool_is_refused(dma):
    run = dma("try:\n    make(pool=BufferPool(8))\nexcept TypeError as error:\n    print(error)\n")
    assert run.text.strip() == "the driver over DMA needs a SharedBufferPool, not a plain one"


def test_an_exception_that_render_cannot_have_raised_costs_one_block(dma):
    run = dma(
        """
s = make()
convert = s._player._convert
turn = 0
def failing(slot, left, right, n):
    global turn
    turn += 1
    if turn == 20:
        raise MemoryError("no heap for a portable kernel")
    convert(slot, left, right, n)
s._player._convert = failing
s.start()
time.sleep_ms(100)
s.stop()
print(s.playing(), s.stats()["blocks"] > 60, s.stats()["underruns"])
"""
    )
    assert run.text.split()[-3:] == ["False", "True", "0"]
    assert check_gaps(run, rendered=True) == 1


@pytest.mark.not_emulated("seven seconds of it take too long")
def test_nothing_is_heard_of_the_end_of_the_block_numbers(dma):
    # 32,768 blocks of 8 frames last 5.9 s.
    run = dma(
        """
place = 0
def render(left, right):
    global place
    kernels.mono_from_pcm16(left, frames[2 * place : 2 * place + 16], 8)
    right[:] = left
    place = (place + 8) % 8192
s = make(render, SharedBufferPool(4, 8), blocks=8)
s.start()
time.sleep_ms(6500)
s.stop()
print(s.stats()["blocks"] > 33000, s.stats()["underruns"], s.stats()["late_callbacks"])
"""
    )
    assert run.text.split() == ["True", "0", "0"]
    sound = run.sound(8)[:, 0]
    np.testing.assert_array_equal(sound, np.arange(len(sound)) % 8192 + 1)
