"""The apps on the emulated Pico: sample for sample what leaves the virtual board.

Rendering takes time on the chip alone: silence before the sound may be longer there by whole
halves of the DMA buffer, and a stop comes later in the music.
"""

import numpy as np
import pytest
from app_kit import trimmed, wav_file
from emulated_run import Both, app_on_both, needs_images

pytestmark = needs_images

# Frames that go by on the chip between the last callback and the end of deinit().
CLOSING = 14
# Of a fade out at a stop, and of the blocks in which it falls.
FADE = 1500
STOP = """
import time
time.sleep_ms(80)
app.stop()
print(app.stats()["underruns"], app.stats()["render_errors"])
"""


def sounds(both: Both) -> tuple[np.ndarray, np.ndarray]:
    """The frames of either, of mono streams as they are on the bus."""
    assert not both.chip.error
    assert both.virtual.lines == both.chip.lines
    ours, theirs = both.virtual.frames, both.chip.frames
    assert ours.dtype == theirs.dtype
    return np.repeat(ours, 3 - ours.shape[1], axis=1)[:, :2], theirs


def silences(frames: np.ndarray) -> tuple[int, int]:
    heard = np.flatnonzero(frames.any(axis=1))
    return int(heard[0]), len(frames) - 1 - int(heard[-1])


def assert_same_music(both: Both) -> np.ndarray:
    """All of the sound the same, and the silence around it as long as it has to be."""
    ours, theirs = sounds(both)
    np.testing.assert_array_equal(trimmed(theirs), trimmed(ours))
    half = 64 // theirs.dtype.itemsize
    (before, after), (chips_before, chips_after) = silences(ours), silences(theirs)
    assert chips_before >= before
    assert (chips_before - before) % half == 0
    assert 0 <= (chips_after - after) % half <= CLOSING
    return trimmed(theirs)


def music(bits=16, channels=2, frames=4000, rate=44100) -> dict[str, bytes]:
    """A file of random samples, none of whose frames is silent."""
    random = np.random.default_rng(frames)
    full = 1 << bits - 1
    x = random.integers(-full, full, (frames, channels)) | 1 << bits - 16
    raw = x.astype("<i4").reshape(-1).view("u1").reshape(-1, 4)[:, : bits // 8].tobytes()
    return {"/music.wav": wav_file(raw, channels=channels, bits=bits, rate=rate)}


@pytest.mark.parametrize(
    "options",
    [
        {"notes": 440, "seconds": 0.2},
        {"seconds": 0.3, "entry": 0.05, "spread": 0.03},
        {"notes": (331.7, 12000), "level": 0.9, "seconds": 0.15, "rate": 48000},
        {"notes": 440, "bits": 32, "rate": 22050, "seconds": 0.2},
        {"channel_test": True, "rate": 8000, "seconds": 1.6},
    ],
    ids=str,
)
def test_tone(options):
    heard = assert_same_music(app_on_both("tone", **options))
    rate, seconds = options.get("rate", 44100), options["seconds"]
    assert len(heard) / rate == pytest.approx(seconds, abs=0.05)
    assert heard.max() > 0.3 * 2 ** (8 * heard.dtype.itemsize - 1)


@pytest.mark.parametrize(
    "file",
    [
        {},
        {"channels": 1},
        {"bits": 24},
        {"bits": 24, "channels": 1},
        {"frames": 500},
        {"frames": 1},
        {"rate": 8000, "frames": 2000},
        {"rate": 48000},
    ],
    ids=str,
)
def test_wav_player(file):
    heard = assert_same_music(app_on_both("wav_player", files=music(**file)))
    # No gap: every frame of the file, and nothing else.
    assert len(heard) == file.get("frames", 4000)


@pytest.mark.parametrize(("app", "options"), [("tone", {}), ("wav_player", {"loop": True})])
def test_stop(app, options):
    both = app_on_both(app, STOP, files=music(frames=900), **options)
    assert both.chip.lines == ["0 0"]
    ours, theirs = (trimmed(frames) for frames in sounds(both))
    n = len(ours) - FADE
    assert n > 1000
    np.testing.assert_array_equal(theirs[:n], ours[:n])
    assert len(theirs) >= len(ours)
    assert np.abs(theirs[-8:].astype(int)).max() < 400


def test_starting_again_after_a_stop():
    both = app_on_both(
        "tone",
        """
import time
while app.stream.playing():
    time.sleep_ms(5)
app = tone.start(board, notes=(300, 500), seconds=0.12)
while app.stream.playing():
    time.sleep_ms(5)
print(app.stats()["underruns"], app.stats()["restarts"])
""",
        notes=997,
        seconds=0.12,
    )
    assert both.chip.lines[-1:] == ["0 0"]
    ours, theirs = (trimmed(frames) for frames in sounds(both))
    for tone in (slice(0, 4500), slice(-4500, None)):
        np.testing.assert_array_equal(theirs[tone], ours[tone])


def test_no_underrun_at_44100_frames_of_16_bit_stereo():
    both = app_on_both(
        "wav_player",
        """
import time
time.sleep_ms(250)
print(app.stats()["underruns"], app.stats()["late_callbacks"], app.stats()["restarts"])
while app.stream.playing():
    time.sleep_ms(5)
""",
        files=music(frames=16000),
    )
    assert both.chip.lines == ["0 0 0"]
    assert len(assert_same_music(both)) == 16000
