"""Envelopes and slow waves against what they should be, in float64."""

import numpy as np
import pytest
from aether.nodes import ADSR, LFO
from aether.nodes.control.lfo import shape
from node_run import RATE, decibels, idle, kinks, play

NAN, INF = float("nan"), float("inf")
N = 64


def stage(seconds, start, goal, beyond):
    """The frames of a stage: an exponential that aims beyond its goal, in straight pieces."""
    frames = int(seconds * RATE + 0.5)
    length = 1
    while length < 64 and frames // length >= 64:
        length *= 2
    at = np.append(np.arange(0, frames, length), frames)
    aim = goal + (goal - start) * beyond
    curve = aim + (start - aim) * np.exp(-np.log(1 / beyond + 1) * at / frames)
    return np.interp(np.arange(frames), at, curve)


def attack(seconds, start=0.0):
    return stage(seconds, start, 1.0, 1 / 2)


def fall(seconds, start, goal=0.0):
    return stage(seconds, start, goal, 1 / 1024)


def note(times, held, blocks, begin):
    """An envelope of one note that is held for so many frames."""
    a, d, s, r = times
    up = np.concatenate([attack(a), fall(d, 1, s)])
    up = np.concatenate([up, np.full(max(held - len(up), 0) + 1, s)])
    whole = np.concatenate([np.zeros(begin), up[:held], fall(r, up[held])])
    return np.concatenate([whole, np.zeros(blocks * N)])[: blocks * N]


