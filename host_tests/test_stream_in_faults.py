"""What an input stream survives: what was lost is counted, and nothing is received twice."""

import itertools

import pytest
from input_run import PERIOD

BLOCK = 64
SLOW = """
import machine
late = 0
def slow(left, right):
    global late
    stereo(left, right)
    us, late = late, 0
    if us:
        time.sleep_us(us)
s = make(slow)
s.start()
feed()
time.sleep_ms(30)
"""
END = """
s.stop()
st = s.stats()
print(runs())
print(st["overruns"], st["blocks"], heard, st["receive_errors"], st["restarts"], st["starved"])
"""
# Each keeps the scheduled callbacks away for about the same time, by other means.
HOG = """
def hog(_):
    time.sleep_us({us})
micropython.schedule(hog, None)
"""
LATE = {
    "a soft callback that takes long": HOG,
    "a receive that takes long": "late = {us}\n",
}
MASKED = """
state = machine.disable_irq()
t = time.ticks_us()
while time.ticks_diff(time.ticks_us(), t) < {us}: pass
machine.enable_irq(state)
"""


def gaps(run) -> list[int]:
    """Frames that are missing between the pieces of the counter, in the order of the gaps."""
    pieces = eval(run.text.splitlines()[0])
    if pieces[0][0] == 0:
        pieces.pop(0)
    assert pieces[0][0] == 1
    missing = []
    for (first, frames), (after, _) in itertools.pairwise(pieces):
        missing.append((after - first - frames) % PERIOD)
        # A piece that comes again would be missing backwards.
        assert missing[-1] < PERIOD - 400, pieces
    return missing


def counts(run) -> list[int]:
    """Overruns, blocks, errors, restarts, starved."""
    overruns, blocks, heard, *others = map(int, run.text.splitlines()[1].split())
    assert heard == min(blocks, 90)
    return [overruns, blocks, *others]


@pytest.mark.parametrize("ms", [4, 18, 40, 50])
@pytest.mark.parametrize("cause", [*LATE, "interrupts masked"])
def test_what_dma_has_written_over_is_counted_exactly(dma_in, cause, ms):
    late = (LATE | {"interrupts masked": MASKED})[cause].format(us=1000 * ms)
    run = dma_in(f"{SLOW}{late}time.sleep_ms({ms} + 30)\n{END}")
    overruns, *_, errors, restarts, starved = counts(run)
    run.check_report(allocated_bytes=0)
    assert (errors, restarts, starved) == (0, 0, 0)
    assert sum(gaps(run)) == overruns * BLOCK
    missed = ms / (BLOCK / 44.1) - 15
    assert missed - 1 <= overruns <= max(0, missed + 3)


@pytest.mark.parametrize("ms", [4, 20, 50, 60])
@pytest.mark.parametrize("cause", LATE)
def test_what_a_ring_had_no_room_for_is_counted_as_a_gap(machine_in, cause, ms):
    # A ring of 1,024 frames, and a read of 256: 29 ms at 44.1 kHz, 40 ms at 32 kHz.
    late = LATE[cause].format(us=1000 * ms)
    run = machine_in(f"{SLOW}{late}time.sleep_ms({ms} + 40)\n{END}")
    overruns, *_, errors, restarts, starved = counts(run)
    run.check_report(allocated_bytes=0)
    assert (errors, restarts, starved) == (0, 0, 0)
    assert len(gaps(run)) == overruns == (ms > 40)


def test_a_receive_that_never_keeps_up_loses_blocks_and_order_is_kept(inputs):
    run = inputs(
        f"""
def slow(left, right):
    stereo(left, right)
    time.sleep_us(4000)
s = make(slow)
s.start()
feed()
time.sleep_ms(200)
{END}"""
    )
    overruns, blocks, *_ = counts(run)
    assert overruns > 0
    assert blocks > 30
    assert gaps(run)


FULL = """
def nothing(_):
    pass
def hog(_):
    try:
        for _ in range(8):
            micropython.schedule(nothing, None)
    except RuntimeError:
        pass  # something else waits there, too
    time.sleep_ms(15)
s = make({options})
s.start()
feed()
time.sleep_ms(30)
micropython.schedule(hog, None)
time.sleep_ms(25)
"""


def test_a_lost_callback_is_made_up_for_by_poll(machine_in):
    run = machine_in(
        f"""{FULL.format(options="watchdog=False")}
before = s.blocks
time.sleep_ms(20)
assert s.blocks == before
while not s.poll():
    time.sleep_ms(1)
time.sleep_ms(30)
assert not s.poll()
{END}"""
    )
    overruns, blocks, errors, restarts, _ = counts(run)
    assert (overruns, errors, restarts) == (1, 0, 1)
    assert len(gaps(run)) == 1
    assert blocks > 30


