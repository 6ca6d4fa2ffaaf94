"""The meter and the WAV player, as nodes."""

import numpy as np
import pytest
from aether.nodes import Meter, WavPlayer
from aether.nodes.node import IDLE
from app_kit import wav_file
from effects_kit import RATE, N, noise, play

NAN, INF = float("nan"), float("inf")


def test_a_meter_shows_peak_and_power_of_a_tone():
    x = 0.5 * np.sin(2 * np.pi * 997 * np.arange(150 * N) / RATE)
    meter = Meter()
    assert (meter.peak, meter.rms) == (-144, -144)
    play(meter, x)
    assert meter.peak == pytest.approx(20 * np.log10(np.abs(x).max()), abs=0.001)
    assert meter.rms == pytest.approx(20 * np.log10(0.5) - 3.0103, abs=0.02)


@pytest.mark.parametrize("level", [4.0, 1.0, 1e-2, 1e-4])
def test_a_meter_counts_what_is_loud_and_what_is_not(level):
    x = noise(1, 69 * N, level)
    meter = Meter()
    play(meter, x)
    assert meter.peak == pytest.approx(20 * np.log10(np.abs(x).max()), abs=0.02)
    assert meter.rms == pytest.approx(
        10 * np.log10(np.mean(x**2)), abs=0.3 if level > 1e-3 else 0.6
    )


def test_a_peak_stays_and_then_falls_and_the_meter_rests():
    meter = Meter(hold=0.1, decay=100)
    x = np.zeros(1 * N)
    x[3] = 1
    play(meter, x)
    held = round(0.1 * RATE / N)
    play(meter, np.zeros(held * N))
    assert meter.peak == pytest.approx(0, abs=1e-5)
    blocks = round(0.2 * RATE / N)
    play(meter, np.zeros(blocks * N))
    assert meter.peak == pytest.approx(-20, abs=0.5)
    assert meter.state[IDLE] == 0
    play(meter, np.zeros(2000 * N))
    assert (meter.peak, meter.rms, meter.state[IDLE]) == (-144, -144, 1)


@pytest.mark.parametrize("bad", [NAN, INF, -INF, 3e38])
def test_a_meter_survives_what_is_no_sound(bad):
    meter = Meter()
    play(meter, np.full(300 * N, bad))
    assert meter.peak == (-144 if bad != bad else pytest.approx(30.1, abs=0.01))
    assert -144 <= meter.rms <= 20


@pytest.mark.parametrize(
    ("name", "values"), [("hold", (-1, 11, NAN, INF)), ("decay", (0, 2000, NAN))]
)
def test_a_bad_parameter_of_a_meter_is_refused(name, values):
    for value in values:
        with pytest.raises(ValueError, match=f"{name} must be"):
            Meter(**{name: value})
    with pytest.raises(TypeError, match=f"{name} must be a number"):
        Meter(**{name: "1"})


@pytest.fixture
def file(tmp_path):
    def write(x, **options):
        raw = np.rint(np.asarray(x) * 32768).astype("<i2").tobytes()
        path = tmp_path / "x.wav"
        path.write_bytes(wav_file(raw, **options))
        return str(path)

    return write


def rounded(x):
    return np.rint(x * 32768) / 32768


def test_a_file_is_played_to_its_end_and_then_rests(file):
    x = noise(2, 4 * N + 20)
    player = WavPlayer(file(x, channels=1))
    assert player.OUTLETS == ("out",)
    assert not play(player, frames(2)).any()
    player.play()
    assert player.playing()
    out = play(player, frames(6))[0]
    assert np.array_equal(out[: len(x)], rounded(x))
    assert not out[len(x) :].any()
    assert not player.playing()


def frames(blocks):
    # A source has no inlets: play() counts its blocks by this.
    return np.zeros(blocks * N)


def test_a_file_of_two_channels_goes_round_and_round(file):
    x = noise(3, 2 * 50).reshape(-1, 2)
    player = WavPlayer(file(x, channels=2), loop=True)
    player.play()
    out = play(player, frames(5))
    assert np.array_equal(out.T, np.resize(rounded(x), (5 * N, 2)))
    assert player.errors == 0


def test_a_file_stops_and_begins_anew_without_a_click(file):
    x = np.full(20 * N, 0.5)
    for action in ("stop", "play"):
        player = WavPlayer(file(x, channels=1))
        player.play()
        out = play(player, frames(6), events=[(3, getattr(player, action))])[0]
        down = out[3 * N : 4 * N]
        assert np.allclose(down, 0.5 * (1 - np.arange(N) / N), atol=1e-6)
        assert (out[4 * N :] == (0.5 if action == "play" else 0)).all()
        player.close()


def test_a_file_plays_at_the_rate_that_a_divider_makes_of_its_own(file):
    player = WavPlayer(file(noise(1, 100), channels=1))
    player.prepare(44099.488, N)
    assert player.rate == 44099.488


def test_a_file_that_cannot_be_played_is_refused(file, tmp_path):
    with pytest.raises(ValueError, match="does not exist"):
        WavPlayer(str(tmp_path / "none.wav"))
    with pytest.raises(TypeError, match="file must be a path, not int"):
        WavPlayer(3)
    player = WavPlayer(file(noise(1, 100), channels=1))
    for _ in range(2):
        with pytest.raises(ValueError, match="has 44100 frames a second, this graph 48000"):
            player.prepare(48000, N)
    player.prepare(44100, N)


def test_floats_that_are_none_do_no_harm(tmp_path):
    x = np.resize(np.array([NAN, INF, -INF, 2, -2, 0.25], "<f4"), 2 * N)
    path = tmp_path / "floats.wav"
    path.write_bytes(wav_file(x.tobytes(), channels=1, bits=32, kind=3))
    player = WavPlayer(str(path))
    player.play()
    out = play(player, frames(2))[0]
    assert np.array_equal(out[:6], [0, 1, -1, 1, -1, 0.25])
