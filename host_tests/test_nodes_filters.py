"""Filters against their transfer functions in double precision, and what they do with nonsense."""

from array import array

import numpy as np
import pytest
from aether import nodes
from aether.buffer_pool import BufferPool
from aether.graph import Graph

RATE = 44100.0
N = 64
NAN, INF = float("nan"), float("inf")
ALL = [
    *(nodes.Filter, nodes.LowPass, nodes.HighPass, nodes.BandPass, nodes.Notch, nodes.Peak),
    *(nodes.LowShelf, nodes.HighShelf, nodes.LowPass1, nodes.HighPass1),
]
EACH = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)


class Player:
    """A node and its blocks."""

    def __init__(self, node, cutoff=False, rate=RATE):
        self.node = node
        node.prepare(rate, N)
        self.ins = [array("f", bytes(4 * N)) for _ in node.INLETS]
        self.outs = [array("f", bytes(4 * N)) for _ in node.OUTLETS]
        if node.OPTIONAL and not cutoff:
            self.ins[-1] = None
        self.calls = node.calls(self.ins, self.outs)

    def block(self, *ins):
        for block, samples in zip(self.ins, ins, strict=False):
            block[:] = array("f", list(samples))
        for function, *arguments in self.calls:
            function(*arguments, N)
        return [np.array(out, np.float64) for out in self.outs]

    def play(self, samples):
        return np.concatenate(
            [self.block(samples[i : i + N])[0] for i in range(0, len(samples), N)]
        )


def cookbook(name, cutoff, q, gain=0.0):
    """The coefficients b and a of the Audio EQ Cookbook."""
    A = 10 ** (gain / 40)
    w = 2 * np.pi * cutoff / RATE
    alpha, cos = np.sin(w) / (2 * q), np.cos(w)
    root = 2 * np.sqrt(A) * alpha
    poles = [1 + alpha, -2 * cos, 1 - alpha]
    up, down = (A + 1) + (A - 1) * cos, (A + 1) - (A - 1) * cos
    return {
        "LowPass": ([(1 - cos) / 2, 1 - cos, (1 - cos) / 2], poles),
        "HighPass": ([(1 + cos) / 2, -1 - cos, (1 + cos) / 2], poles),
        "BandPass": ([alpha, 0, -alpha], poles),
        "Notch": ([1, -2 * cos, 1], poles),
        "Peak": (
            [1 + alpha * A, -2 * cos, 1 - alpha * A],
            [1 + alpha / A, -2 * cos, 1 - alpha / A],
        ),
        "LowShelf": (
            [A * (down + root), 2 * A * ((A - 1) - (A + 1) * cos), A * (down - root)],
            [up + root, -2 * ((A - 1) + (A + 1) * cos), up - root],
        ),
        "HighShelf": (
            [A * (up + root), -2 * A * ((A - 1) + (A + 1) * cos), A * (up - root)],
            [down + root, 2 * ((A - 1) - (A + 1) * cos), down - root],
        ),
    }[name]


def one_pole(name, cutoff):
    g = np.tan(np.pi * cutoff / RATE)
    return ([g, g] if name == "LowPass1" else [1, -1]), [1 + g, g - 1]


def filtered(b, a, samples):
    """What a transfer function b / a makes of samples."""
    y = np.zeros(len(samples) + 2)
    x = np.concatenate([[0, 0], samples])
    for n in range(2, len(x)):
        y[n] = sum(c * x[n - i] for i, c in enumerate(b))
        y[n] = (y[n] - sum(c * y[n - i] for i, c in enumerate(a) if i)) / a[0]
    return y[2:]


def noise(blocks, level=0.5, seed=1):
    samples = np.random.default_rng(seed).uniform(-level, level, N * blocks)
    return samples.astype(np.float32).astype(np.float64)


def decibels(x):
    return 20 * np.log10(np.abs(x).max() + 1e-30)


# What noise at half of full scale is off by at most, in dB of full scale.
BIQUADS = ["LowPass", "HighPass", "BandPass", "Notch", "Peak", "LowShelf", "HighShelf"]


@pytest.mark.parametrize("name", BIQUADS)
@pytest.mark.parametrize(
    ("cutoff", "q", "most"),
    [(20, 0.7071, -72), (100, 0.5, -86), (1000, 0.7071, -88), (1000, 2, -80), (9000, 1, -78)],
)
def test_a_biquad_is_that_of_the_cookbook(name, cutoff, q, most):
    gain = {"gain": 12} if name in ("Peak", "LowShelf", "HighShelf") else {}
    samples = noise(20)
    got = Player(getattr(nodes, name)(cutoff, q, **gain)).play(samples)
    error = decibels(got - filtered(*cookbook(name, cutoff, q, **gain), samples))
    assert error < (most if gain else min(most, -88 + 8 * (cutoff == 20)))


@pytest.mark.parametrize("gain", [-18.0, 18.0])
@pytest.mark.parametrize("name", BIQUADS[-3:])
def test_equalizers_keep_their_gains(name, gain):
    samples = noise(20, 0.1)
    got = Player(getattr(nodes, name)(800, 0.7071, gain)).play(samples)
    expected = filtered(*cookbook(name, 800, 0.7071, gain), samples)
    assert decibels(got - expected) < -90