def test_poll_makes_up_for_one_lost_callback_after_the_other(machine_in):
    run = machine_in(
        f"""{FULL.format(options="watchdog=False")}
for _ in range(3):
    while not s.poll():
        time.sleep_ms(1)
    time.sleep_ms(10)
    before = s.blocks
    micropython.schedule(hog, None)
    time.sleep_ms(20)
while not s.poll():
    time.sleep_ms(1)
time.sleep_ms(30)
assert s.blocks > before
{END}"""
    )
    _, _, errors, restarts, _ = counts(run)
    assert (errors, restarts) == (0, 4)


def test_a_lost_callback_is_made_up_for_by_the_watchdog(machine_in):
    run = machine_in(f"{FULL.format(options='')}\ntime.sleep_ms(50)\n{END}")
    overruns, blocks, errors, restarts, _ = counts(run)
    assert (errors, restarts) == (0, 1)
    # Where timers have soft callbacks only, it looks too seldom for the ring.
    assert len(gaps(run)) == overruns <= ("esp32" in str(run.report))
    assert blocks > 30


@pytest.mark.not_emulated("a poll object would take the bus for good")
def test_a_bus_that_somebody_else_has_polled_is_opened_anew(machine_in):
    run = machine_in(
        f"""
import select
s = make()
s.start()
feed()
time.sleep_ms(30)
poller = select.poll()
poller.register(s.driver._i2s, select.POLLIN)
poller.poll(0)
time.sleep_ms(200)
before, restarts = s.blocks, s.stats()["restarts"]
time.sleep_ms(100)
assert s.blocks > before + 30 and s.stats()["restarts"] == restarts
{END}"""
    )
    overruns, _, errors, restarts, _ = counts(run)
    assert overruns >= 1
    assert errors == 0
    assert restarts == 2
    pieces = eval(run.text.splitlines()[0])
    assert all(frames >= 4 * BLOCK for _, frames in pieces)
    if run.report["board"] == "rpi_pico":
        assert len(gaps(run)) >= 1


def test_a_read_of_other_code_costs_what_it_takes(machine_in):
    run = machine_in(
        f"""
s = make()
s.start()
feed()
time.sleep_ms(40)
s.driver._i2s.readinto(bytearray(400))
time.sleep_ms(40)
{END}"""
    )
    overruns, _, errors, restarts, _ = counts(run)
    assert (errors, restarts) == (0, 0)
    missing = gaps(run)
    assert len(missing) == 1
    assert 0 < missing[0] <= 4 * BLOCK
    assert overruns <= 1


def test_a_callback_that_is_late_is_not_taken_for_a_lost_one(machine_in):
    # poll() comes from a soft callback, with the stream's own in the queue behind it.
    run = machine_in(
        f"""
polled = False
def watch(_):
    global polled
    time.sleep_ms(60)
    polled = s.poll()
s = make(watchdog=False)
s.start()
feed()
time.sleep_ms(30)
micropython.schedule(watch, None)
time.sleep_ms(90)
assert polled
{END}"""
    )
    overruns, _, errors, restarts, _ = counts(run)
    assert (overruns, errors, restarts) == (1, 0, 0)
    assert len(gaps(run)) == 1


def test_a_callback_behind_one_that_takes_long_is_not_taken_for_a_lost_one(machine_in):
    # The watchdog's doubt waits between the two.
    run = machine_in(
        f"""{SLOW}
def hog(_):
    global late
    late = 40000
    time.sleep_us(30000)
micropython.schedule(hog, None)
time.sleep_ms(150)
{END}"""
    )
    _, blocks, errors, restarts, _ = counts(run)
    assert (errors, restarts) == (0, 0)
    assert blocks > 30


def test_a_full_scheduler_costs_nothing_over_dma(dma_in):
    run = dma_in(f"{FULL.format(options='')}\nassert not s.poll()\n{END}")
    assert counts(run)[0] == counts(run)[3] == 0
    assert not gaps(run)


def test_what_receive_raises_costs_nothing_else(inputs):
    run = inputs(
        f"""
def failing(left, right):
    stereo(left, right)
    if heard % 10 == 0:
        raise ValueError(heard)
s = make(failing)
s.start()
feed()
time.sleep_ms(90)
{END}
print(repr(s.last_error()), s.pool.available())
"""
    )
    overruns, blocks, errors, *_ = counts(run)
    assert overruns == 0
    assert errors == blocks // 10 > 3
    assert not gaps(run)
    assert run.text.splitlines()[2] == f"ValueError({errors * 10},) 8"


def test_ctrl_c_in_receive_reaches_the_program_and_keeps_no_buffer(inputs):
    run = inputs(
        """
def receive(left, right):
    stereo(left, right)
    if heard in (20, 21, 40):
        raise KeyboardInterrupt
s = make(receive)
s.start()
feed()
# A board prints what a callback raises and goes on; here we stand in for its scheduler.
while heard < 60:
    try:
        time.sleep_ms(1)
    except KeyboardInterrupt:
        print("raised")
held = s.pool.capacity() - s.pool.available()
playing = s.playing()
s.stop()
pieces = runs()
print(len(pieces) - (pieces[0][0] == 0), held, playing, s.pool.available())
"""
    )
    assert run.text.count("KeyboardInterrupt") + run.text.count("raised") >= 2
    pieces, held, playing, available = run.text.splitlines()[-1].split()
    assert (pieces, playing, available) == ("1", "True", "8")
    assert held in ("0", "2")