@pytest.mark.parametrize(
    ("times", "held"),
    [
        ((0.001, 0.001, 0.5, 0.001), 500),
        ((0.01, 0.05, 0.7, 0.03), 5000),
        ((0.01, 0.05, 0.7, 0.03), 100),
        ((0.01, 0.05, 0.7, 0.03), 1000),
        ((0.0123, 0.3, 0, 0.2), 20000),
        ((0.2, 0.01, 1, 1), 9500),
        ((0.001, 0.001, 0.5, 0.001), 1),
    ],
)
@pytest.mark.parametrize("begin", [0, 1, 63])
def test_an_envelope_is_exact_to_the_frame(times, held, begin):
    node = ADSR(*times)
    end = begin + held
    blocks = (end + int(times[3] * RATE)) // N + 3
    actions = {0: lambda: node.on(begin), end // N: lambda: node.off(end % N)}
    if end < N:
        actions = {0: lambda: (node.on(begin), node.off(end))}
    sound = play(node, blocks, actions=actions)
    wanted = note(times, held, blocks, begin)
    assert decibels(abs(sound - wanted).max()) < -100
    assert idle(node)


def test_the_longest_stages_last_as_long_as_they_should():
    node = ADSR(60, 0.1, 0.5, 60)
    blocks = int(60 * RATE) // 1024 + 1
    sound = play(node, 50, actions={0: node.on}, n=1024)
    assert decibels(abs(sound - attack(60)[: 50 * 1024]).max()) < -90
    assert blocks > 50


def test_an_envelope_begins_again_from_where_it_is():
    node = ADSR(0.02, 0.05, 0.6, 0.1)
    actions = {0: node.on, 20: lambda: node.off(7), 30: lambda: node.on(50)}
    sound = play(node, 60, actions=actions)
    at = 30 * N + 50
    again = attack(0.02, sound[at])
    assert 0.1 < sound[at] < 0.5
    assert decibels(abs(sound[at : at + len(again)] - again).max()) < -100


def test_events_count_in_the_order_in_which_they_are_said():
    for events, sounds in (("+-", False), ("-+", True), ("+-+", True), ("-+-", False)):
        node = ADSR(0.001, 0.001, 1, 0.001)
        node.prepare(RATE, N)
        for event in events:
            node.on() if event == "+" else node.off()
        assert (play(node, 3)[-1] > 0.5) == sounds, events


def test_of_too_many_events_the_last_counts():
    for last in (True, False):
        node = ADSR(0.001, 0.001, 1, 0.001)
        node.prepare(RATE, N)
        for frame in range(20):
            node.on(frame)
            node.off(frame)
        node.on(40) if last else node.off(40)
        assert (play(node, 5)[-1] > 0.5) == last


@pytest.mark.parametrize("frame", [-5, 64, 10**6])
def test_a_frame_beyond_the_block_is_held_within(frame):
    node = ADSR(0.001, 0.001, 1, 0.001)
    node.prepare(RATE, N)
    node.on(frame)
    sound = play(node, 2)
    assert np.flatnonzero(sound)[0] == min(max(frame, 0), N - 1) + 1


def test_an_event_before_the_rate_is_known_is_nothing():
    node = ADSR()
    node.on()
    assert not play(node, 2).any()


def test_an_envelope_multiplies_what_comes_in():
    rng = np.random.default_rng(1)
    ins = rng.uniform(-1, 1, (30, N)).astype(np.float32)
    alone, node = ADSR(0.01, 0.01, 0.5, 0.01), ADSR(0.01, 0.01, 0.5, 0.01)
    level = play(alone, 30, actions={1: alone.on, 20: alone.off})
    sound = play(node, 30, {"in": ins}, {1: node.on, 20: node.off})
    assert abs(sound - level * ins.ravel()).max() < 1e-7


@pytest.mark.parametrize("strange", [NAN, INF, -INF])
def test_what_is_no_number_in_a_sound_does_not_stay(strange):
    ins = np.ones((30, N), np.float32)
    ins[10, 3] = strange
    node = ADSR(0.001, 0.001, 0.5, 0.001)
    sound = play(node, 30, {"in": ins}, {1: node.on})
    assert not np.isfinite(sound[10 * N + 3])
    sound[10 * N + 3] = 0.5
    assert abs(sound[9 * N :] - 0.5).max() < 1e-6


def test_an_envelope_is_idle_before_and_behind_a_note():
    node = ADSR(0.001, 0.001, 0.5, 0.001)
    play(node, 1)
    assert idle(node)
    node.on()
    assert not idle(node)
    play(node, 50)
    assert not idle(node)
    node.off()
    play(node, 2)
    assert idle(node)


def test_a_held_note_that_has_died_away_is_idle_until_its_sustain_level_is_another():
    node = ADSR(0.001, 0.002, 0, 0.1)
    play(node, 8, actions={0: node.on})
    assert idle(node)
    node.sustain = 0.5
    assert not idle(node)
    assert play(node, 8)[-1] == pytest.approx(0.5, abs=1e-6)
    assert not idle(node)


def test_another_sustain_level_is_gone_to_in_the_time_of_a_decay():
    node = ADSR(0.001, 0.02, 0.8, 0.1)
    actions = {0: node.on, 40: lambda: setattr(node, "sustain", 0.3)}
    sound = play(node, 80, actions=actions)
    way = fall(0.02, 0.8, 0.3)
    assert decibels(abs(sound[40 * N :][: len(way)] - way).max()) < -100
    assert abs(sound[-1] - 0.3) < 1e-6


def test_a_stage_takes_the_time_that_was_set_before_it_began():
    node = ADSR(0.02, 0.02, 0.5, 0.02)
    actions = {0: node.on, 5: lambda: setattr(node, "decay", 0.04)}
    sound = play(node, 60, actions=actions)
    wanted = np.concatenate([attack(0.02), fall(0.04, 1, 0.5)])
    assert decibels(abs(sound[: len(wanted)] - wanted).max()) < -100


@pytest.mark.parametrize("name", ["attack", "decay", "sustain", "release"])
@pytest.mark.parametrize("value", [NAN, INF, -INF, -1, 61, "a", None, True])
def test_a_bad_parameter_of_an_envelope_is_refused(name, value):
    error = TypeError if isinstance(value, (str, bool, type(None))) else ValueError
    with pytest.raises(error, match=name):
        ADSR(**{name: value})
    node = ADSR()
    node.prepare(RATE, N)
    before = bytes(node.state), str(node)
    with pytest.raises(error, match=name):
        setattr(node, name, value)
    assert (bytes(node.state), str(node)) == before


@pytest.mark.parametrize("wave", ["sine", "triangle", "square", "saw"])
@pytest.mark.parametrize(("depth", "offset"), [(1, 0), (8, -8), (0.01, 0.5), (0, -3)])
def test_a_slow_wave_is_as_its_name(wave, depth, offset):
    sound = play(LFO(37.3, wave, depth, offset), 40)
    # A table of 256 entries, and every fourth sample, on straight lines.
    entries = [shape(wave, i / 256) for i in range(256)]
    fourth = np.arange(0, len(sound) + 4, 4)
    t = fourth * 37.3 / RATE % 1
    points = offset + depth * np.interp(t * 256, np.arange(257), [*entries, entries[0]])
    wanted = np.interp(np.arange(len(sound)), fourth, points)
    assert abs(sound - wanted).max() < depth * 1e-4 + 1e-6


def test_the_waves_are_what_their_names_say():
    assert [shape("sine", t) for t in (0, 0.25, 0.75)] == [0, 1, -1]
    assert [shape("triangle", t) for t in (0, 0.125, 0.25, 0.5, 0.75)] == [0, 0.5, 1, 0, -1]
    assert [shape("square", t) for t in (0, 0.1, 0.4, 0.5, 0.6, 0.9)] == [0, 1, 1, 0, -1, -1]
    assert shape("saw", 0) == -1
    assert shape("saw", 0.9374999) > 0.999
    rises = np.diff([shape("saw", i / 1000) for i in range(937)])
    assert np.allclose(rises, rises[0])


@pytest.mark.parametrize("hertz", [0.001, 0.1, 50])
def test_a_slow_wave_keeps_time(hertz):
    from aether.nodes.control.lfo_words import PHASE

    node = LFO(hertz)
    play(node, 400)
    wanted = 400 * N * hertz / RATE
    gone = (node.state[PHASE] & 0xFFFFFFFF) / 2**32
    assert abs((gone - wanted + 0.5) % 1 - 0.5) < wanted * 1e-7 + 1e-9


@pytest.mark.parametrize("wave", ["sine", "triangle", "square", "saw"])
def test_a_slow_wave_moves_without_a_click(wave):
    node = LFO(5, wave, 1, 0)
    actions = {
        5: lambda: setattr(node, "depth", 0.2),
        10: lambda: setattr(node, "offset", 1),
        15: lambda: setattr(node, "frequency", 20),
        20: lambda: setattr(node, "offset", -1),
    }
    sound = play(node, 40, actions=actions)
    # Lines of 64 samples: 2 / 64 is the largest bend that an offset makes.
    assert kinks(sound) < 2 / N + 0.002


def test_a_slow_wave_of_nothing_is_idle_and_wakes():
    node = LFO(5, "sine", 0, 0)
    assert not play(node, 1).any()
    assert idle(node)
    node.offset = 0.5
    assert not idle(node)
    assert play(node, 2)[-1] == 0.5


@pytest.mark.parametrize(
    ("name", "value"),
    [("frequency", 51), ("frequency", 0), ("depth", -0.1), ("depth", 9), ("offset", 8.1)]
    + [
        (name, x) for name in ("frequency", "depth", "offset") for x in (NAN, INF, -INF, "a", None)
    ],
)
def test_a_bad_parameter_of_a_slow_wave_is_refused(name, value):
    error = TypeError if isinstance(value, (str, type(None))) else ValueError
    with pytest.raises(error, match=name):
        LFO(**{name: value})
    node = LFO()
    node.prepare(RATE, N)
    before = bytes(node.state), str(node)
    with pytest.raises(error, match=name):
        setattr(node, name, value)
    assert (bytes(node.state), str(node)) == before


@pytest.mark.parametrize("wave", ["sin", "", None, 1])
def test_a_slow_wave_that_there_is_not_is_refused_with_those_there_are(wave):
    with pytest.raises(ValueError, match="wave must be one of sine, triangle, square, saw, not"):
        LFO(wave=wave)


def test_nodes_say_what_they_are():
    assert str(ADSR(0.1, 0.2, 0.5, 1)) == "ADSR 0.1 s, 0.2 s, 0.5, 1.0 s"
    assert str(LFO(5, "saw", 0.5, 1)) == "LFO saw 5.0 Hz, 1.0 +- 0.5"
