"""Underruns over machine.I2S, which are estimated, are those that the virtual board has played."""

import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from aether_tools import boards, session
from virtual_run import needs_micropython

KIT = Path(__file__).with_name("underrun_schedules.py")
PROGRAM = """
from underrun_schedules import play
for seed in range({first}, {end}):
    play(seed)
"""
# One run plays so many schedules; 1,200 in all.
RUN = 300
RUNS = [(board, first) for board in ("rpi_pico", "esp32_generic") for first in (0, RUN)]


def play(board: str, first: int) -> list[SimpleNamespace]:
    """What underrun_schedules.py says of each of RUN seeds."""
    target = boards.load(board)
    target.HEAP = 1 << 20  # it is not memory that is tried here
    with tempfile.TemporaryDirectory() as name, open(Path(name) / "out", "w+b") as out:
        program = Path(name) / "program.py"
        program.write_text(PROGRAM.format(first=first, end=first + RUN))
        result = session.run(
            target,
            program=program,
            files={"/board.py": target.path, f"/{KIT.name}": KIT},
            seconds=10000,
            stdout=out,
            stderr=out,
        )
        out.seek(0)
        lines = out.read().decode().splitlines()
    assert result.exit_code == 0, lines[-8:]
    return [SimpleNamespace(**json.loads(line)) for line in lines]


@needs_micropython
@pytest.mark.parametrize(("board", "first"), RUNS)
def test_counters_tell_what_was_played_however_a_stream_is_held_up(board, first):
    # One test, as one run serves all of it.
    schedules = play(board, first)
    assert len(schedules) == RUN
    underruns_are_exact_unless_a_write_comes_within_a_piece_of_the_edge(schedules)
    one_that_goes_on_counts_already(schedules)
    a_callback_is_late_half_a_write_behind_the_room_for_it(schedules)
    the_least_fill_is_what_a_callback_found_in_the_ring(schedules)


def underruns_are_exact_unless_a_write_comes_within_a_piece_of_the_edge(schedules):
    for s in schedules:
        # A late rest of a DMA buffer of an ESP32 is heard by itself, a buffer's turn later.
        assert abs(s.underruns - s.gaps) <= s.near + s.stretches, s
    clear = [s for s in schedules if not s.near and not s.stretches]
    assert all(s.underruns == s.gaps for s in clear)
    # That is so for a good part of them; there are schedules with many gaps, with few, with none.
    assert len(clear) > RUN // 3
    assert sum(s.gaps > 0 for s in clear) > 0.09 * RUN
    assert sum(s.gaps == 0 for s in schedules) > 0.1 * RUN
    assert sum(0 < s.gaps < 4 for s in schedules) > 0.1 * RUN
    assert sum(s.gaps > 10 for s in schedules) > 0.02 * RUN
    # Where they are not exact for sure, most are all the same; a piece is longer on an ESP32.
    share = 0.75 if schedules[0].piece == 256 else 0.88
    assert sum(s.underruns == s.gaps for s in schedules) > share * RUN


def one_that_goes_on_counts_already(schedules):
    for s in schedules:
        assert abs(s.shown - s.shown_gaps) <= s.shown_near + s.stretches, s
    assert sum(s.shown_near == 0 and s.shown_gaps > 0 for s in schedules) > 0.1 * RUN
    assert sum(s.shown_near == 0 and s.going_on for s in schedules) > 0


def a_callback_is_late_half_a_write_behind_the_room_for_it(schedules):
    for s in schedules:
        assert abs(s.late - s.truly_late) <= s.near_late + s.near + s.restarts, s
    clear = [s for s in schedules if not s.near_late + s.near + s.restarts]
    assert sum(s.truly_late > 0 for s in clear) > 0.02 * RUN


def the_least_fill_is_what_a_callback_found_in_the_ring(schedules):
    for s in schedules:
        assert s.near + s.stretches > 0 or abs(s.fill - s.left) <= s.piece, s
    assert sum(s.left > 0 for s in schedules) > 0.1 * RUN