def test_a_pool_without_buffers_costs_blocks_until_it_has_them(inputs):
    run = inputs(
        f"""
pool = SharedBufferPool(3)
one, two = pool.acquire(), pool.acquire()
s = make(pool=pool)
s.start()
feed()
time.sleep_ms(30)
assert not s.blocks and s.stats()["starved"]
pool.release(one)
time.sleep_ms(60)
{END}
print(pool.available())
"""
    )
    overruns, blocks, errors, _, starved = counts(run)
    assert (overruns, errors) == (0, 0)
    assert blocks > 20
    assert 10 <= starved <= 30
    assert run.text.splitlines()[2] == "2"
    pieces = eval(run.text.splitlines()[0])
    assert len(pieces) == 1
    assert pieces[0][0] > 1


def test_a_pool_that_runs_out_for_a_while_costs_blocks_and_they_are_counted(machine_in):
    run = machine_in(
        f"""
s = make(pool=BufferPool(2))
s.start()
feed()
time.sleep_ms(40)
one = s.pool.acquire()
time.sleep_ms(15)
s.pool.release(one)
time.sleep_ms(40)
{END}"""
    )
    overruns, *_, starved = counts(run)
    assert overruns == 0
    assert sum(gaps(run)) == starved * BLOCK > 0


def test_a_buffer_that_comes_back_after_the_first_was_lacking_is_not_lost(machine_in):
    # As the other core can give it back.
    run = machine_in(
        f"""
class Crowded(BufferPool):
    calls = 0
    def acquire(self):
        self.calls += 1
        return None if self.calls % 11 == 0 else super().acquire()
s = make(pool=Crowded(8))
s.start()
feed()
time.sleep_ms(60)
print(s.pool.available())
{END}"""
    )
    run.text, available = run.text.partition("\n")[2], run.text.splitlines()[0]
    *_, errors, restarts, starved = counts(run)
    assert (errors, restarts, available) == (0, 0, "8")
    assert starved >= 2


@pytest.mark.parametrize("inputs", [("emulated", "machine"), ("emulated", "dma")], indirect=True)
def test_a_garbage_collection_costs_nothing(inputs):
    run = inputs(
        f"""
import gc
def collected():
    # No new global names while it plays: they would be looked up in a dict that is growing.
    longest = 0
    for _ in range(3):
        t = time.ticks_us()
        gc.collect()
        longest = max(longest, time.ticks_diff(time.ticks_us(), t))
        time.sleep_ms(20)
    return longest
gc.collect()
longest = 0
s = make()
s.start()
feed()
longest = collected()
{END}
print(longest)
"""
    )
    assert counts(run)[0] == 0
    assert not gaps(run)
    assert 5000 < int(run.text.splitlines()[2]) < 30000


CHANCE = """
import machine, random
random.seed({seed})
before = jumps = lost = repeated = late = 0
def receive(left, right):
    global before, jumps, lost, repeated, late
    kernels.to_pcm16(places[0], left, right, 64)
    first = places[0][0] | places[0][1] << 8
    missing = (first - before - 1) % PERIOD
    if missing and before:
        jumps += 1
        lost += missing
        repeated += missing > PERIOD - 400
    before = first + 63
    us, late = late, 0
    time.sleep_us(us)
    if random.randrange(40) == 0:
        raise ValueError
def hog(us):
    time.sleep_us(us)
def nothing(_):
    pass
def crowd(us):
    try:
        while True:
            micropython.schedule(nothing, None)
    except RuntimeError:
        pass
    time.sleep_us(us)
s = make(receive, rate=32000)
s.start()
for turn in range(25):
    time.sleep_ms(random.randrange(20, 60))
    us = random.choice((500, 5000, 15000, 30000, 45000))
    kind = random.randrange(4)
    if kind == 0:
        late = us
    elif kind == 1:
        micropython.schedule(hog, us)
    elif kind == 2:
        micropython.schedule(crowd, us)
    else:
        s.poll()
    time.sleep_us(us)
time.sleep_ms(100)
state = s.stats()
playing = s.playing()
s.stop()
print(jumps, lost, repeated, state["overruns"], state["blocks"], playing, s.pool.available(),
      DRIVER)
"""


@pytest.mark.not_emulated("a chip sends no counter from its first frame on")
@pytest.mark.parametrize("seed", range(4))
def test_whatever_comes_at_random_is_survived_and_counted(inputs, seed):
    run = inputs(CHANCE.format(seed=seed))
    *numbers, playing, available, driver = run.text.split()
    jumps, lost, repeated, overruns, blocks = map(int, numbers)
    assert (playing, available, repeated) == ("True", "8", 0)
    assert blocks > 400
    assert overruns > 0
    if driver == "dma":
        assert lost == overruns * BLOCK
    else:  # gaps, as the clock tells them
        assert abs(jumps - overruns) <= 1
