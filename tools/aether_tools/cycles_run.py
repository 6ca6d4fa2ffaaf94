"""Runs snippets on one emulated Pico and counts the cycles of each."""

import statistics
import textwrap

from aether_tools import emulation
from aether_tools.emulated_pico import CLOCK, Crashed, EmulatedPico, Executed, Setting, WasReset
from aether_tools.snippets import Snippets

# The first run meets a cold flash cache, the second the rest of it.
_WARM_UP = 2
_REPEATS = 15
_BEGIN, _END, _HEAP = 1, 2, 3
# The cell is a function; what it uses of the setup are its local variables, as on a hot path.
# The mark register takes a tag and the moment, without a byte of heap.
_PROGRAM = r"""
def _cell({names}):
    for _ in _turns:
        _m[0x400F0000] = {begin}
{body}
        _m[0x400F0000] = {end}
import gc as _gc
_gc.collect()
_turns = range({repeats})
_cell({given})
_turns = range(1)
_gc.collect()
_gc.disable()
_before = _gc.mem_alloc()
_cell({given})
_after = _gc.mem_alloc()
_gc.enable()
print("\n%d" % (_after - _before))
"""
_SETUP = "from machine import mem32 as _m\n"


class Failed(Exception):
    """A snippet raised, crashed the core or did not end; the text says which and how."""

    def __init__(self, text: str, exit_code: int = 1):
        super().__init__(text)
        self.exit_code = exit_code


def count(setting: Setting, files: list[Snippets], xip: bool, seconds: float) -> list[list[dict]]:
    """For each cell of each file: cycles, us, cold, least, most, bytes.

    xip: charge for misses of the flash cache. seconds: emulated, for each cell at most. Failed
    where a cell does.
    """
    return [_file(setting, file, xip, seconds) for file in files]


def _file(setting: Setting, file: Snippets, xip: bool, seconds: float) -> list[dict]:
    # Each file on a chip of its own: what ran before makes no difference to any figure.
    with EmulatedPico(setting, xip) as pico:
        pico.boot()
        pico.install(emulation.library(setting.board, pico.loads()))
        pico.restart(seconds, main=False)
        printed: list[bytes] = []
        pico.out = printed.append
        return _cells(pico, file, seconds, printed)


def _cells(pico: EmulatedPico, file: Snippets, seconds: float, printed: list[bytes]) -> list[dict]:
    _run(pico, _SETUP + file.setup, f"the setup of {file.name}", seconds, printed)
    around = {}
    rows = []
    for cell in file.cells:
        what = f"'{cell.title}' of {file.name}"
        key = len(cell.names)
        if key not in around:
            around[key] = _cell(pico, cell.names, "", what, seconds, printed)
        rows.append(_row(_cell(pico, cell.names, cell.body, what, seconds, printed), around[key]))
    return rows


def _cell(pico, names, body: str, what: str, seconds: float, printed) -> tuple[list[int], int]:
    code = _PROGRAM.format(
        names=", ".join(["_m", *names]),
        given=", ".join(["_m", *names]),
        body=textwrap.indent(body, " " * 8),
        begin=_BEGIN,
        end=_END,
        repeats=_WARM_UP + _REPEATS,
    )
    done = _run(pico, code, what, seconds, printed)
    text = b"".join(printed).split()
    times = [cycle for _, cycle in done.marks]
    took = [end - begin for begin, end in zip(times[::2], times[1::2], strict=True)]
    return took[: _WARM_UP + _REPEATS], int(text[-1])


def _row(measured: tuple[list[int], int], around: tuple[list[int], int]) -> dict:
    (took, heap), (bare, bare_heap) = measured, around
    off = statistics.median_low(bare[_WARM_UP:])
    warm = [cycles - off for cycles in took[_WARM_UP:]]
    cycles = statistics.median_low(warm)
    return {
        "cycles": cycles,
        "us": cycles / (CLOCK / 1e6),
        "cold": took[0] - off,
        "least": min(warm),
        "most": max(warm),
        "bytes": max(0, heap - bare_heap),
    }


def _run(pico: EmulatedPico, code: str, what: str, seconds: float, printed) -> Executed:
    printed.clear()
    try:
        done = pico.execute(code, seconds)
    except Crashed as crash:
        said = b"".join(printed).decode(errors="replace")
        raise Failed(f"{said}aether: {what}: {crash}", 3) from None
    except WasReset:
        raise Failed(f"aether: {what} resets the chip") from None
    if done.timeout:
        raise Failed(f"aether: {what} did not end within {seconds:g} emulated seconds")
    if done.error:
        raise Failed(f"{done.error.rstrip()}\naether: {what} failed")
    return done
