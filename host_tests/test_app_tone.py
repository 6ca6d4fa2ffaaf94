"""The app `tone` end to end: what leaves the I2S of the virtual board."""

import numpy as np
import pytest
from app_kit import play_app, scaled, spectrum, trimmed
from virtual_run import needs_micropython

pytestmark = needs_micropython

WAIT_AND_STOP = """
import time
time.sleep_ms({0})
app.stop()
print(app.stream.playing(), app.stats()["render_errors"])
"""


def curvature(x, rate, notes, peak):
    """The largest second difference, and the largest that the notes themselves have."""
    own = peak * np.mean([(2 * np.pi * f / rate) ** 2 for f in notes])
    return np.abs(np.diff(x, 2)).max(), own


@pytest.mark.parametrize(
    ("options", "floor"),
    [
        ({"notes": 440, "level": 1}, -95),
        ({"notes": 997, "level": 0.5}, -95),
        ({"notes": (220, 330, 440, 550), "level": 0.9}, -95),
        ({"notes": 3000.5, "level": 0.7, "rate": 48000}, -95),
        ({"notes": 440, "level": 0.9, "bits": 32}, -110),
    ],
    ids=str,
)
def test_nothing_but_the_notes_is_heard(options, floor):
    played = play_app("tone", WAIT_AND_STOP.format(1900), run=3, **options)
    rate = played.wavs[0][0]
    x = scaled(played.frames)[:, 0]
    frequencies, level = spectrum(x[rate // 4 : rate // 4 + 65536], rate)
    notes = np.atleast_1d(options["notes"])
    near = np.zeros(len(level), bool)
    for note in notes:
        # The rate the clock divider reaches is not quite the one asked for.
        own = np.abs(frequencies - note) < 8
        near |= own
        expected = 20 * np.log10(options["level"] / len(notes))
        assert level[own].max() == pytest.approx(expected, abs=0.9)
    assert level[~near].max() < floor + level.max()
    assert played.lines == ["False 0"]


@pytest.mark.parametrize("level", [0.25, 1])
def test_it_begins_and_ends_without_a_click_in_silence(level):
    played = play_app("tone", WAIT_AND_STOP.format(300), notes=440, level=level)
    left, right = scaled(played.frames).T
    assert np.array_equal(left, right)
    steepest, own = curvature(left, 44100, [440], level)
    # Where the fade-out begins, the tone's slope changes by its height over 15 ms.
    assert steepest < own * 1.01 + 2 / 32768 + level / (0.015 * 44100)
    assert abs(left[0]) < 1 / 32768
    assert not left[-64:].any()
    assert level - 0.001 < np.abs(left).max() <= level


def test_a_stop_while_it_comes_in_does_not_click():
    played = play_app("tone", WAIT_AND_STOP.format(52), notes=440, level=1, entry=0.02)
    x = scaled(played.frames)[:, 0]
    steepest, own = curvature(x, 44100, [440], 1)
    assert steepest < own * 1.01 + 2 / 32768
    # What is heard of a stop: what was buffered, and 15 ms of fade.
    assert len(trimmed(played.frames)) / 44100 < 0.052 + 0.09


def test_seconds_are_those_from_the_first_sound_to_the_last():
    played = play_app("tone", notes=440, seconds=0.5, entry=0.1)
    assert len(trimmed(played.frames)) / 44100 == pytest.approx(0.5, abs=0.006)
    x = scaled(played.frames)[:, 0]
    steepest, own = curvature(x, 44100, [440], 0.5)
    assert steepest < own * 1.01 + 2 / 32768
    # It stops by itself: the run ends when nothing plays any more.
    assert played.report["seconds"] < 0.8


@pytest.mark.parametrize("rate", [8000, 96000])
def test_a_tone_shorter_than_what_is_buffered_ends_by_itself(rate):
    played = play_app("tone", notes=100, seconds=0.1, rate=rate)
    assert len(trimmed(played.frames)) / rate == pytest.approx(0.1, abs=0.02)
    assert played.report["seconds"] < 1
    assert played.report["render_errors"] == 0
    assert not played.frames[-64:].any()


def test_the_chord_comes_in_note_by_note():
    played = play_app("tone", run=4)
    x = scaled(played.frames)[:, 0]
    for second, heard in ((0.55, [220]), (1.4, [220, 330]), (2.0, [220, 330, 440])):
        at = int(second * 44100)
        frequencies, level = spectrum(x[at : at + 8192], 44100)
        for note in (220, 330, 440, 550):
            there = level[np.abs(frequencies - note) < 12].max() > -60
            assert there == (note in heard), (second, note)
    assert np.abs(x).max() < 0.5


def test_the_channel_test_takes_turns():
    played = play_app("tone", WAIT_AND_STOP.format(5100), channel_test=True, run=6)
    frames = scaled(played.frames)
    loud = np.abs(frames).max(axis=1).reshape(-1) > 0
    # What sounds in the middle of each second and a quarter, and the silence between.
    middles = [frames[int((1.25 * k + 0.6) * 44100) :][:4410] for k in range(4)]
    sides = [tuple(np.abs(m).max(axis=0) > 0.4) for m in middles]
    assert sides == [(True, False), (False, True), (True, True), (True, False)]
    for middle, side in zip(middles, sides, strict=True):
        assert not middle[:, ~np.array(side)].any()
    for k in range(1, 4):
        assert not loud[int((1.25 * k - 0.1) * 44100) :][:2205].any()
    for x in frames.T:
        steepest, own = curvature(x, 44100, [440], 0.5)
        assert steepest < own * 1.01 + 2 / 32768


def test_a_stop_between_two_sides_ends_it():
    played = play_app("tone", WAIT_AND_STOP.format(1150), channel_test=True)
    assert played.lines == ["False 0"]
    assert not played.frames[:, 1].any()


def test_the_status_says_what_is_played_where():
    played = play_app("tone", "print(app.status)\napp.stop()\napp.stop()", rate=48000, bits=32)
    assert played.lines == ["tone on rpi_pico, 48000 Hz, 32 bit stereo, kernels viper"]


def test_a_callback_allocates_nothing():
    played = play_app("tone", seconds=1.0, spread=0.1, entry=0.3)
    assert played.report["callbacks"] > 100
    assert played.report["allocated_bytes"] == 0


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"notes": 0}, "ValueError a note must be 1 to 22049 Hz at 44100 frames a second, not 0"),
        ({"notes": 30000, "rate": 48000}, "at 48000 frames a second, not 30000"),
        ({"notes": float("nan")}, "not nan"),
        ({"notes": ()}, "ValueError notes must be 1 to 6, not 0"),
        ({"notes": [440] * 7}, "ValueError notes must be 1 to 6, not 7"),
        ({"notes": "A4"}, "TypeError a note must be a number, not str"),
        ({"level": 1.1}, "ValueError level must be 0 to 1 of full scale, not 1.1"),
        ({"level": -6}, "level must be 0 to 1 of full scale, not -6"),
        ({"seconds": 0}, "ValueError seconds must be 0.1 to 86400 seconds, or None for ever"),
        ({"entry": 0}, "ValueError entry must be 0.005 to 60 seconds, not 0"),
        ({"spread": -1}, "ValueError spread must be 0 to 60 seconds, not -1"),
        ({"channel_test": True, "spread": 1}, "spread must be 0 in a channel test"),
        ({"rate": 0}, "ValueError rate must be 1000 to 192000, not 0"),
        ({"bits": 24}, "ValueError bits must be 16 or 32, not 24"),
    ],
    ids=str,
)
def test_bad_options_are_refused_in_one_line(options, line, refusals):
    assert line in refusals[str(options)]


@pytest.fixture(scope="module")
def refusals():
    """What each of the bad options above is refused with; in one run, as a run takes a while."""
    mark = test_bad_options_are_refused_in_one_line.pytestmark[0]
    cases = ", ".join(str(options) for options, _ in mark.args[1])
    snippet = f"""
nan = float("nan")
from apps import tone
app.stop()
for options in ({cases}):
    try:
        tone.start(board, **options)
        print("accepted")
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
"""
    lines = play_app("tone", snippet).lines
    return dict(zip((str(options) for options, _ in mark.args[1]), lines, strict=True))
