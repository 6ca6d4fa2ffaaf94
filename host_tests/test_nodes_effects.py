"""Delay, reverb and soft clip against their definitions in float64."""

import numpy as np
import pytest
from aether.nodes import Delay, Reverb, SoftClip
from aether.nodes.effects import reverb as reverb_file
from aether.nodes.node import IDLE
from effects_kit import RATE, N, decibels, noise, play

NAN, INF = float("nan"), float("inf")
NODES = {"Delay": Delay, "Reverb": Reverb, "SoftClip": SoftClip}


def echoes(x, delay, feedback, mix):
    line = np.zeros(len(x))
    wet = np.zeros(len(x))
    for i in range(len(x)):
        wet[i] = line[i - delay] if i >= delay else 0
        line[i] = x[i] + feedback * wet[i]
    return (1 - mix) * x + mix * wet


@pytest.mark.parametrize(("seconds", "feedback"), [(0.0123, 0.0), (0.006, 0.5), (0.01, 0.9)])
def test_a_delay_repeats_what_it_heard(seconds, feedback):
    x = noise(1, 40 * N, 0.2)
    out = play(Delay(seconds, feedback, 0.5, 0.1), x)[0]
    expected = echoes(x, round(seconds * RATE), feedback, 0.5)
    # Each pass may be off by a step of the line, 2**-14, and the feedback sums that up.
    assert decibels(out - expected) < -80 - 20 * np.log10(1 - feedback)


def test_a_dry_delay_is_what_comes_in_and_a_wet_one_is_late():
    x = noise(2, 10 * N)
    assert decibels(play(Delay(0.01, 0.5, 0), x)[0] - x) < -120
    wet = play(Delay(0.01, 0, 1), x)[0]
    assert decibels(wet[441:] - x[:-441]) < -89
    assert not wet[:441].any()


def test_a_delay_is_never_shorter_than_a_block():
    x = noise(3, 4 * N)
    out = play(Delay(0, 0, 1), x)[0]
    assert decibels(out[N:] - x[:-N]) < -89


def test_a_delay_in_a_loop_puts_out_its_echoes_before_it_hears_the_block():
    from array import array

    node = Delay(0.004, 0.0, 0.3)
    node.prepare(RATE, N)
    block, out = array("f", [0.5] * N), array("f", bytes(4 * N))
    heard = []
    for _ in range(4):
        for calls in (node.delayed([out]), node.taken([block])):
            for function, *arguments in calls:
                function(*arguments, N)
        heard.append(np.array(out))
    assert np.array_equal(np.flatnonzero(np.concatenate(heard))[:1], [round(0.004 * RATE)])
    assert np.concatenate(heard).max() == 0.5


def room_model(x, keep, damping, lengths):
    gain = np.sqrt((1 - keep**2) / 6)
    halves = [np.zeros(len(x)), np.zeros(len(x))]
    for k, length in enumerate(lengths[:6]):
        line, low = np.zeros(len(x)), 0.0
        for i in range(len(x)):
            low = (line[i - length] if i >= length else 0) * keep * (1 - damping) + low * damping
            line[i] = x[i] * gain + low
            halves[k % 2][i] += low
    for k, length in enumerate(lengths[6:]):
        half = halves[k % 2]
        line = np.zeros(len(x))
        for i in range(len(x)):
            y = line[i - length] if i >= length else 0
            line[i] = half[i] + y / 2
            half[i] = y - line[i] / 2
    return halves[0] + halves[1], halves[0] - halves[1]


@pytest.mark.parametrize(("room", "damping"), [(0.3, 0.0), (0.8, 0.5)])
def test_a_reverb_is_six_combs_and_two_times_two_allpasses(room, damping):
    x = noise(4, 100 * N, 0.3)
    out = play(Reverb(room, damping, 1, 0.5), x)
    lengths = [int(t * 0.5 * RATE / 4000) * 4 for t in reverb_file._TIMES]
    expected = room_model(x, 0.7 + 0.28 * room, 0.9 * damping, lengths)
    for got, side in zip(out, expected, strict=True):
        error = got - side
        assert 10 * np.log10(np.mean(error**2)) < -68
        assert decibels(error) < -55


def test_a_reverb_is_as_loud_as_what_comes_in_and_differs_left_and_right():
    x = noise(5, 700 * N, 0.3)
    for room in (0.0, 0.6, 1.0):
        out = play(Reverb(room, 0, 1), x)[:, 300 * N :]
        for side in out:
            assert abs(10 * np.log10(np.mean(side**2) / np.mean(x**2))) < 4
        assert abs(np.corrcoef(out)[0, 1]) < 0.25


def test_a_stereo_reverb_hears_both_sides_and_keeps_them_apart_when_dry():
    a, b = noise(6, 60 * N), noise(7, 60 * N)
    dry = play(Reverb(mix=0, channels=2), a, b)
    assert decibels(dry - np.stack([a, b])) < -120
    silence = np.zeros(60 * N)
    one, other = (
        play(Reverb(mix=1, channels=2), a, silence),
        play(Reverb(mix=1, channels=2), silence, a),
    )
    assert one.any()
    assert np.array_equal(one, other)


