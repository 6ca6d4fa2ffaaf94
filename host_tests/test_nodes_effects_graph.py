"""Effects in patches: with the right assembler, in loops, and while another patch takes over."""

from array import array
from pathlib import PurePosixPath

import lane
import numpy as np
import pytest
import test_nodes_effects_twins as twins
from aether import BufferPool, Graph, kernels
from aether.nodes import Delay, Gain, Mixer, Node, Reverb
from aether_tools import boards, layout
from effects_kit import N, decibels, noise


class Played(Node):
    """Plays what it is given, a block after the other."""

    INLETS = ()

    def __init__(self, x):
        super().__init__(2)
        self.x = array("f", x.astype(np.float32).tobytes())
        self.state[0] = 0

    def calls(self, ins, outs):
        return [(self.play, outs[0])]

    def play(self, out, n):
        at = self.state[1]
        self.state[1] += n
        kernels.copy(out, self.x[at : at + n], n)


def rendered(graph, blocks, events=()):
    events = dict(events)
    left, right = (memoryview(array("f", bytes(4 * N))) for _ in range(2))
    out = []
    for k in range(blocks):
        if k in events:
            events[k]()
        graph.render(left, right)
        out.append([np.array(left, float), np.array(right, float)])
    return np.concatenate(out, axis=1)


@pytest.mark.parametrize("make", [lambda: Delay(0.006, 0.8), lambda: Reverb(size=0.25)])
def test_a_patch_that_takes_over_goes_on_with_what_the_lines_hold(make):
    sounds = []
    for again in (False, True):
        graph = Graph(BufferPool(16))
        source, effect = graph.add(Played(noise(1, 60 * N))), graph.add(make())
        graph.connect(source, effect)
        graph.output(effect)
        graph.compile()
        sounds.append(rendered(graph, 60, [(k, graph.compile) for k in (20, 21, 33) if again]))
    assert decibels(sounds[0] - sounds[1]) < -120


def test_a_delay_closes_a_loop_that_begins_a_block_later():
    graph = Graph(BufferPool(16))
    x = np.zeros(40 * N)
    x[5] = 0.5
    source, delay = graph.add(Played(x)), graph.add(Delay(0, 0, 1))
    mixer, half = graph.add(Mixer(2)), graph.add(Gain(0.5))
    graph.connect(source, mixer)
    graph.connect(half, mixer)
    graph.connect(mixer, delay)
    graph.connect(delay, half)
    graph.output(mixer)
    graph.compile()
    out = rendered(graph, 8)[0]
    expected = np.zeros(8 * N)
    expected[5::N] = 0.5 ** np.arange(1, 9)
    assert decibels(out - expected) < -85


@pytest.mark.parametrize(
    ("board", "assembler"), [("rpi_pico", True), ("rpi_pico2", True), ("esp32_generic", False)]
)
def test_a_board_gets_the_effects_that_it_can_run(board, assembler):
    files = layout.device_files(boards.load(board), "tone")
    names = {PurePosixPath(path).stem for path in files if "/nodes/effects/" in path}
    assert {"fixed_viper", "lines_viper", "lines_portable"} <= names
    assert ("thumb" in names) == ("thumb_room" in names) == assembler


_CHOSEN = "from aether.nodes.effects import choice\nprint(choice.thumb is not None)"


def test_a_pico_takes_assembler(runtime):
    assert runtime.run(_CHOSEN, prepare=False) == f"{runtime.emulated}\n"


# Cycles of an RP2040 for a frame, entry and exit included.
_MOST = {
    "take": 17.5,
    "give": 34,
    "spread": 27,
    "room": 252,
    "sides": 20,
    "blend": 29,
    "echo": 25,
    "feed": 36,
}


@pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)
def test_the_assembler_keeps_its_count_on_an_rp2040(monkeypatch):
    functions, core = twins.functions_of("thumb", "armv6m"), lane.of("armv6m")
    seen = {}
    for kind in ("Delay", "Reverb"):
        for call in twins.recorded(monkeypatch, kind, N, 8):
            if call.name in _MOST:
                twins.replay(core, functions[call.name], call)
                seen.setdefault(call.name, []).append(core.cycles / N)
    for name, most in _MOST.items():
        assert np.mean(seen[name]) <= most, name
