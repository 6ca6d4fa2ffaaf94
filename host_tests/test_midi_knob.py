"""A controller of MIDI as a signal: where it goes, how fast, and that it never jumps."""

from array import array

import numpy as np
import pytest
from aether.midi.knob import Knob
from micropython_host import beside

RATE, N = 44100.0, 64


def made(*arguments, **options) -> Knob:
    knob = Knob(*arguments, **options)
    knob.prepare(RATE, N)
    return knob


def played(knob: Knob, blocks: int) -> np.ndarray:
    out = array("f", bytes(4 * N))
    ((function, *arguments),) = knob.calls([], [out])
    heard = []
    for _ in range(blocks):
        function(*arguments, N)
        heard += out
    return np.array(heard)


@pytest.mark.parametrize("value", [0, 1, 64, 126, 127])
@pytest.mark.parametrize(("low", "high"), [(-2, 5), (100, 20), (0, 1e6), (3, 3)])
def test_a_value_stands_for_its_part_of_the_range(low, high, value):
    knob = made(low, high, value=value)
    expected = low + (high - low) * value / 127
    scale = max(abs(low), abs(high))
    assert played(knob, 3) == pytest.approx(expected, abs=1e-6 * scale)
    other = made(low, high, value=127 - value)
    other.turn(value)
    assert played(other, 100)[-1] == pytest.approx(expected, abs=1e-6 * scale)


def test_it_goes_in_a_straight_line_at_its_pace():
    knob = made(0, 127, value=0, glide=0.5)
    knob.turn(127)
    x = played(knob, 400)
    steps = np.diff(x)
    moving = int(0.5 * RATE)
    assert steps.min() > -1e-4
    assert steps.max() < 127 / moving * 1.02
    assert x[moving // 2] == pytest.approx(63.5, rel=0.01)
    assert np.flatnonzero(x >= 126.999)[0] == pytest.approx(moving, abs=2 * N)
    assert x[-1] == 127


def test_it_never_jumps_wherever_it_is_turned():
    rng = np.random.default_rng(1)
    knob = made(-4, 4, glide=0.05)
    x = []
    for _ in range(100):
        knob.turn(int(rng.integers(-50, 200)))
        x.append(played(knob, int(rng.integers(1, 9))))
    x = np.concatenate(x)
    assert np.abs(np.diff(x)).max() < 8 / (0.05 * RATE) * 1.05
    assert x.min() >= -4.00001
    assert x.max() <= 4.00001
    assert x.max() - x.min() > 6


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("a", 1), TypeError),
        ((0, None), TypeError),
        ((float("nan"), 1), ValueError),
        ((0, float("inf")), ValueError),
        ((0, 1, 128), ValueError),
        ((0, 1, -1), ValueError),
        ((0, 1, 1.5), TypeError),
        ((0, 1, 64, 0), ValueError),
        ((0, 1, 64, float("nan")), ValueError),
        ((0, 1, 64, 11), ValueError),
    ],
)
def test_what_cannot_be_is_refused(arguments, error):
    with pytest.raises(error, match="must be"):
        Knob(*arguments)


_WATCHED = """
from array import array
from aether.midi.knob import Knob
from heap_watch import grown
knob = Knob(-2, 5, glide=0.02)
knob.prepare(44100.0, 64)
out = array("f", bytes(256))
def play(knob, out):
    for i in range(60):
        knob.turn(i * 37 & 127)
        knob._turn(out, 64)
print(grown(play, knob, out), out[63])
"""


def test_turning_allocates_nothing(micropython):
    taken, last = micropython.run(_WATCHED, files=beside("heap_watch.py")).split()
    assert int(taken) == 0
    knob = made(-2, 5, glide=0.02)
    for i in range(60):
        knob.turn(i * 37 & 127)
        x = played(knob, 1)
    assert float(last) == pytest.approx(x[-1], abs=1e-5)
