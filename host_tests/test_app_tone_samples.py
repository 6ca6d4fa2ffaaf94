"""The samples of `tone`, straight from its render: both twins, against NumPy, without garbage."""

import sys

import numpy as np
import pytest
from aether_tools import boards, paths
from app_kit import BLOCKS, LOCKED, blocks_of, with_app
from virtual_run import needs_micropython

MAKE = "app = tone.Tone(board, {notes!r}, {level}, None, {entry}, {spread}, False, 44100, 16)\n"
# Some blocks while the notes come in, some steady, then the fade of a stop; and what follows.
PLAY = """
show(app._render, 20)
app._bank[4] = app._declick
app._ending = True
app._steady = False
show(app._render, 14)
"""
CASES = {
    "tone": {"notes": (440,), "level": 1, "entry": 0.015, "spread": 0},
    "chord": {"notes": (220, 331.7, 440, 12000), "level": 0.5, "entry": 0.005, "spread": 0.004},
    "quiet": {"notes": (1234.5,), "level": 0.001, "entry": 0.01, "spread": 0},
}


def model(notes, level, entry, spread):
    """What 34 blocks should be, with exact sines and ramps, in float64."""
    rate, n = 44100, 34 * 64
    at = np.arange(n)
    total = np.zeros(n)
    for i, note in enumerate(notes):
        t = at - int(i * spread * rate / 64) * 64
        ramp = (1 - np.cos(np.pi * np.clip(t / (entry * rate), 0, 1))) / 2
        total += np.where(t >= 0, np.sin(2 * np.pi * note * t / rate) * ramp, 0)
    # The first block after a stop ends as it was, the fade begins with the next.
    fade = np.clip((at - 21 * 64) / (0.015 * rate), 0, 1)
    return total * level / len(notes) * (1 + np.cos(np.pi * fade)) / 2


def rendered(name, twin):
    played = with_app("tone", BLOCKS + MAKE.format(**CASES[name]) + PLAY, twin=twin)
    assert played.code == 0, played.err
    return blocks_of(played)


@needs_micropython
@pytest.mark.parametrize("name", CASES)
def test_samples_are_those_of_exact_sines_and_ramps(name):
    frames = rendered(name, "viper")
    assert np.array_equal(frames[:, 0], frames[:, 1])
    expected = model(**CASES[name])
    level, shortest = CASES[name]["level"], min(CASES[name]["entry"], 0.015) * 44100
    # Half a step of 16 bits; what lines over 8 frames are from the bow of a ramp, and its steps.
    bow = 4 * (np.pi / shortest) ** 2 + 3 / 32768
    assert np.abs(frames[:, 0] - expected).max() < 2**-16 + level * bow
    assert np.abs(frames).max() <= level + 2**-16
    assert not frames[-64:].any()


@needs_micropython
@pytest.mark.parametrize("name", CASES)
def test_both_twins_give_the_same_samples(name):
    assert np.array_equal(rendered(name, "viper"), rendered(name, "portable"))


@needs_micropython
def test_cpython_gives_the_same_samples(monkeypatch):
    monkeypatch.syspath_prepend(str(paths.FIRMWARE))
    for module in [m for m in sys.modules if m.startswith("apps")]:
        monkeypatch.delitem(sys.modules, module)
    from apps import tone

    case = CASES["chord"]
    arguments = case["notes"], case["level"], None, case["entry"], case["spread"], False
    app = tone.Tone(boards.load("rpi_pico"), *arguments, 44100, 16)
    left, right = np.zeros((2, 20, 64), np.float32)
    for block in range(20):
        app._render(memoryview(left[block]), memoryview(right[block]))
    frames = rendered("chord", "viper")[: 20 * 64]
    assert np.array_equal(left.reshape(-1), frames[:, 0])
    assert np.array_equal(right.reshape(-1), frames[:, 1])


@needs_micropython
def test_no_block_allocates_in_any_state():
    snippet = """
one = tone.Tone(board, None, 0.5, 1.0, 0.1, 0.1, False, None, 16)
locked(one._render, 3000, left, right)
one.stream.stop()
app = tone.Tone(board, 440, 0.5, None, 0.1, 0, True, None, 16)
locked(app._render, 3000, left, right)
app._started = app._ending = True
locked(app._render, 100, left, right)
print(one._over, app._over)
"""
    played = with_app("tone", BLOCKS + LOCKED + snippet)
    assert (played.lines, played.err) == (["True True"], "")
