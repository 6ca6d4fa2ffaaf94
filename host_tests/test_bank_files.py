"""A board gets the kernels of a voice bank that it can run, and takes the fastest of them."""

from pathlib import PurePosixPath

import pytest
from aether_tools import boards, layout, mpy
from virtual_run import needs_micropython

_PLAIN = {"viper", "portable", "voices", "waves"}


def kinds(files):
    names = {PurePosixPath(path).stem for path in files if "/aether/nodes/bank/" in path}
    known = {name.partition("_")[0] for name in names}
    return known - {"", "bank", "choice", "patches", "places", "words"}


@pytest.mark.parametrize(
    ("board", "more"),
    [
        ("rpi_pico", {"rp2040", "thumb"}),
        ("rpi_pico2", {"thumb"}),
        ("esp32_generic", set()),
        ("virtual", set()),
    ],
)
def test_a_board_gets_what_it_can_run(board, more):
    assert kinds(layout.device_files(boards.load(board), "tone")) == _PLAIN | more


def test_an_rp2350_gets_no_assembler_of_arm_for_its_other_cores():
    files = layout.device_files(
        boards.load("rpi_pico2"), "tone", loads=mpy.Format(6, 3, "rv32imc")
    )
    assert kinds(files) == _PLAIN


_CHOSEN = """
from aether.nodes.bank import choice, waves
print(choice.kernels.__name__, choice.voices.__name__, waves.hot.__name__)
"""


def chosen(out):
    return [name.rpartition(".")[2] for name in out.split()]


def test_cpython_and_the_hosts_micropython_and_a_pico_choose_the_fastest(runtime):
    expected = "portable" if not runtime.micropython else "rp2040" if runtime.emulated else "viper"
    found = chosen(runtime.run(_CHOSEN, prepare=False))
    twin = "viper" if runtime.micropython else "portable"
    assert found == [expected, f"voices_{twin}", f"waves_{twin}"]


@needs_micropython
@pytest.mark.parametrize("board", ["rpi_pico", "esp32_generic"], indirect=True)
def test_a_virtual_board_in_a_boards_place_runs_viper(board):
    assert chosen(board(_CHOSEN).text) == ["viper", "voices_viper", "waves_viper"]
