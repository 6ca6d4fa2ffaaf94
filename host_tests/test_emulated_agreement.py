"""The virtual board's I2S against the emulated Pico: whole WAVs, callbacks, blocking calls.

Times are to agree to 30 us, which at the end of a WAV is two frames. Programs open the bus inside
a function and have their data ready before: code takes time on the chip alone.
"""

import numpy as np
import pytest
from emulated_run import Both, needs_images, on_both

pytestmark = needs_images

TOLERANCE = 30
# The last frames of a bus that is closed while it plays.
FRAMES = 2


def program(body: str, wires: str = "") -> Both:
    """Runs the lines of `body` with `wires`, the arguments of an I2S."""
    lines = "\n".join("    " + line for line in body.strip().splitlines())
    return on_both(f"def program(wires):\n{lines}\nprogram(wires({wires}))\n")


def assert_same_sound(both: Both, bits: int = 16, frames: int = FRAMES) -> None:
    """Every sample the same from the first frame on, and as many frames, but for `frames`."""
    virtual = both.virtual.wavs
    assert len(virtual) == len(both.chip.sounds)
    for (_, ours), (_, theirs) in zip(virtual, both.chip.sounds, strict=True):
        assert ours.dtype == theirs.dtype
        ours = np.repeat(ours, 3 - ours.shape[1], axis=1)[:, :2]
        n = min(len(ours), len(theirs))
        assert n > 50
        np.testing.assert_array_equal(ours[:n], theirs[:n])
        assert abs(len(ours) - len(theirs)) <= frames
    assert virtual[0][1].dtype.itemsize * 8 == bits
    assert both.virtual.lines == both.chip.lines
    assert not both.chip.error


def assert_same_times(both: Both, tolerance: float = TOLERANCE) -> None:
    assert not both.chip.error
    ours, theirs = eval(both.virtual.out), eval(both.chip.out)
    assert len(ours) == len(theirs) > 0
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance)


NON_BLOCKING = """
data = ramp({frames}, width={width}, channels={channels})
i2s = I2S(0, **wires)
i2s.irq(lambda s: None)
i2s.write(data)
time.sleep_us(15000)
i2s.deinit()
"""


@pytest.mark.parametrize("form", ["STEREO", "MONO"])
@pytest.mark.parametrize("bits", [16, 32])
def test_what_is_written_in_each_format(bits, form):
    # The tail is less than half of the DMA buffer: it never plays.
    body = NON_BLOCKING.format(frames=300, width=bits // 8, channels=1 + (form == "STEREO"))
    # At 44,100 frames the interrupt outlasts a half of 32-bit stereo: old data is played.
    both = program(body, f"bits={bits}, format=I2S.{form}, rate={44100 if bits == 16 else 32000}")
    assert_same_sound(both, bits)
    assert both.chip.frames.any()


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 32000, 48000])
def test_what_is_written_at_each_rate(rate):
    both = program(NON_BLOCKING.format(frames=100, width=2, channels=2), f"rate={rate}")
    assert_same_sound(both)
    assert both.virtual.report["frame_rate"] == pytest.approx(both.chip.sounds[0][0], rel=2e-5)


@pytest.mark.parametrize("ibuf", [129, 500, 1000, 4096, 20000])
def test_blocking_writes(ibuf):
    both = program(
        """
data = ramp(500)
i2s = I2S(0, **wires)
print(i2s.write(data), i2s.write(data))
time.sleep_us(15000)
i2s.deinit()
""",
        f"ibuf={ibuf}",
    )
    assert_same_sound(both, frames=4)


@pytest.mark.parametrize("wait", [450, 520, 560, 600])
def test_a_blocking_write_just_before_an_interrupt(wait):
    both = program(
        f"""
data = ramp(200)
i2s = I2S(0, **wires)
time.sleep_us({wait})
i2s.write(data)
time.sleep_us(8000)
i2s.deinit()
""",
        "ibuf=8000",
    )
    assert_same_sound(both)


@pytest.mark.parametrize("ibuf", [100, 128])
def test_a_ring_that_never_holds_a_half_never_plays(ibuf):
    both = on_both(f"open_i2s(ibuf={ibuf}).write(ramp(100))\nprint('written')\n", seconds=0.3)
    assert both.virtual.lines == both.chip.lines == []
    assert len(both.chip.frames) > 9000
    assert not both.chip.frames.any() and not both.virtual.frames.any()


