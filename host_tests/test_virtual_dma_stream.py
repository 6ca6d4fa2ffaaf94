"""A stream over DMA on the virtual board: what is heard, when it is called, what is counted."""

import numpy as np
import pytest
from aether_tools import interpreter
from virtual_run import Played, needs_micropython, play, sounding

# A count in every sample, from blocks that were made before: rendering allocates nothing.
STREAM = """
import board, machine, time
from array import array
from aether import I2SOut, SharedBufferPool, drivers
def ramps(step):
    store = memoryview(array("f", bytes(4 * 64 * 40)))
    for i in range(len(store)):
        store[i] = step * (i + 1) / 32768
    return [store[i:i + 64] for i in range(0, len(store), 64)]
RAMPS, BACK = ramps(1), ramps(-1)
rendered = 0
def stereo(left, right):
    global rendered
    left[:] = RAMPS[rendered % 40]
    right[:] = BACK[rendered % 40]
    rendered += 1
def mono(block):
    global rendered
    block[:] = RAMPS[rendered % 40]
    rendered += 1
def stream(render=stereo, blocks=6, **options):
    driver = drivers.from_board(board, driver="dma", **options)
    return I2SOut(driver, SharedBufferPool(2), render, blocks=blocks)
"""


def run(code: str, board: str = "rpi_pico", **options) -> Played:
    played = play(STREAM + code, board, opened=False, **options)
    assert played.code == 0, played.err
    return played


def assert_counts(frames: np.ndarray, shift: int = 0) -> None:
    """Every sample of every frame is the one that follows, from the first on."""
    n = np.arange(len(frames)) % 2560 + 1
    expected = np.stack([n, -n][: frames.shape[1]], 1).astype(frames.dtype) << shift
    np.testing.assert_array_equal(frames, expected)


