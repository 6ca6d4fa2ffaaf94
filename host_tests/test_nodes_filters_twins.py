"""Filters sound the same on every interpreter, to the bit, and take nothing from the heap."""

import ast
import re

import filter_player
import pytest
from aether_tools import paths
from micropython_host import beside

_PLAY = """
import gc
import filter_player
gc.collect()
print([filter_player.play(name, seed, {blocks}) for name in {names} for seed in {seeds}])
"""


@pytest.mark.parametrize("names", [("Filter",), filter_player.NAMES[1:]], ids=["svf", "others"])
def test_random_sounds_come_out_the_same_on_every_interpreter(micropython, names):
    blocks, seeds = (20, [1]) if micropython.emulated else (100, [1, 2, 3])
    program = _PLAY.format(blocks=blocks, names=names, seeds=seeds)
    out = micropython.run(program, files=beside("filter_player.py"), heap="4M")
    here = [filter_player.play(name, seed, blocks) for name in names for seed in seeds]
    assert ast.literal_eval(out) == here


def test_the_numbers_of_places_are_the_same_in_viper():
    from aether.nodes.filters import places

    text = (paths.LIB / "aether/nodes/filters/viper.py").read_text()
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

def step(calls, turn):
    for call in calls:
        if len(call) == 4:
            call[0](call[1], call[2], call[3], 64)
        else:
            call[0](call[1], call[2], 64)

for name in {names}:
    node = getattr(aether.nodes, name)(channels=2)
    node.prepare(44100.0, 64)
    calls = node.calls(ins, outs)
    for turn in range(12):
        if turn % 4 == 3:
            node.cutoff = 200 * turn
        try:
            taken = grown(step, calls, turn)
        except MemoryError as error:
            taken = repr(error)
        if taken:
            print(name, turn, taken)
print(node.state[0])
"""


def test_a_block_takes_nothing_from_the_heap(micropython):
    if micropython.backend == "portable":
        pytest.skip("plain Python may allocate")
    program = _STEPS.format(names=("Filter", "Peak", "LowPass1"))
    assert micropython.run(program, files=beside("heap_watch.py")) == "0\n"


_CHOSEN = """
from aether.nodes.filters import choice
print(choice._plain.__name__, choice._of_the_chip() and choice._of_the_chip().__name__)
"""


def test_each_interpreter_chooses_the_fastest(runtime):
    chosen = [name.rpartition(".")[2] for name in runtime.run(_CHOSEN, prepare=False).split()]
    plain = "viper" if runtime.micropython else "portable"
    assert chosen == [plain, "thumb" if runtime.emulated else "None"]
