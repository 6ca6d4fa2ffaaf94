"""Streams survive what happens on a stage: each fault ends, is counted, and the sound is back.

What is heard is followed frame by frame: silence with a fade on both sides, nothing repeated.
"""

import numpy as np
import pytest
from stream_run import Gap, Run, gaps, on_virtual_board

BLOCK = 64
WRITE = 4 * BLOCK
# A stream plays for 100 ms, then comes the fault: all that is printed is in ticks and counters.
STAGE = """
import machine, gc
DRIVER = {driver!r}
late = turns = 0
def slow(left, right):
    global late
    stereo(left, right)
    if late:
        late -= 1
        time.sleep_us(turns)
def hog(us):
    # Time that no other soft callback gets: a collection of garbage, code of somebody else.
    time.sleep_us(us)
def nothing(_):
    pass
def crowd(us):
    # As long as this runs, the scheduler's queue is full.
    try:
        while True:
            micropython.schedule(nothing, None)
    except RuntimeError:
        pass
    time.sleep_us(us)
pool = SharedBufferPool(8)
s = make(slow, pool, **{options})
opened = time.ticks_us()
s.start()
time.sleep_ms(100)
{fault}
ended = time.ticks_us()
time.sleep_ms(300)
st = s.stats()
playing = s.playing()
s.stop()
print(st["underruns"], st["late_callbacks"], st["render_errors"], st["restarts"], st["blocks"])
print(time.ticks_diff(ended, opened), playing, pool.available(), repr(s.last_error()))
"""


class Show:
    """A run of STAGE: its counters, its gaps, and when the cause of the fault had ended."""

    def __init__(self, run: Run, sound: bool = True):
        counters, rest = run.text.splitlines()[-2:]
        self.underruns, self.late, self.errors, self.restarts, self.blocks = map(
            int, counters.split()
        )
        ended, playing, available, self.error = rest.split(" ", 3)
        self.ended = int(ended) * 44100 // 1000000
        self.report = run.report
        self.frames = run.frames[:, 0]
        assert (playing, available) in (("True", "8"), ("True", "6")), rest
        self.gaps: list[Gap] = gaps(run.frames, BLOCK) if sound else []

    def back(self) -> int:
        """Frames from the end of the cause to where the sound is back; 0 if it never went."""
        later = [gap.at + gap.frames for gap in self.gaps]
        return max([end - self.ended for end in later if end > self.ended], default=0)


@pytest.fixture(params=["machine-rpi_pico", "dma-rpi_pico", "machine-esp32_generic"])
def stage(request, tmp_path):
    """show(fault, **options): plays STAGE over a driver, on a board."""
    driver, _, board = request.param.partition("-")

    def show(fault, sound=True, **options):
        program = STAGE.format(driver=driver, fault=fault, options=options)
        return Show(on_virtual_board(tmp_path, board, program), sound)

    show.driver = driver
    show.board = board
    return show


def soon(stage) -> int:
    """The most frames until sound is back: two writes; an ESP32 plays its buffers first."""
    if stage.driver == "dma":
        return 3 * BLOCK
    return 2 * WRITE + (2048 if stage.board == "esp32_generic" else 0)


def check_late(show: Show, stage) -> None:
    """Nothing but silence for want of time: counted, and with fades where Python can make them."""
    assert show.back() <= soon(stage)
    assert all(gap.faded_in for gap in show.gaps)
    if stage.driver == "dma":
        assert show.underruns == sum(gap.frames for gap in show.gaps) // BLOCK
        assert all(gap.faded_out for gap in show.gaps)
    else:
        assert show.underruns == len(show.gaps)
        assert abs(show.underruns - show.report["true_underruns"]) <= 1


@pytest.mark.parametrize("ms", [1, 5, 10, 30, 60, 100])
def test_time_that_callbacks_do_not_get_is_silence_at_most(stage, ms):
    show = stage(f"micropython.schedule(hog, {ms * 1000})\ntime.sleep_us(1)")
    check_late(show, stage)
    assert show.restarts == show.errors == 0
    assert bool(show.gaps) == (ms > (8.7 if stage.driver == "dma" else 46.4))
    assert show.late == (ms >= (3 if stage.driver == "dma" else 10))


def test_masked_interrupts_are_silence_at_most(stage):
    # machine.I2S plays old samples meanwhile on an RP2, whatever Python does.
    mended = stage.driver == "dma" or stage.board == "esp32_generic"
    show = stage(
        """
state = machine.disable_irq()
t = time.ticks_us()
while time.ticks_diff(time.ticks_us(), t) < 30000:
    pass
machine.enable_irq(state)
""",
        sound=mended,
    )
    assert show.errors == 0
    if mended:
        check_late(show, stage)
    else:
        silent = np.flatnonzero(~show.frames[show.ended + soon(stage) : -4000].any())
        assert not len(silent)