def silent_blocks(frames: np.ndarray) -> int:
    """Blocks of nothing but zeros before the last sound."""
    last = np.flatnonzero(frames.any(axis=1))[-1] + 1
    blocks = frames[: last // 64 * 64].reshape(-1, 64, frames.shape[1])
    return int((~blocks.any(axis=(1, 2))).sum())


PLAY = "s = stream()\ns.start()\ntime.sleep_ms(300)\nprint(s.stats()['underruns'])\n"


@needs_micropython
@pytest.mark.parametrize("board", ["rpi_pico", "rpi_pico2", "virtual"])
def test_plays_what_is_rendered_sample_for_sample(board):
    played = run(PLAY, board, seconds=1)
    assert played.lines == ["0"]
    # It plays on after the program's end, until the run's.
    assert_counts(played.frames)
    clock = 150e6 if board == "rpi_pico2" else 125e6
    rate = clock * 256 / 64 / round(clock * 256 / 64 / 44100)
    assert len(played.frames) == pytest.approx(rate, abs=400)
    assert played.report["frame_rate"] == pytest.approx(rate)
    assert played.report["rate"] == played.wavs[0][0] == 44100
    assert played.report["frames_played"] == len(played.frames)
    assert played.report["deterministic"]


@needs_micropython
def test_the_same_at_every_run():
    code = PLAY + "print(time.ticks_us(), s.stats())"
    first, second = run(code, cost=700), run(code, cost=700)
    assert first.out == second.out
    np.testing.assert_array_equal(first.frames, second.frames)


@pytest.mark.skipif(not interpreter.available(), reason="nothing to compare with")
@pytest.mark.parametrize("cost", [0, 2000])
@pytest.mark.parametrize("options", ["", "bits=32", "render=mono, channels=1"])
def test_plays_under_cpython_what_it_plays_under_micropython(options, cost, monkeypatch):
    code = f"s = stream({options})\ns.start()\ntime.sleep_ms(50)\ns.stop()\nprint(rendered)"
    reference = run(code, cost=cost)
    monkeypatch.setattr(interpreter, "available", lambda: False)
    played = run(code, cost=cost)
    assert played.out == reference.out
    np.testing.assert_array_equal(played.frames, reference.frames)
    assert len(sounding(played.frames)) > 500


@needs_micropython
@pytest.mark.parametrize("rate", [8000, 48000, 96000])
def test_other_rates(rate):
    played = run(PLAY.replace("stream()", f"stream(rate={rate})"), seconds=0.5)
    assert played.wavs[0][0] == rate
    assert_counts(played.frames)
    assert len(played.frames) == pytest.approx(rate / 2, rel=0.02)


@needs_micropython
@pytest.mark.parametrize(
    ("options", "channels", "shift"),
    [("bits=32", 2, 16), ("render=mono, channels=1", 1, 0), ("hard=True", 2, 0)],
)
def test_other_formats(options, channels, shift):
    played = run(PLAY.replace("stream()", f"stream({options})"), seconds=0.5)
    assert played.frames.shape[1] == channels
    assert played.frames.dtype.itemsize == (4 if shift else 2)
    assert_counts(played.frames, shift)
    assert len(played.frames) > 21000


@needs_micropython
def test_32_bit_mono_goes_to_both_channels():
    code = PLAY.replace("stream()", "stream(render=mono, channels=1, bits=32)")
    frames = run(code, seconds=0.5).frames
    assert frames.shape[1] == 2
    np.testing.assert_array_equal(frames[:, 0], frames[:, 1])
    assert_counts(frames[:, :1], 16)


@needs_micropython
@pytest.mark.parametrize("cost", [1600, 2000, 4500])
def test_underruns_are_the_blocks_of_silence(cost):
    code = """
s = stream()
s.start()
time.sleep_ms(150)
s.stop()
print(s.stats()["underruns"], rendered)
"""
    played = run(code, cost=cost)
    underruns, rendered = map(int, played.lines[0].split())
    assert underruns > 0
    assert underruns == silent_blocks(played.frames)
    assert len(played.frames) >= 64 * (underruns + rendered)
    # Interrupts that come upon a callback allocate nothing either.
    assert played.report["allocated_bytes"] == 0


@needs_micropython
def test_a_cost_that_fits_leaves_no_gap():
    played = run(PLAY, cost=1000, seconds=0.4)
    assert played.lines == ["0"]
    assert_counts(played.frames)
    assert played.report["deterministic"]
    assert played.report["allocated_bytes"] == 0


@needs_micropython
def test_callbacks_come_once_a_block_and_allocate_nothing():
    played = run(PLAY, seconds=1)
    times = np.array([us for us, _ in played.result.callbacks])
    period = 64e6 / played.report["frame_rate"]
    np.testing.assert_allclose(np.diff(times), period, atol=20)
    assert played.report["callbacks"] == len(times)
    assert len(times) == pytest.approx(1e6 / period, abs=8)
    assert played.report["allocated_bytes"] == 0


@needs_micropython
def test_interrupts_that_are_masked_cost_silence_and_the_sound_returns():
    played = run("""
s = stream(blocks=3)
s.start()
time.sleep_ms(20)
state = machine.disable_irq()
time.sleep_ms(20)
machine.enable_irq(state)
time.sleep_ms(30)
s.stop()
print(s.stats()["underruns"])
""")
    gaps = silent_blocks(played.frames)
    assert 10 < gaps < 14
    assert played.lines == [str(gaps + 1)]  # in the first there is the fade-out


@needs_micropython
def test_a_stopped_stream_leaves_nothing_behind():
    played = run("""
import rp2
for _ in range(3):
    s = stream()
    s.start()
    time.sleep_ms(10)
    s.stop()
print(len([rp2.DMA() for _ in range(12)]))
time.sleep_ms(100)
""")
    assert played.lines == ["12"]
    assert played.report["seconds"] == pytest.approx(0.2, abs=0.06)
    assert len(played.wavs) == 1
    assert len(played.frames) < 3 * 1600


@needs_micropython
def test_another_format_has_a_file_of_its_own():
    played = run("""
for options in ({}, {"bits": 32}, {"rate": 22050}):
    s = stream(**options)
    s.start()
    time.sleep_ms(20)
    s.stop()
""")
    shapes = [(rate, frames.dtype.itemsize) for rate, frames in played.wavs]
    assert shapes == [(44100, 2), (44100, 4), (22050, 2)]


@needs_micropython
def test_a_failed_program_ends_the_sound():
    played = play(STREAM + PLAY + "raise ValueError('over')", opened=False, seconds=2)
    assert played.code == 1
    assert "ValueError: over" in played.err
    assert 0.25 < len(played.frames) / 44100 < 0.35


@needs_micropython
def test_two_streams_play_at_once():
    played = run("""
class Other:
    I2S_ID, SCK, WS, SD, RATE, IBUF, DRIVER = 1, 10, 11, 12, 22050, 4096, "dma"
first, second = stream(), I2SOut(drivers.from_board(Other), SharedBufferPool(2), stereo)
first.start()
second.start()
time.sleep_ms(50)
first.stop()
second.stop()
print(first.stats()["underruns"], second.stats()["underruns"])
""")
    assert played.lines == ["0 0"]
    assert [rate for rate, _ in played.wavs] == [44100, 22050]


@needs_micropython
def test_a_new_system_clock_changes_the_pace():
    played = run("""
s = stream()
s.start()
time.sleep_ms(10)
machine.freq(250000000)
time.sleep_ms(50)
s.stop()
""")
    assert_counts(sounding(played.frames)[:2560])
    assert len(played.frames) == pytest.approx(441 + 4410 + 800, abs=500)