def test_a_gain_of_0_db_changes_nothing():
    samples = noise(4)
    for name in BIQUADS[-3:]:
        got = Player(getattr(nodes, name)(800)).play(samples)
        np.testing.assert_allclose(got, samples, atol=2.0**-20)


@pytest.mark.parametrize("name", ["LowPass1", "HighPass1"])
@pytest.mark.parametrize("cutoff", [100, 1000, 12000])
def test_one_pole_has_6_db_an_octave(name, cutoff):
    samples = noise(20)
    got = Player(getattr(nodes, name)(cutoff)).play(samples)
    assert decibels(got - filtered(*one_pole(name, cutoff), samples)) < -90


@pytest.mark.parametrize(
    ("mode", "name"),
    [("low", "LowPass"), ("band", "BandPass"), ("high", "HighPass"), ("notch", "Notch")],
)
def test_a_filters_modes_are_those_biquads_to_the_bit(mode, name):
    samples = noise(5)
    got = Player(nodes.Filter(700, 3, mode)).play(samples)
    np.testing.assert_array_equal(got, Player(getattr(nodes, name)(700, 3)).play(samples))


def test_a_cutoff_inlet_moves_the_cutoff_by_octaves():
    samples = noise(40)
    player = Player(nodes.Filter(500), cutoff=True)
    got = [player.block(samples[i : i + N], [1.5] * N)[0] for i in range(0, len(samples), N)]
    expected = filtered(*cookbook("LowPass", 500 * 2**1.5, 0.7071), samples)
    # It begins where it is to be; g is looked up, to 1e-5.
    assert decibels(np.concatenate(got) - expected) < -88


@pytest.mark.parametrize("octaves", [INF, -INF, NAN, 1e30, -17.0])
def test_a_cutoff_inlet_of_nonsense_stays_in_range(octaves):
    samples = noise(20)
    player = Player(nodes.Filter(500), cutoff=True)
    got = np.concatenate(
        [player.block(samples[i : i + N], [octaves] * N)[0] for i in range(0, len(samples), N)]
    )
    assert np.isfinite(got).all()
    cutoff = 500 if octaves != octaves else 10 if octaves < 0 else 0.46 * RATE
    expected = filtered(*cookbook("LowPass", cutoff, 0.7071), samples)
    assert decibels(got - expected) < -55


@EACH
def test_both_channels_do_the_same_each_with_its_own_sound(kind):
    left, right = noise(6), noise(6, seed=2)
    stereo = Player(kind(600, channels=2))
    pairs = [stereo.block(left[i : i + N], right[i : i + N]) for i in range(0, len(left), N)]
    for channel, samples in enumerate((left, right)):
        got = np.concatenate([pair[channel] for pair in pairs])
        np.testing.assert_array_equal(got, Player(kind(600)).play(samples))


def sweep(player, turns, samples):
    # The largest second difference of what comes out while something is set before each block.
    out = []
    for i, turn in enumerate(turns):
        if turn:
            for name, value in turn.items():
                setattr(player.node, name, value)
        out.append(player.block(samples[i * N : i * N + N])[0])
    return np.abs(np.diff(np.concatenate(out), 2)).max()


@pytest.mark.parametrize(
    "turns",
    [
        [{"cutoff": 200}, {"cutoff": 2000}, None, {"cutoff": 300}],
        [{"q": 8}, None, {"q": 0.3}, None],
        [{"mode": "band"}, None, {"mode": "high"}, {"mode": "notch"}, {"mode": "low"}],
    ],
    ids=["cutoff", "q", "mode"],
)
def test_nothing_that_is_set_clicks(turns):
    turns = [None] * 10 + [turn for one in turns for turn in (one, None, None, None)]
    time = np.arange(len(turns) * N)
    sine = 0.5 * np.sin(2 * np.pi * 220 / RATE * time)
    player = Player(nodes.Filter(800, 0.7071))
    smooth = 0.5 * (2 * np.pi * 220 / RATE) ** 2
    # A click of 1 % of full scale would be 20 times that.
    assert sweep(player, turns, sine) < 10 * smooth


def test_a_gain_that_is_set_does_not_click():
    turns = [None, {"gain": 18}, None, None, {"gain": -18}, None, None, None] * 3
    sine = 0.1 * np.sin(2 * np.pi * 220 / RATE * np.arange(len(turns) * N))
    for kind in (nodes.Peak, nodes.LowShelf, nodes.HighShelf):
        assert sweep(Player(kind(400)), turns, sine) < 0.008


@EACH
def test_random_settings_never_blow_up(kind):
    dice = np.random.default_rng(5)
    player = Player(kind(1000))
    for _ in range(150):
        if hasattr(player.node, "q"):
            player.node.q = float(dice.choice([0.5, 1, 40]))
        player.node.cutoff = float(dice.choice([20, 500, 20000]))
        player.block(dice.uniform(-0.5, 0.5, N))
    if hasattr(player.node, "q"):
        player.node.q = 0.7071
    player.node.cutoff = 1000
    for _ in range(150):
        out = player.block(dice.uniform(-0.5, 0.5, N))[0]
    assert np.abs(out).max() < 1.5


