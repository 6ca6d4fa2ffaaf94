"""Programs of makers on the virtual board against the emulated Pico: same sound, same lines."""

import numpy as np
import pytest
from emulated_run import needs_images, on_both
from maker_programs import (
    ASYNC_PLAYER,
    PINS,
    RATES,
    RECORD_ASYNC,
    RECORD_BLOCKING,
    RECORD_IRQ,
    STATES,
)
from test_programs_play import counted, wav_file
from virtual_run import sounding

pytestmark = needs_images


def both(program: str, seconds: float = 2):
    files = {"/sound.wav": wav_file(counted(12000))}
    ran = on_both(PINS + "NAME = 'sound.wav'\n" + program, files=files, seconds=seconds)
    assert not ran.chip.error
    assert ran.virtual.code == 0, ran.virtual.err
    return ran


@pytest.mark.parametrize("program", [STATES, ASYNC_PLAYER], ids=["states", "asyncio"])
def test_players_leave_the_same_samples_and_say_the_same(program):
    ran = both(program)
    ours, theirs = sounding(ran.virtual.frames), sounding(ran.chip.frames)
    assert ran.virtual.lines == ran.chip.lines
    assert abs(len(ours) - len(theirs)) <= 1
    n = min(len(ours), len(theirs))
    assert n > 8000
    np.testing.assert_array_equal(ours[:n], theirs[:n])


# The flash holds the chip up for longer than the ring lasts, and nothing is at its data pin.
NOWHERE = """
class Nowhere:
    def write(self, data):
        return len(data)
    def close(self):
        pass
open = lambda name, mode: Nowhere()
"""


@pytest.mark.parametrize(
    "program", [RECORD_BLOCKING, RECORD_IRQ, RECORD_ASYNC], ids=["blocking", "irq", "asyncio"]
)
def test_recorders_are_told_the_same(program):
    ran = both(NOWHERE + program)
    assert ran.virtual.lines == ran.chip.lines


def test_rates_are_the_same():
    ran = both(RATES, seconds=6)
    assert ran.virtual.lines == ran.chip.lines
