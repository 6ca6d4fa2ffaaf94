"""Oscillators, noise and constants against what they should be, in float64."""

import numpy as np
import pytest
from aether.nodes import Constant, Noise, Saw, Sine, Square, Triangle
from bank_model import spectrum
from node_run import RATE, decibels, idle, kinks, play

OSCILLATORS = [Sine, Saw, Square, Triangle]
NAN, INF = float("nan"), float("inf")
N = 64


def turns(hertz, samples):
    return np.arange(samples) * hertz / RATE % 1


def ideal(kind, hertz, samples, highest=85):
    """The sum of the harmonics that are there, the first one of amplitude 1."""
    highest = min(highest, int(RATE / 2 / hertz))
    t = turns(hertz, samples)
    total = np.zeros(samples)
    for h in range(1, highest + 1):
        part = {
            Sine: float(h == 1),
            Saw: 1 / h,
            Square: h % 2 / h,
            Triangle: h % 2 * (2 - h % 4) / h**2 if h < 42 else 0,
        }[kind]
        total += part * np.sin(2 * np.pi * h * t)
    return total


@pytest.mark.parametrize("hertz", [0.01, 55.3, 997, 4321.1, 15000, 22050])
@pytest.mark.parametrize("level", [1, 0.37])
def test_a_sine_is_one_within_90_decibels(hertz, level):
    sound = play(Sine(hertz, level), 60)
    wanted = level * ideal(Sine, hertz, len(sound)) if hertz < 22050 else 0
    assert decibels(abs(sound - wanted).max()) < -90


@pytest.mark.parametrize(
    ("kind", "hertz", "highest"),
    [(Saw, 100, 85), (Saw, 500, 42), (Saw, 1000, 21), (Square, 1000, 21), (Triangle, 200, 85)],
)
def test_a_wave_has_the_harmonics_of_its_name(kind, hertz, highest):
    hertz = round(hertz * 16384 / RATE) * RATE / 16384
    both = play(kind(hertz, 1), 256), ideal(kind, hertz, 16384, highest)
    every = round(hertz * 16384 / RATE)
    found, wanted = (-2 / 16384 * np.fft.rfft(sound).imag[every::every] for sound in both)
    # Straight lines between 1,024 entries take 0.2 dB from the 85th.
    assert (abs(found / found[0] - wanted) < 0.025 * abs(wanted) + 1e-4).all()
    assert 0.5 < found[0] <= 1


@pytest.mark.parametrize("kind", [Saw, Square, Triangle])
@pytest.mark.parametrize("hertz", [60, 440, 1760, 5000, 12000])
def test_nothing_is_folded_back_below_half_the_rate(kind, hertz):
    hertz = round(hertz * 16384 / RATE) * RATE / 16384
    lines = spectrum(play(kind(hertz, 1), 256))
    fundamental = round(hertz * 16384 / RATE)
    bins = np.arange(len(lines))
    far = np.abs((bins + fundamental / 2) % fundamental - fundamental / 2) > 4
    far[:4] = False
    if fundamental > 16:
        assert lines[far].max() < -80
    assert lines[fundamental] > -6


@pytest.mark.parametrize("hertz", [0.01, 0.3, 27.5, 440, 12543.85])
@pytest.mark.parametrize("rate", [44100, 44102.26, 48000, 8000.5])
def test_the_phase_stays_exact(hertz, rate):
    if hertz > rate / 2:
        pytest.skip("too high")
    node = Sine(hertz)
    node.prepare(rate, N)
    out = np.zeros(N, np.float32)
    calls = node.calls([None], [out])
    blocks = 300
    for _ in range(blocks):
        for function, *arguments in calls:
            function(*arguments, N)
    from aether.nodes.sources.words import PHASE

    gone = (node.state[PHASE] & 0xFFFFFFFF) / 2**32
    wanted = blocks * N * hertz / rate
    error = (gone - wanted + 0.5) % 1 - 0.5
    # Of a cent, a 1,200th of an octave, a 100th.
    assert abs(error) < wanted * np.log(2) / 1200 / 100 + 1e-9


@pytest.mark.parametrize("octaves", [-9.5, -1, -0.3, 0, 1e-4, 0.5, 1, 3.77])
def test_the_pitch_inlet_counts_in_octaves(octaves):
    from aether.nodes.sources.words import STEP

    node = Sine(440)
    play(node, 3, {"pitch": np.full((3, N), octaves)})
    wanted = 440 * 2 ** float(np.float32(octaves)) / RATE * 2**32
    cents = 1200 * np.log2((node.state[STEP] + 0.5) / wanted)
    assert abs(cents) < 0.02 + 1200 / wanted


@pytest.mark.parametrize("kind", OSCILLATORS)
@pytest.mark.parametrize("strange", [NAN, INF, -INF, 1e38, -1e38, 1e-40])
def test_a_strange_pitch_is_held_and_forgotten(kind, strange):
    node = kind(440, 0.5)
    pitch = np.zeros((12, N))
    pitch[4:6] = strange
    sound = play(node, 12, {"pitch": pitch})
    assert np.isfinite(sound).all()
    assert abs(sound).max() <= 0.5001
    from aether.nodes.sources.words import STEP

    assert abs(node.state[STEP] / (440 / RATE * 2**32) - 1) < 1e-5


def test_a_change_of_pitch_goes_on_a_line():
    pitch = np.repeat([0, 1, 1, -1, -1, 0.0], 2)[:, None] * np.ones(N)
    sound = play(Sine(300), 12, {"pitch": pitch})
    # A sine of 600 Hz has this, and the way there not much more.
    assert kinks(sound) < 1.05 * (2 * np.pi * 600 / RATE) ** 2


