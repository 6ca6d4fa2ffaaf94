"""What the virtual board counts as allocated by callbacks over DMA: what the program does."""

import pytest
from virtual_run import needs_micropython, play

pytestmark = needs_micropython

STREAM = """
import board, micropython, time
from array import array
from aether import I2SOut, SharedBufferPool, drivers
def stream(render, driver="dma", **options):
    return I2SOut(drivers.from_board(board, driver=driver, **options), SharedBufferPool(2), render)
def silent(left, right):
    pass
"""


def lines(code: str, callbacks: int, **options) -> list[str]:
    """What is printed by a program whose callbacks, more than so many, allocate nothing."""
    played = play(STREAM + code, opened=False, **options)
    assert played.code == 0, played.err
    assert played.report["callbacks"] > callbacks
    assert played.report["allocated_bytes"] == 0
    return played.lines


@pytest.mark.parametrize("cost", [0, 500])
@pytest.mark.parametrize("options", ["", "hard=True", "bits=32", "driver='machine'"])
def test_a_stream_that_its_render_stops_allocates_nothing_in_its_last_callback(options, cost):
    assert lines(
        f"""
def ending(left, right):
    if s.blocks == 200:
        s.stop()
s = stream(ending, {options})
s.start()
time.sleep_ms(600)
print(s.playing())
""",
        40,
        cost=cost,
    ) == ["False"]


def test_interrupts_in_the_middle_of_callbacks_that_are_late_allocate_nothing():
    assert lines(
        """
loud = array("f", [0.5] * 64)
def render(left, right):
    left[:] = loud
s = stream(render)
s.start()
time.sleep_ms(100)
s.stop()
print(s.stats()["underruns"] > 10)
""",
        5,
        cost=3000,
    ) == ["True"]


def test_what_a_hard_handler_is_refused_is_not_counted():
    # While this callback waits, interrupts find the scheduler's queue full.
    assert lines(
        """
def stop(_):
    for _ in range(7):
        micropython.schedule(print, "queued")
    s.stop()
    time.sleep_ms(15)
s = stream(silent, hard=True)
s.start()
time.sleep_ms(20)
micropython.schedule(stop, None)
time.sleep_ms(20)
print(s.playing())
""",
        20,
    ) == ["queued"] * 7 + ["False"]


def test_a_handler_that_sets_registers_allocates_nothing():
    assert lines(
        """
import rp2
source, target = bytearray(range(64)), bytearray(64)
dma = rp2.DMA()
ctrl = dma.pack_ctrl(irq_quiet=False)
calls = 0
def again(dma):
    global calls
    calls += 1
    if calls < 20:
        dma.read = source
        dma.write = target
        dma.count = 16
        dma.ctrl = ctrl
        dma.active(True)
dma.irq(again)
again(dma)
time.sleep_ms(5)
print(calls, target == source)
""",
        18,
    ) == ["20 True"]
