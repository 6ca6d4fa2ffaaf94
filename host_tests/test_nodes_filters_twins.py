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
