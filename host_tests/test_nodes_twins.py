"""Sources and control nodes compute the same in viper as in plain Python, on every interpreter."""

import ast

import pytest
from micropython_host import beside

_PLAY = """
import source_player
print(source_player.differences(source_player.{make}, {seed}, {n}, {blocks}, {turns}))
"""
_NODES = ["sine", "saw", "noise", "constant", "adsr", "lfo"]


@pytest.mark.parametrize("make", _NODES)
@pytest.mark.parametrize("n", [64, 20])
def test_viper_and_plain_python_make_the_same_blocks(micropython, make, n):
    if micropython.backend == "portable":
        pytest.skip("the pool's backend does not matter here")
    blocks, turns = (10, 1) if micropython.emulated else (60, 8)
    program = _PLAY.format(make=make, seed=n, n=n, blocks=blocks, turns=turns)
    bad, loud = ast.literal_eval(
        micropython.run(program, files=beside("source_player.py"), heap="4M")
    )
    assert bad == 0
    assert loud > blocks * turns / 10