def test_render_that_is_too_slow_for_a_while_is_silence_at_most(stage):
    show = stage("turns, late = 3000, 40\nwhile late: time.sleep_ms(1)")
    check_late(show, stage)
    assert show.underruns >= 3
    assert show.late >= 3
    assert (show.errors, show.restarts) == (0, 0)


@pytest.mark.parametrize("ms", [0, 40, 200])
def test_a_lost_callback_is_called_for(stage, ms):
    show = stage(f"micropython.schedule(crowd, {ms * 1000})\ntime.sleep_us(1)")
    check_late(show, stage)
    if stage.driver == "machine":
        assert show.report["lost_callbacks"] >= 1
        assert show.restarts == (ms > 0)
    else:
        assert show.restarts == 0  # the next block's interrupt has called


def test_a_lost_callback_is_called_for_by_poll_where_there_is_no_watchdog(stage):
    show = stage(
        """
micropython.schedule(crowd, 100000)
time.sleep_ms(30)
while not s.poll() and DRIVER == "machine":
    time.sleep_ms(3)
""",
        watchdog=False,
    )
    check_late(show, stage)
    assert show.restarts == (stage.driver == "machine")


def test_what_render_raises_is_a_block_of_silence_each_time(stage):
    show = stage(
        """
plain = stereo
left_to_fail = 5
def stereo(left, right):
    global left_to_fail
    if left_to_fail and s.blocks % 7 == 0:
        left_to_fail -= 1
        left[0] = 1.0
        raise ValueError(left_to_fail)
    plain(left, right)
while left_to_fail: time.sleep_ms(1)
"""
    )
    assert (show.errors, show.error) == (5, "ValueError(0,)")
    assert show.underruns == show.restarts == show.late == 0
    starts = [gap.at for gap in show.gaps]
    assert show.gaps == [Gap(at, BLOCK, faded_out=True, faded_in=True) for at in starts]
    assert np.array_equal(np.diff(starts), [7 * BLOCK] * 4)


@pytest.mark.parametrize("where", ["render", "a callback", "a callback of its own bus"])
def test_stop_in_a_callback_ends_the_stream_without_a_click(stage, where):
    stops = {
        "render": "stopping = True\n",
        "a callback": "micropython.schedule(lambda _: s.stop(), None)\n",
        "a callback of its own bus": "stopping = True\n",
    }
    show = stage(
        f"""
stopping = False
plain = stereo
def stereo(left, right):
    global stopping
    plain(left, right)
    if stopping:
        stopping = False
        s.stop()
{stops[where]}
time.sleep_ms(300)
assert not s.playing()
s.start()
""",
    )
    (gap,) = show.gaps
    assert (gap.faded_out, gap.faded_in) == (True, False)
    assert show.errors == show.restarts == 0


def test_a_pool_that_the_program_has_emptied_is_silence_while_it_is(stage):
    show = stage(
        """
taken = []
while pool.available():
    taken.append(pool.acquire())
time.sleep_ms(20)
while taken:
    pool.release(taken.pop())
"""
    )
    assert show.errors == show.restarts == show.underruns == show.late == 0
    if stage.driver == "dma":
        assert not show.gaps  # its buffers are its own while it plays
    else:
        (gap,) = show.gaps
        assert gap.faded_out
        assert gap.faded_in
        assert gap.frames % BLOCK == 0
        assert 20 * 44.1 - WRITE < gap.frames < 20 * 44.1 + WRITE
        assert show.back() < 2 * WRITE + 3000  # in render's time: it is what is buffered later


FOREIGN = """
from machine import I2S, Pin
bus = I2S(0, sck=Pin(board.SCK), ws=Pin(board.WS), sd=Pin(board.SD), mode=I2S.TX, bits=16,
          format=I2S.STEREO, rate=44100, ibuf=4000)
bus.write(bytes(400))
"""


def test_a_bus_that_other_code_has_opened_is_opened_again(stage):
    if stage.driver == "dma":
        pytest.skip("its state machine is nobody else's")
    show = stage(FOREIGN, sound=False)
    assert show.restarts == 2
    assert show.errors == 0
    loud = np.flatnonzero(show.frames)
    silent = np.flatnonzero(np.diff(loud) > 1)
    # Twice a callback must be missed; what the ring held is lost.
    slow = stage.board == "esp32_generic"  # its timers have soft callbacks, so fewer of them
    assert loud[silent[-1] + 1] - show.ended < (120 if slow else 60) * 44.1
    after = show.frames[loud[silent[-1] + 1] : loud[-1] - 31]
    assert len(after) > 0.2 * 44100
    np.testing.assert_array_equal(np.diff(after[BLOCK:]) % (255 * BLOCK), 1)