@pytest.mark.parametrize("drive", [1, 2.5, 64])
def test_a_soft_clip_is_its_cubic(drive):
    x = noise(8, 20 * N, 1.5)
    u = np.clip(drive * x, -1, 1)
    out = play(SoftClip(drive), x)[0]
    error = out - (3 * u - u**3) / 2
    assert decibels(error) < -88
    assert 10 * np.log10(np.mean(error**2)) < -90
    assert np.abs(out).max() <= 1


def test_a_soft_clip_is_odd_and_adds_a_third_harmonic_alone():
    t = np.arange(64 * N) / (64 * N)
    x = 0.9 * np.sin(2 * np.pi * 100 * t)
    out, mirrored = play(SoftClip(), x)[0], play(SoftClip(), -x)[0]
    assert np.array_equal(out, -mirrored)
    lines = 20 * np.log10(2 * np.abs(np.fft.rfft(out)) / len(out) + 1e-12)
    loud = np.flatnonzero(lines > -95)
    assert loud.tolist() == [100, 300]


@pytest.mark.parametrize("node", [Delay(0.01, 0.9, 0.5), Reverb(0.2, 0.5, size=0.25)], ids=str)
def test_silence_comes_to_rest_and_sound_wakes_it(node):
    def tail(blocks):
        return play(node, np.zeros(blocks * N))

    play(node, noise(9, 10 * N, 0.9))
    assert node.state[IDLE] == 0
    assert tail(20).any()
    tail(3000)
    assert node.state[IDLE] == 1
    assert not tail(30).any()
    play(node, noise(9, N))
    assert node.state[IDLE] == 0


@pytest.mark.parametrize("name", NODES)
@pytest.mark.parametrize("bad", [NAN, INF, -INF, 3e38, 1e-40])
def test_what_is_no_sound_does_no_harm(name, bad):
    node = NODES[name]()
    x = noise(10, 40 * N)
    x[5 * N : 6 * N] = bad
    out = play(node, x)
    assert np.isfinite(out).all()
    assert np.abs(out).max() <= 34


def test_a_loud_sound_saturates_and_does_not_wrap():
    x = np.repeat([0.0, 8.0, -8.0, 0.0], 30 * N)
    for node in (Delay(0.01, 0.98, 1), Reverb(1, 0, 1)):
        out = play(node, x)[0]
        assert np.abs(out).max() < 6.1
        assert out[31 * N : 60 * N].min() > -2.5 or node.mix == 1


SWEEPS = [
    (lambda: Delay(0.02, 0.0, 1.0, 0.1), "seconds", 0.031),
    (lambda: Delay(0.02, 0.0, 0.5), "mix", 1.0),
    (lambda: Delay(0.02, 0.1, 0.5), "feedback", 0.9),
    (lambda: Reverb(0.2, 0.2, 0.5), "mix", 0.0),
    (lambda: Reverb(0.2, 0.2, 0.5), "room", 0.9),
    (lambda: Reverb(0.2, 0.2, 0.5), "damping", 1.0),
    (lambda: SoftClip(1), "drive", 3.0),
]


@pytest.mark.parametrize(("make", "name", "value"), SWEEPS, ids=[row[1] for row in SWEEPS])
def test_a_parameter_moves_without_a_click(make, name, value):
    x = 0.3 * np.sin(2 * np.pi * 200 * np.arange(120 * N) / RATE)
    node = make()
    out = play(node, x, events=[(60, lambda: setattr(node, name, value))])[0]
    assert getattr(node, name) == value
    bend = np.abs(np.diff(out, 2))
    # What comes from 1.5 blocks of a jump of 0.3 would be 0.3; the sine alone bends by 0.0003.
    assert bend[20 * N : 59 * N].max() < 0.002
    assert bend[59 * N :].max() < 0.03


WRONG = [
    (Delay, "seconds", (-1, 61)),
    (Delay, "longest", (-1, 61)),
    (Delay, "feedback", (-0.1, 0.99)),
    (Delay, "mix", (-0.1, 1.1)),
    (Reverb, "room", (-0.1, 1.1)),
    (Reverb, "damping", (-0.1, 1.1)),
    (Reverb, "mix", (-0.1, 1.1)),
    (Reverb, "size", (0.2, 1.6)),
    (SoftClip, "drive", (0.9, 65)),
]


@pytest.mark.parametrize(("make", "name", "values"), WRONG)
def test_a_bad_parameter_is_refused_in_one_line(make, name, values):
    node = make()
    for value in (*values, NAN, INF, -INF):
        with pytest.raises(ValueError, match=f"{name} must be"):
            make(**{name: value})
        if isinstance(getattr(make, name, None), property):
            before = getattr(node, name), bytes(node.state)
            with pytest.raises(ValueError, match=f"{name} must be"):
                setattr(node, name, value)
            assert (getattr(node, name), bytes(node.state)) == before
    for value in ("1", None, True):
        if (name, value) != ("longest", None):
            with pytest.raises(TypeError, match=f"{name} must be a number"):
                make(**{name: value})


def test_a_delay_beyond_its_longest_is_refused():
    with pytest.raises(ValueError, match=r"seconds must be 0 to 0\.1"):
        Delay(0.2, longest=0.1)
    assert str(Delay(0.1)) == "Delay 0.1 s feedback 0.4 mix 0.5"
