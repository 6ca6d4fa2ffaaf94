"""The gain of a stream: reached by a ramp over one block, without a click; what it refuses."""

from itertools import pairwise

import numpy as np
import pytest

CONSTANT = """
rendered = 0
half = memoryview(array("f", [0.5] * 64))
def flat(left, right):
    global rendered
    rendered += 1
    left[:] = half
    right[:] = half
s = make(flat, {options})
"""
FULL = 16384


def steps(channel: np.ndarray) -> list[tuple[int, int]]:
    """(level, frames) of the stretches in which nothing changes, of eight frames at least."""
    edges = np.flatnonzero(np.diff(channel)) + 1
    bounds = [0, *edges, len(channel)]
    found = [(int(channel[a]), int(b - a)) for a, b in pairwise(bounds)]
    return [each for each in found if each[1] >= 8]


def ramps(channel: np.ndarray, levels: list[int]) -> None:
    """The channel goes through these levels; each change is a line of 64 frames."""
    found = [level for level, _ in steps(channel)]
    assert found == levels
    at = 0
    for before, after in pairwise(levels):
        at += int(np.flatnonzero(channel[at:] == before)[0])
        start = at + int(np.flatnonzero(channel[at:] != before)[0])
        line = before + (after - before) * np.arange(65) / 64
        # The ramp's first frame is still the level before.
        np.testing.assert_allclose(channel[start - 1 : start + 64], line, atol=1)
        at = start + 63


@pytest.mark.parametrize("options", ["", "bits=32, rate=22050", "hard=True"])
def test_each_gain_is_reached_by_a_line_over_one_block(streams, options):
    run = streams(
        CONSTANT.format(options=options)
        + """
s.start()
for gain in (0.5, 2, 0.25, 1):
    time.sleep_ms(80)
    s.gain = gain
    print(s.gain)
time.sleep_ms(80)
s.stop()
"""
    )
    assert run.text.split() == ["0.5", "2.0", "0.25", "1.0"]
    channel = run.frames[:, 0] >> (run.bits - 16)
    loud = np.flatnonzero(channel)
    sound = channel[loud[0] : loud[-1] - 30]
    # Twice one half is full scale, where 16 bits end.
    ramps(sound, [FULL, FULL // 2, 32767, FULL // 4, FULL])
    np.testing.assert_array_equal(run.frames[:, 0], run.frames[:, -1])
    run.check_report(allocated_bytes=0, underruns=0)


def test_mute_is_a_fade_to_silence_and_back_while_render_goes_on(streams):
    run = streams(
        CONSTANT.format(options="")
        + """
s.start()
time.sleep_ms(80)
s.mute()
print(s.muted)
time.sleep_ms(100)
before = rendered
time.sleep_ms(100)
print(rendered - before > 60)
s.gain = 0.5
time.sleep_ms(50)
s.mute(False)
print(s.muted)
time.sleep_ms(100)
s.stop()
"""
    )
    assert run.text.split() == ["True", "True", "False"]
    loud = np.flatnonzero(run.frames[:, 0])
    ramps(run.frames[loud[0] : loud[-1] - 30, 0], [FULL, 0, FULL // 2])


def test_a_stream_begins_with_the_gain_it_was_given_before(streams):
    run = streams(
        CONSTANT.format(options="") + "s.gain = 0.5\ns.start()\ntime.sleep_ms(60)\ns.stop()"
    )
    loud = np.flatnonzero(run.frames[:, 0])
    ramps(run.frames[loud[0] : loud[-1] - 30, 0], [FULL // 2])


@pytest.mark.not_emulated("there, as on a board, each change takes a part of a block")
def test_of_changes_within_a_block_the_last_one_counts(streams):
    run = streams(
        CONSTANT.format(options="")
        + """
s.start()
time.sleep_ms(80)
for gain in (0, 3, 16, 0.125, 0.5):
    s.gain = gain
time.sleep_ms(80)
s.stop()
"""
    )
    loud = np.flatnonzero(run.frames[:, 0])
    ramps(run.frames[loud[0] : loud[-1] - 30, 0], [FULL, FULL // 2])


REFUSED = [
    ("-0.1", "gain must be 0 to 16, not -0.1"),
    ("16.1", "gain must be 0 to 16, not 16.1"),
    ("float('nan')", "gain must be 0 to 16, not nan"),
    ("float('inf')", "gain must be 0 to 16, not inf"),
    ("'1'", "gain must be a number, not str"),
    ("None", "gain must be a number, not NoneType"),
    ("True", "gain must be a number, not bool"),
]


def test_what_is_no_gain_is_refused_and_changes_nothing(streams):
    run = streams(
        CONSTANT.format(options="")
        + "".join(
            f"try:\n    s.gain = {value}\nexcept (ValueError, TypeError) as e:\n    print(e)\n"
            for value, _ in REFUSED
        )
        + "print(s.gain)\n"
    )
    lines = run.text.splitlines()
    assert lines == [*(message for _, message in REFUSED), "1.0"]