def test_a_write_of_other_code_costs_what_it_takes_the_place_of(stage):
    if stage.driver == "dma":
        pytest.skip("there are no writes")
    show = stage("s.driver._i2s.write(bytes(400))", sound=False)
    assert show.errors == show.restarts == 0
    assert show.blocks > 200
    left = show.frames[show.frames != 0]
    seams = np.flatnonzero(np.diff(left)[:-32] % (255 * BLOCK) != 1)
    # An ESP32 plays both; rp2 forgets the rest of the first.
    assert len(seams) == (stage.board != "esp32_generic")
    assert all(0 < left[seam + 1] - left[seam] <= WRITE + 1 for seam in seams)


def test_no_look_of_the_watchdog_allocates(stage):
    if stage.driver == "dma":
        pytest.skip("the interrupt of every block looks for itself")
    show = stage(
        """
player = s._player
player._watchdog.stop()
looks = restarts = 0
look, relieve = player._look, player._relieve
def locked_look(timer):
    global looks
    looks += 1
    micropython.heap_lock()
    look(timer)
    micropython.heap_unlock()
def locked_relief(_):
    global restarts
    micropython.heap_lock()
    before = player.restarts
    relieve(None)
    restarts += player.restarts - before
    micropython.heap_unlock()
player._relief = locked_relief
player._watchdog.start(locked_look, player.guard.keep, 4)
micropython.schedule(crowd, 60000)
time.sleep_ms(100)
assert looks > 4 and restarts == 1, (looks, restarts)
"""
    )
    check_late(show, stage)
    assert show.restarts == 1


@pytest.mark.parametrize("pico", ["emulated"], indirect=True)
@pytest.mark.parametrize("driver", ["machine", "dma"])
def test_a_soft_reset_in_the_middle_leaves_nothing_behind(pico, driver):
    start = f"DRIVER = {driver!r}\ns = make()\ns.start()\ntime.sleep_ms(50)\n"
    pico(start)
    run = pico(start + "time.sleep_ms(100)\ns.stop()\nprint(s.stats()['blocks'])\n")
    if driver == "machine":
        run.frames[:BLOCK] = 0  # what was left in its buffer, two halves of 32 frames
    assert len(run.sound()) == int(run.text) * BLOCK
    assert gaps(run.frames) == []


# The other core gives a buffer back just after the pool had none.
AT_THE_WRONG_TIME = """
class Crowded(BufferPool):
    calls = 0
    def acquire(self):
        self.calls += 1
        return None if self.calls % 101 == 0 else super().acquire()
"""


def test_a_buffer_that_comes_back_after_the_first_was_lacking_is_not_lost(tmp_path):
    run = on_virtual_board(
        tmp_path,
        "rpi_pico",
        f"""{AT_THE_WRONG_TIME}
s = make(pool=Crowded(8))
s.start()
time.sleep_ms(400)
st = s.stats()
print(st["render_errors"], st["restarts"], s.blocks > 250, s.pool.available())
s.stop()
""",
    )
    assert run.text == "0 0 True 8\n"
    found = gaps(run.frames)
    assert len(found) >= 2
    assert all(gap.faded_out and gap.faded_in and gap.frames == BLOCK for gap in found)


def test_two_streams_of_an_esp32_have_a_timer_each(tmp_path):
    run = on_virtual_board(
        tmp_path,
        "esp32_generic",
        """
import gc
from aether import I2SIn
s = make()
driver = drivers.input_from_board(board, driver="machine")
other = I2SIn(driver, BufferPool(4), lambda left, right: None)
def nothing(_):
    pass
def crowd(us):
    try:
        while True:
            micropython.schedule(nothing, None)
    except RuntimeError:
        pass
    time.sleep_us(us)
gc.collect()
s.start()
for _ in range(5):
    other.start()
    time.sleep_ms(50)
    other.stop()
micropython.schedule(crowd, 20000)
time.sleep_ms(200)
before = s.blocks
time.sleep_ms(100)
print(s.blocks > before + 30, s.stats()["restarts"])
s.stop()
""",
    )
    assert run.text == "True 1\n"


def test_ctrl_c_in_a_look_of_the_watchdog_is_not_its_last(stage):
    if stage.driver == "dma":
        pytest.skip("it has no watchdog")
    show = stage(
        """
import aether.writes as writes
looks = 0
diff = writes.ticks_diff
def interrupted(end, start):
    global looks
    looks += 1
    if looks == 1:
        raise KeyboardInterrupt
    return diff(end, start)
def pass_on():
    # A board prints it and goes on.
    try:
        plain()
    except KeyboardInterrupt:
        print("passed on")
plain = s._player.guard.pass_on
s._player.guard.pass_on = pass_on
writes.ticks_diff = interrupted
time.sleep_ms(100)
assert looks > 2, looks
micropython.schedule(crowd, 40000)
time.sleep_us(1)
"""
    )
    assert show.restarts == 1
    assert show.errors == 0