@EACH
@pytest.mark.parametrize("bad", [NAN, INF, -INF, 3e38])
def test_no_sample_that_is_no_number_stays_in_a_filter(kind, bad):
    player = Player(kind(300))
    samples = np.zeros(N)
    samples[5] = bad
    assert np.isfinite(player.block(samples)[0]).all()
    for _ in range(400):
        out = player.block(np.zeros(N))[0]
    assert not out.any()
    assert player.node.state[0] == 1


@EACH
def test_a_filter_rests_behind_its_tail_and_wakes_up(kind):
    player = Player(kind(1000))
    assert player.node.state[0] == 1
    player.block([0.5] * N)
    assert player.node.state[0] == 0
    blocks = 0
    while not player.node.state[0]:
        tail = player.block(np.zeros(N))[0]
        blocks += 1
        assert blocks < 200
    # Nothing that can be heard is cut off.
    assert blocks > 2
    assert decibels(tail) < -90
    assert player.block([1e-3] * N)[0].any()
    assert player.node.state[0] == 0


@pytest.mark.parametrize("cutoff", [30, 1000, 20000])
@pytest.mark.parametrize("q", [0.2, 40])
@pytest.mark.parametrize("last", [0.5, -0.5])
def test_rounding_never_keeps_a_filter_awake(cutoff, q, last):
    player = Player(nodes.LowPass(cutoff, q))
    player.block([last] * N)
    blocks = 0
    while not player.node.state[0]:
        tail = player.block(np.zeros(N))[0]
        blocks += 1
        assert blocks < 2500
    assert decibels(tail) < -70


def test_a_graph_skips_a_filter_that_rests():
    graph = Graph(BufferPool(8, N), RATE, channels=1)
    gate, node = graph.add(nodes.Gain(1)), graph.add(nodes.Filter(1000, 2, "high"))
    source = graph.add(Burst())
    graph.connect(source, gate)
    graph.connect(gate, node)
    graph.output(node)
    graph.compile()
    heard = []
    for _ in range(100):
        block = array("f", bytes(4 * N))
        graph.render(block)
        heard.append(np.array(block, np.float64))
    expected = filtered(*cookbook("HighPass", 1000, 2), [0.5] * N + [0.0] * (99 * N))
    assert decibels(np.concatenate(heard) - expected) < -75
    assert node.state[0] == 1
    assert not heard[-1].any()


class Burst(nodes.Node):
    """A block of 0.5, and then silence."""

    INLETS = ()

    def __init__(self):
        super().__init__()
        self.state[0] = 0

    def calls(self, ins, outs):
        return [(self._play, outs[0])]

    def _play(self, out, n):
        out[:] = array("f", [0.5 * (1 - self.state[0])] * n)
        self.state[0] = 1


@EACH
@pytest.mark.parametrize("cutoff", [NAN, INF, 9.9, 20001, -1, "1000", None, True])
def test_a_cutoff_out_of_range_is_refused(kind, cutoff):
    with pytest.raises((TypeError, ValueError), match="cutoff must be"):
        kind(cutoff)
    node = kind(1000)
    with pytest.raises((TypeError, ValueError), match="cutoff must be"):
        node.cutoff = cutoff
    assert node.cutoff == 1000


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nodes.Filter(q=NAN), "q must be 0.2 to 40, not nan"),
        (lambda: nodes.LowPass(q=0.1), "q must be 0.2 to 40, not 0.1"),
        (lambda: nodes.Peak(q=0.2), "q must be 0.5 to 40, not 0.2"),
        (lambda: nodes.Peak(gain=19), "gain must be -18 to 18 dB, not 19"),
        (lambda: nodes.HighShelf(gain=NAN), "gain must be -18 to 18 dB, not nan"),
        (lambda: nodes.LowShelf(10), "cutoff must be 20 to 20000 Hz, not 10"),
        (lambda: nodes.Filter(mode="all"), "mode must be one of low, band, high, notch, not all"),
        (lambda: nodes.LowPass1(channels=3), "channels must be 1 or 2, not 3"),
    ],
)
def test_what_a_filter_cannot_be_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("rate", [8000.0, 22050.0, 96000.0])
def test_a_cutoff_above_what_a_rate_allows_is_held(rate):
    samples = noise(10)
    for kind in ALL:
        assert np.isfinite(Player(kind(20000), rate=rate).play(samples)).all()
    low, high = (Player(nodes.LowPass(f), rate=8000.0).play(samples) for f in (3680, 20000))
    np.testing.assert_allclose(low, high, atol=1e-3)


def test_filters_say_what_they_are():
    assert str(nodes.LowPass(800, 0.7)) == "LowPass 800.0 Hz q 0.7"
    assert str(nodes.Peak(800, 1, -3)) == "Peak 800.0 Hz q 1.0 -3.0 dB"
    assert str(nodes.Filter(mode="band")) == "Filter band 1000.0 Hz q 0.7071"
    assert str(nodes.HighPass1(20)) == "HighPass1 20.0 Hz"
