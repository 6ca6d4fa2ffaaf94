"""The app `echo` end to end: what came in is heard, and again after each time of its delay."""

import numpy as np
import pytest
from app_kit import wav_file, with_app
from virtual_run import needs_micropython

pytestmark = needs_micropython

RATE = 22050
PULSE = 1 << 14
# Frame of the recording with the pulse: behind the fade-in of the first block.
AT = 4000


@pytest.fixture
def pulse(tmp_path):
    """A recording of one loud frame, on the left only in the second."""
    frames = np.zeros((RATE, 2), "<i2")
    frames[AT] = PULSE, -PULSE // 2
    path = tmp_path / "pulse.wav"
    path.write_bytes(wav_file(frames.tobytes(), rate=RATE))
    return path


def echo(options: str, after: str, wav_in=None, *, board="rpi_pico", seconds=2.0):
    played = with_app(
        "echo",
        f"import time\napp = echo.start(board, {options})\n{after}",
        board=board,
        seconds=seconds,
        wav_in=wav_in,
    )
    assert played.code == 0, played.err
    return played


def heard(played) -> np.ndarray:
    """The frames in steps of 16 bits."""
    return played.frames.astype(np.int64) >> 8 * played.frames.dtype.itemsize - 16


WAIT = """
time.sleep_ms(700)
st = app.stats()
app.stop()
print(st["latency_frames"], st["delay_frames"], st["underruns"], st["render_errors"])
print(app.stream.playing(), app.stream.pool.available() == app.stream.pool.capacity())
print(app.status)
"""


@pytest.mark.parametrize("board", ["rpi_pico", "esp32_generic", "virtual"])
@pytest.mark.parametrize(("ms", "feedback", "wet"), [(120, 0.4, 0.6), (60, 0.9, 1), (3, 0, 0.5)])
def test_each_echo_comes_when_it_should_and_as_loud(board, ms, feedback, wet, pulse):
    played = echo(f"ms={ms}, feedback={feedback}, wet={wet}", WAIT, pulse, board=board)
    latency, delay, underruns, errors = map(int, played.lines[0].split())
    assert (underruns, errors) == (0, 0)
    assert played.lines[1] == "False True"
    assert abs(delay - ms * RATE / 1000) <= 32
    left = heard(played)[:, 0]
    loud = np.flatnonzero(np.abs(left) > 8)
    # To a frame over one clock; the buses of machine.I2S are not opened at once.
    assert loud[0] == pytest.approx(AT + latency, abs=0 if board != "esp32_generic" else 8)
    times = loud[0] + delay * np.arange(4)
    expected = [PULSE] + [PULSE * wet * feedback**i for i in range(3)]
    np.testing.assert_allclose(left[times], expected, atol=1)
    assert set(np.diff(loud)) <= {delay}
    assert f" {delay * 1000 // RATE} ms in {delay // 64} buffers, 22050 Hz" in played.lines[2]
    assert played.report["allocated_bytes"] == 0


def test_two_channels_have_lines_of_their_own(pulse):
    played = echo("channels=2, ms=40, wet=0.5", WAIT, pulse)
    latency, delay, *_ = map(int, played.lines[0].split())
    times = AT + latency + delay * np.arange(3)
    expected = np.array([[1, -0.5], [0.5, -0.25], [0.2, -0.1]]) * PULSE
    np.testing.assert_allclose(heard(played)[times], expected, atol=1)


def test_a_stop_does_not_click(tmp_path):
    x = np.round(12000 * np.sin(2 * np.pi * 300 * np.arange(RATE) / RATE)).astype("<i2")
    path = tmp_path / "tone.wav"
    path.write_bytes(wav_file(np.stack([x, x], 1).tobytes(), rate=RATE))
    played = echo("wet=0.3", WAIT, path)
    left = heard(played)[:, 0]
    own = 12000 * 1.6 * 2 * np.pi * 300 / RATE
    assert np.abs(np.diff(left))[5000:].max() < own * 1.2
    assert abs(left[-1]) < 2


def test_it_starts_again_with_the_pool_of_the_program():
    played = with_app(
        "echo",
        """
import time
from aether import SharedBufferPool
pool = SharedBufferPool(12)
for _ in range(2):
    app = echo.start(board, ms=20, pool=pool)
    time.sleep_ms(50)
    print(pool.available())
    app.stop()
    app.stop()
    print(pool.available(), app.stats()["render_errors"])
""",
    )
    assert played.lines == ["3", "12 0"] * 2


REFUSED = [
    ("ms=0", "ms must be 3 to 293 with 1 channels of 22050 Hz here, not 0"),
    ("ms=500", "ms must be 3 to 293 with 1 channels of 22050 Hz here, not 500"),
    ("ms=200, rate=44100", "ms must be 2 to 146 with 1 channels of 44100 Hz here, not 200"),
    ("ms=200, channels=2", "ms must be 3 to 142 with 2 channels of 22050 Hz here, not 200"),
    ("ms='1'", "ms must be a number, not str"),
    ("feedback=1", "feedback must be 0 to 0.95, not 1"),
    ("wet=-1", "wet must be 0 to 1, not -1"),
    ("rate=500", "rate must be 1000 to 192000, not 500"),
    ("bits=8", "bits must be 16 or 32, not 8"),
    ("channels=3", "channels must be 1 or 2, not 3"),
    ("blocks=1", "blocks must be 2 to 64, not 1"),
    ("pool=SharedBufferPool(8)", "the pool has 8 free buffers, an echo of 120 ms needs 43"),
    ("pool=BufferPool(50)", "pool must be a SharedBufferPool, not BufferPool"),
    ("pool=SharedBufferPool(99, 32)", "the pool's buffers must have 64 samples, not 32"),
]


def test_mistakes_are_told_in_a_line_and_leave_nothing_open():
    calls = "".join(
        f"try:\n    echo.start(board, {call})\nexcept (TypeError, ValueError) as error:\n"
        "    print(error)\n"
        for call, _ in REFUSED
    )
    played = with_app(
        "echo",
        f"import rp2\nfrom aether import BufferPool, SharedBufferPool\n{calls}"
        "app = echo.start(board)\napp.stop()\n"
        "print([n for n in range(8) if rp2.StateMachine(n).active()])\n",
    )
    assert played.code == 0, played.err
    assert played.lines == [*(message for _, message in REFUSED), "[]"]
