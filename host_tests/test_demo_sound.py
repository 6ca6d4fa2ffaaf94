"""What the pictures are made of: the sound in a WAV file, its envelope and its spectrogram."""

import struct
import wave

import numpy as np
import pytest
from aether_tools import demo_picture, sound


def written(path, samples, rate=44100, size=2):
    """A WAV file of integers, frames x channels."""
    samples = np.asarray(samples, f"<i{size}")
    with wave.open(str(path), "wb") as file:
        file.setparams((samples.shape[1], size, rate, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return sound.read(path)


def sine(hz, level, seconds=1.0, rate=44100):
    t = np.arange(int(seconds * rate)) / rate
    left = np.round(level * 32767 * np.sin(2 * np.pi * hz * t))
    return np.column_stack((left, left))


def test_samples_and_format_are_read_as_they_are(tmp_path):
    frames = [[1, -2], [32767, -32768], [5, 6]]
    played = written(tmp_path / "a.wav", frames, rate=8000)
    assert played.samples.tolist() == frames
    assert (played.rate, played.bits, played.channels, played.frames) == (8000, 16, 2, 3)
    assert played.peak() == 1.0
    assert played.floats(-1, 2).tolist() == [[0, 0], [2**-15, -(2**-14)], [32767 / 32768, -1]]
    assert played.floats(2, 5)[1:].tolist() == [[0, 0], [0, 0]]


def test_32_bits_are_scaled_by_their_own_full_scale(tmp_path):
    played = written(tmp_path / "a.wav", [[-(2**31)], [2**30]], size=4)
    assert played.floats(0, 2).tolist() == [[-1], [0.5]]
    assert written(tmp_path / "b.wav", [[2**30]], size=4).peak() == 0.5


def test_the_envelope_misses_no_single_sample(tmp_path):
    frames = np.zeros((10_000, 2))
    frames[7_777, 1] = -16384
    times, low, high = written(tmp_path / "a.wav", frames, rate=1000).envelope(100)
    assert len(times) == 100
    assert low[:, 1].min() == -0.5
    assert times[low[:, 1].argmin()] == pytest.approx(7.7, abs=0.1)
    assert high.max() == low[:, 0].min() == 0


@pytest.mark.parametrize("hz", [100, 1000, 12000])
def test_the_spectrogram_shows_a_sine_at_its_pitch_and_level(tmp_path, hz):
    played = written(tmp_path / "a.wav", sine(hz, 0.5))
    levels, rows = sound.spectrogram(played, 5, 300, 40)
    middle = levels[:, 2]
    assert rows[middle.argmax()] == pytest.approx(hz, rel=0.06)
    assert middle.max() == pytest.approx(-6, abs=1.5)
    # More than an octave away there is nothing.
    assert middle[np.argmin(np.abs(rows - hz * 0.4))] < -85


def test_silence_is_far_below_everything(tmp_path):
    levels, _ = sound.spectrogram(written(tmp_path / "a.wav", np.zeros((5000, 1))), 4, 10, 40)
    assert levels.max() < -150


@pytest.mark.parametrize("frames", [1, 2, 63, 5000])
@pytest.mark.parametrize("channels", [1, 2])
def test_the_shortest_sounds_can_be_drawn(tmp_path, frames, channels):
    played = written(tmp_path / "a.wav", np.full((frames, channels), 100))
    report = {"app": "a", "interpreter": "b", "board": "c", "true_underruns": 0, "callbacks": 0}
    report["allocated_bytes"] = 0
    demo_picture.draw(report, played, np.zeros((0, 2)), tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    assert struct.unpack(">I", data[16:20]) == (1800,)