@pytest.mark.parametrize("us", [10000, 10300, 10600])
def test_where_an_underrun_is_and_how_long(us):
    both = program(f"""
first, second = ramp(80), ramp(80, 81)
i2s = I2S(0, **wires)
i2s.irq(lambda s: None)
i2s.write(first)
time.sleep_us({us})
i2s.write(second)
time.sleep_us(9000)
i2s.deinit()
""")
    assert_same_sound(both)
    heard = np.flatnonzero(both.chip.frames.any(axis=1))
    assert np.diff(heard).max() > 300


def test_a_callback_that_comes_late_leaves_gaps():
    both = program("""
data = ramp(1000)
n = 0
i2s = I2S(0, **wires)
def ready(s):
    nonlocal n
    n += 1
    if n < 6:
        time.sleep_us(4000)
        s.write(data, n * 400, 400)
i2s.irq(ready)
i2s.write(data, 0, 400)
time.sleep_us(60000)
i2s.deinit()
print(n)
""")
    assert_same_sound(both)


def test_writes_of_any_length_one_after_the_other():
    both = program("""
parts = [ramp(n, first) for first, n in ((1, 40), (41, 200), (241, 16), (257, 500), (757, 1))]
last = ramp(1)
i2s = I2S(0, **wires)
def ready(s):
    if parts:
        s.write(parts.pop(0))
i2s.irq(ready)
i2s.write(parts.pop(0))
time.sleep_us(30000)
i2s.write(last, 3)
time.sleep_us(3000)
i2s.deinit()
""")
    assert_same_sound(both)


def test_a_second_write_and_another_mode():
    both = program(
        """
first, second = ramp(1024), ramp(256, 5001)
done = []
i2s = I2S(0, **wires)
i2s.irq(done.append)
print(i2s.write(first))
time.sleep_us(1000)
print(i2s.write(second))
time.sleep_us(2500)
i2s.irq(None)
time.sleep_us(5000)
i2s.irq(done.append)
time.sleep_us(15000)
i2s.deinit()
print(len(done), i2s.write(second))
""",
        "ibuf=6000",
    )
    assert_same_sound(both)


def test_a_bus_opened_again_begins_with_old_data():
    both = program("""
data = ramp(512)
i2s = I2S(0, **wires)
i2s.irq(lambda s: None)
i2s.write(data)
time.sleep_us(8000)
i2s.deinit()
i2s = I2S(0, **wires)
time.sleep_us(10000)
i2s.deinit()
""")
    # Had deinit() cut off a right sample, the chip would play one frame more.
    assert_same_sound(both, frames=2 * FRAMES)
    assert (np.diff(both.chip.frames[:, 0]) < 0).sum() > 1


def test_a_bus_opened_again_in_another_format():
    both = program("""
data = ramp(300)
i2s = I2S(0, **wires)
i2s.write(data)
time.sleep_us(15000)
for change in (dict(bits=32), dict(bits=16, rate=22050)):
    i2s.deinit()
    wires.update(change)
    i2s.init(**wires)
    time.sleep_us(8000)
i2s.deinit()
""")
    assert_same_sound(both)


def test_the_other_id_and_both_at_once():
    both = program("""
import gc
data = ramp(600)
order = []
other = dict(wires)
other.update(sck=Pin(20), ws=Pin(21), sd=Pin(22), rate=32000)
gc.collect()
a, b = I2S(1, **wires), I2S(0, **other)
a.irq(lambda s: order.append(1))
b.irq(lambda s: order.append(0))
a.write(data)
b.write(data)
time.sleep_ms(15)
a.write(data)
b.write(data)
time.sleep_us(15000)
a.deinit()
b.deinit()
print(order, a is b, a is I2S(1, **wires))
a.deinit()
""")
    assert both.virtual.lines == both.chip.lines
    # Of the chip only the board's pins are heard; the first object of an id takes longer there.
    ours, theirs = both.virtual.frames, both.chip.frames
    np.testing.assert_array_equal(ours[:600], theirs[:600])


def test_interrupts_masked_for_less_than_a_half():
    both = program(
        """
from machine import disable_irq, enable_irq
data = ramp(2000)
i2s = I2S(0, **wires)
i2s.write(data)
time.sleep_us(3000)
for _ in range(4):
    state = disable_irq()
    time.sleep_us(500)
    enable_irq(state)
    time.sleep_us(900)
i2s.deinit()
""",
        "ibuf=20000",
    )
    assert_same_sound(both)