@pytest.mark.parametrize("kind", OSCILLATORS)
def test_frequency_and_level_move_without_a_click(kind):
    node = kind(200, 1)
    steady = max(kinks(play(kind(hertz, 1), 40)) for hertz in (173.3, 200, 350, 400))
    actions = {
        5: lambda: setattr(node, "frequency", 350),
        10: lambda: setattr(node, "level", 0),
        15: lambda: setattr(node, "level", 1),
        20: lambda: setattr(node, "frequency", 173.3),
    }
    # A level that begins to move bends what it moves.
    assert kinks(play(node, 40, actions=actions)) < 1.05 * steady + 1 / N


@pytest.mark.parametrize("hertz", [150, 300, 600, 1200])
def test_a_wave_changes_its_table_without_a_click(hertz):
    # Up an octave in many small steps: a table after the other.
    pitch = np.linspace(0, 1, 200)[:, None] * np.ones(N)
    sound = play(Triangle(hertz), 200, {"pitch": pitch})
    steady = max(kinks(play(Triangle(hertz * 2 ** (k / 12)), 50)) for k in range(13))
    assert kinks(sound) < 1.1 * steady + 1e-4


def test_a_level_of_nothing_is_idle_and_wakes():
    for node in [Sine(440, 0.5), Saw(440, 0.5), Noise(0.5)]:
        play(node, 3)
        assert not idle(node)
        node.level = 0
        sound = play(node, 2)
        assert sound[:N].any()
        assert not sound[N:].any()
        assert idle(node)
        node.level = 0.1
        assert not idle(node)
        assert play(node, 2)[N:].any()


def test_noise_is_white_and_reaches_its_level():
    sound = play(Noise(0.8, seed=7), 600)
    assert 0.799 < sound.max() <= 0.8
    assert -0.8 <= sound.min() < -0.799
    assert abs(sound.mean()) < 0.02
    # Evenly spread values of -a to a have a power of a**2 / 3.
    assert abs(sound.var() / (0.8**2 / 3) - 1) < 0.02
    power = (np.abs(np.fft.rfft(sound.reshape(-1, 256))) ** 2).mean(0)[1:-1]
    assert power.max() / power.min() < 4


def test_noise_is_marsaglias_sequence():
    state, wanted = 2463534242, []
    for _ in range(N):
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        wanted.append((state ^ 1 << 31) - (1 << 31))
    sound = play(Noise(1, seed=2463534242), 1)
    assert abs(sound - np.array(wanted) / 2**31).max() < 2**-15


def test_two_noises_differ():
    sounds = [play(Noise(), 10) for _ in range(2)]
    assert abs(np.corrcoef(*sounds)[0, 1]) < 0.2


def test_a_constant_is_exact_and_moves_over_a_block():
    node = Constant(0.3)
    sound = play(node, 4, actions={2: lambda: setattr(node, "value", -7.25)})
    assert (sound[: 2 * N] == np.float32(0.3)).all()
    wanted = np.float32(0.3) + (-7.25 - np.float32(0.3)) * np.arange(N) / N
    assert abs(sound[2 * N : 3 * N] - wanted).max() < 1e-6
    assert (sound[3 * N :] == -7.25).all()


def test_a_constant_of_nothing_is_idle_and_wakes():
    node = Constant(0)
    play(node, 1)
    assert idle(node)
    node.value = 1
    assert not idle(node)
    assert play(node, 2)[-1] == 1
    node.value = 0
    assert play(node, 2)[0] == 1
    play(node, 1)
    assert idle(node)


def test_of_two_changes_within_a_block_the_last_counts():
    node = Constant(1)
    play(node, 1)
    node.value = 5
    node.value = 2
    sound = play(node, 2)
    assert sound[0] == 1
    assert sound[:N].max() < 2
    assert sound[-1] == 2


@pytest.mark.parametrize("kind", OSCILLATORS)
@pytest.mark.parametrize("name", ["frequency", "level"])
@pytest.mark.parametrize("value", [NAN, INF, -INF, -0.1, 1e6, "a", None, True])
def test_a_bad_parameter_is_refused_and_changes_nothing(kind, name, value):
    error = TypeError if isinstance(value, (str, bool, type(None))) else ValueError
    with pytest.raises(error, match=name):
        kind(**{name: value})
    node = kind(330, 0.5)
    node.prepare(RATE, N)
    before = bytes(node.state)
    with pytest.raises(error, match=name):
        setattr(node, name, value)
    assert bytes(node.state) == before
    assert (node.frequency, node.level) == (330, 0.5)


def test_a_frequency_above_half_the_rate_is_refused_as_soon_as_it_is_known():
    node = Sine(30000)
    with pytest.raises(ValueError, match=r"frequency must be 0.01 to 22050.0 Hz, not 30000"):
        node.prepare(RATE, N)
    node.frequency = 1000
    assert decibels(abs(play(node, 9) - ideal(Sine, 1000, 9 * N)).max()) < -90


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Noise(NAN), ValueError),
        (lambda: Noise(1.1), ValueError),
        (lambda: Noise("a"), TypeError),
        (lambda: Noise(1, seed=0), ValueError),
        (lambda: Noise(1, seed=1 << 32), ValueError),
        (lambda: Noise(1, seed=0.5), TypeError),
        (lambda: Constant(NAN), ValueError),
        (lambda: Constant(INF), ValueError),
        (lambda: Constant(1e7), ValueError),
        (lambda: Constant("a"), TypeError),
    ],
)
def test_a_bad_noise_or_constant_is_refused(make, error):
    with pytest.raises(error):
        make()


def test_nodes_say_what_they_are():
    assert str(Sine(440, 0.5)) == "Sine 440.0 Hz, level 0.5"
    assert str(Noise(0.25)) == "Noise, level 0.25"
    assert str(Constant(2)) == "Constant 2.0"
