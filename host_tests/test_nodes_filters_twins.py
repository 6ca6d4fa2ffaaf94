"""Filters sound the same on every interpreter, to the bit, and take nothing from the heap."""

import ast
import re

import filter_player
import pytest
from aether import nodes
from aether.nodes.filters import places, portable
from aether_tools import paths
from micropython_host import beside

_PLAY = """
import gc
import filter_player
gc.collect()
print([filter_player.play(name, seed, {blocks}) for name in {names} for seed in {seeds}])
"""


@pytest.mark.not_emulated("its floats have 32 bits, and the words set differ by their last bits")
@pytest.mark.parametrize("names", [("Filter",), filter_player.NAMES[1:]], ids=["svf", "others"])
def test_random_sounds_come_out_the_same_on_every_interpreter(micropython, names):
    blocks, seeds = 60, [1, 2, 3]
    program = _PLAY.format(blocks=blocks, names=names, seeds=seeds)
    out = micropython.run(program, files=beside("filter_player.py"), heap="4M")
    here = [filter_player.play(name, seed, blocks) for name in names for seed in seeds]
    assert ast.literal_eval(out) == here


def test_the_numbers_of_places_are_the_same_in_viper():
    folder = paths.LIB / "aether/nodes/filters"
    text = "".join((folder / name).read_text() for name in ("viper.py", "viper_render.py"))
    found = re.findall(r"^_(\w+) = const\((\w+)\)$", text, re.M)
    assert len(found) > 20
    for constant, value in found:
        assert getattr(places, constant) == int(value, 0), constant


_STEPS = """
from array import array
from heap_watch import grown
import aether.nodes

ins = [array("f", [(i * 37 % 64 - 32) / 64 for i in range(64)]) for _ in range(3)]
outs = [array("f", bytes(256)) for _ in range(2)]

def two(call, n):
    call[0](call[1], call[2], n)

def three(call, n):
    call[0](call[1], call[2], call[3], n)

for name in {names}:
    node = getattr(aether.nodes, name)(channels=2)
    node.prepare(44100.0, 64)
    calls = node.calls(ins, outs)
    for turn in range(5):
        if turn == 2:
            node.cutoff = 200 * turn
        for call in calls:
            try:
                taken = grown(three if len(call) == 4 else two, call, 64)
            except MemoryError as error:
                taken = repr(error)
            if taken:
                print(name, turn, call[0], taken)
print(node.state[0])
"""


def test_a_block_takes_nothing_from_the_heap(micropython):
    if micropython.backend == "portable":
        pytest.skip("plain Python may allocate")
    program = _STEPS.format(names=("Filter", "Peak", "LowPass1"))
    assert micropython.run(program, files=beside("heap_watch.py")) == "0\n"


_CHOSEN = """
from aether.nodes.filters import choice
print(choice._plain.__name__, choice._sounding.__name__)
"""


def test_each_interpreter_chooses_the_fastest(runtime):
    chosen = [name.rpartition(".")[2] for name in runtime.run(_CHOSEN, prepare=False).split()]
    plain = ["viper", "viper_render"] if runtime.micropython else ["portable"] * 2
    assert chosen == [plain[0], "thumb" if runtime.emulated else plain[1]]


_SET = """
import aether.nodes
out = []
for name, cutoff, q in {filters}:
    node = getattr(aether.nodes, name)(cutoff, q)
    node.prepare(44100.0, 64)
    node.calls([None] * 2, [None])[0][0](node.state, node._table, 64)
    out.append(list(node.state))
print(out)
"""


def test_a_chip_comes_to_the_same_numbers_but_for_the_rounding_of_its_floats(micropython):
    filters = [("LowPass", 20, 0.7071), ("Peak", 1000, 3), ("Filter", 12345, 40)]
    out = ast.literal_eval(micropython.run(_SET.format(filters=filters)))
    for (name, cutoff, q), words in zip(filters, out, strict=True):
        node = getattr(nodes, name)(cutoff, q)
        node.prepare(44100.0, 64)
        portable.glide(node.state, node._table, 64)
        for word, expected in zip(words, node.state, strict=True):
            assert abs(word - expected) <= 1e-6 * abs(expected) + 2048
        # g, a and h, which have 10 bits more than are used.
        for place in (places.G, places.A, places.H):
            assert abs(words[place] - node.state[place]) <= 2048
