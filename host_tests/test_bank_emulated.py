"""How many voices an RP2040 plays, with the flash cache modelled too, and what Python takes."""

import contextlib

import bench_kernels
import lane
import pytest
from aether_tools import boards, emulation, images, node
from aether_tools.emulated_pico import EmulatedPico, Setting
from bank_cost import drain_cost, voice_cost
from bench_bank import Board
from emulated_host import RP2040, needs_chip
from lane_backend import Backend

_BLOCK_US = 64 / 0.0441


@contextlib.contextmanager
def powered(xip):
    board = boards.load("rpi_pico")
    with EmulatedPico(Setting(board, images.find(board), node.find()), xip) as pico:
        pico.boot()
        pico.install(emulation.library(board, pico.loads()))
        yield Board(pico)


_BUILD = """
import gc, time
from aether.nodes import Bank
gc.collect()
before = gc.mem_alloc()
start = time.ticks_ms()
bank = Bank(64)
bank.prepare(44100, 64)
took = time.ticks_diff(time.ticks_ms(), start)
gc.collect()
print(took, gc.mem_alloc() - before, len(bank._waves))
"""


@needs_chip
def test_a_bank_of_all_usual_waves_is_there_in_a_second_and_leaves_most_of_the_heap():
    took, taken, waves = map(int, RP2040.run(_BUILD).split())
    assert took < 1000
    assert taken < 64 * 1024
    assert waves == 4


@needs_chip
def test_64_voices_play_where_the_flash_has_a_cache_and_48_leave_room():
    with powered(xip=True) as board:
        assert board.load(64, "", "") < 0.8
        assert board.load(48, "", "") < 0.65


@needs_chip
@pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)
def test_all_python_of_a_block_takes_120_us_at_most():
    with powered(xip=False) as board:
        callback = board.load(1, "", "") * _BLOCK_US
    loud = [1 << 24] * 128
    cycles = voice_cost("rp2040", "mix_stereo", "armv6m").cycles
    cycles += drain_cost("rp2040", "drain_stereo", "armv6m", loud).cycles
    # What the stream's own are: the rest of it is in viper, and counts here as Python.
    for kernel, samples in (("clear", 2), ("to_pcm16", 2)):
        cycles += samples * bench_kernels.measure(kernel, Backend("thumb", "armv6m"))[1]
    assert callback - cycles * 64 / 125 < 120
