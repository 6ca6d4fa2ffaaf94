"""The filters' functions on emulated cores: the numbers of plain Python, and what they cost."""

import random
from array import array

import filter_player
import lane
import pytest
from aether import nodes
from aether.nodes.filters import portable
from aether_tools import layout, paths

pytestmark = pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)
FOLDER = paths.LIB / "aether" / "nodes" / "filters"
N = 16
BACKENDS = [
    ("thumb", "armv6m"),
    ("thumb", "armv7emsp"),
    ("viper", "armv6m"),
    ("viper", "armv7emsp"),
    ("viper", "rv32imc"),
]


def functions_of(backend, arch):
    """All functions of its files, by name."""
    found = {}
    for path in sorted(FOLDER.glob(f"{backend}*.py")):
        found |= lane.load(path, arch)
    return found


class Recorder:
    """In the place of functions: they run, and what they found and left is written down."""

    def __init__(self):
        self.calls = []

    def of(self, function):
        def call(*arguments):
            before = [bytes(argument) for argument in arguments[:-1]]
            function(*arguments)
            after = [bytes(argument) for argument in arguments[:-1]]
            self.calls.append((function.__name__, before, after, arguments[-1]))

        return call


def recorded(seed, turns=40):
    """What a filter's functions are called with while everything of it is set."""
    dice = filter_player.Dice(seed)
    node = nodes.Filter(dice.pick((20, 440, 12000)))
    node.prepare(44100.0, N)
    ins = [array("f", bytes(4 * N)) for _ in node.INLETS]
    out = array("f", bytes(4 * N))
    recorder = Recorder()
    for _ in range(turns):
        if not dice.roll(3):
            filter_player.turn(node, dice)
        for samples in ins:
            samples[:] = filter_player.block(dice, N)
        for function, *arguments in node.calls(ins, [out]):
            recorder.of(function)(*arguments, N)
    return recorder.calls


@pytest.mark.parametrize(("backend", "arch"), BACKENDS)
def test_filters_do_the_same_to_the_bit_as_in_plain_python(backend, arch):
    functions = functions_of(backend, arch)
    core, played = lane.of(arch), 0
    for seed in range(3):
        for name, before, after, n in recorded(seed):
            if name not in functions:
                continue
            core.forget()
            places = [core.place(data) for data in before]
            core.call(functions[name], *places, n)
            got = [core.read(place, len(data)) for place, data in zip(places, after, strict=True)]
            assert [array("i", data) for data in got] == [array("i", data) for data in after], name
            played += 1
    assert played >= 120


@pytest.mark.parametrize("name", ["thumb", "viper"])
def test_sounds_that_overflow_are_held_as_in_plain_python(name):
    function = functions_of(name, "armv6m")["render"]
    core = lane.of("armv6m")
    dice = random.Random(2)
    loud = [
        *(nodes.LowPass(15000, 40), nodes.HighPass(15000, 40), nodes.LowPass(20000, 0.2)),
        *(nodes.LowShelf(3000, 0.5, 18), nodes.HighShelf(3000, 0.5, 18)),
        *(nodes.Peak(3000, 0.5, 18), nodes.Peak(20000, 0.5, -18)),
    ]
    for node in loud:
        node.prepare(44100.0, N)
        for _ in range(20):
            portable.glide(node.state, node._table, N)
            block = array("f", [dice.choice([-1, 1]) * dice.uniform(4, 9) for _ in range(N)])
            core.forget()
            state, ins, outs = (
                core.place(bytes(data)) for data in (node.state, block, bytes(4 * N))
            )
            core.call(function, state, ins, outs, N)
            out = array("f", bytes(4 * N))
            portable.render(node.state, block, out, N)
            assert core.read(outs, 4 * N) == out.tobytes()
            assert core.read(state, 4 * len(node.state)) == node.state.tobytes()


def cycles(function, arch, node, level, moving=False, n=64):
    """Of a sample of noise, with entry and exit."""
    node.prepare(44100.0, n)
    dice = random.Random(1)
    block = array("f", [level * dice.uniform(-1, 1) for _ in range(n)])
    out = array("f", bytes(4 * n))
    for _ in range(4):
        portable.glide(node.state, node._table, n)
        portable.render(node.state, block, out, n)
    if moving:
        node.cutoff = 2 * node.cutoff
    portable.glide(node.state, node._table, n)
    core = lane.of(arch)
    core.call(function, *(core.place(bytes(data)) for data in (node.state, block, out)), n)
    return core.cycles / n


@pytest.mark.parametrize(
    ("kind", "moving", "most"),
    [("LowPass", False, 106), ("LowPass", True, 118), ("HighPass", False, 145)],
)
@pytest.mark.parametrize("level", [0.05, 0.5])
def test_a_sample_on_an_rp2040_takes_few_cycles(kind, moving, most, level):
    function = lane.load(FOLDER / "thumb.py", "armv6m")["render"]
    taken = cycles(function, "armv6m", getattr(nodes, kind)(1000), level, moving)
    assert taken <= most


@pytest.mark.parametrize("arch", ["armv6m", "armv7emsp", "rv32imc", "xtensawin", None])
def test_boards_with_arm_cores_alone_get_the_assembler(arch):
    arm = bool(arch) and arch.startswith("armv")
    assert layout.meant_for("aether/nodes/filters/thumb.py", arch) == arm
    for name in ("viper", "viper_render"):
        assert layout.meant_for(f"aether/nodes/filters/{name}.py", arch)
