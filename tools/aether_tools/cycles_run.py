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
_PROGRAM = """
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
_m[0x400F0000] = {heap}
_m[0x400F0000] = _after - _before
"""
_SETUP = "from machine import mem32 as _m\n"


class Failed(Exception):
    """A snippet raised, crashed the core or did not end; the text says which and how."""

    def __init__(self, text: str, exit_code: int = 1):
        super().__init__(text)
        self.exit_code = exit_code


class Counter:
    """Counts snippets on one emulated Pico after the other; stop() ends it from outside."""

    def __init__(self, setting: Setting, xip: bool, seconds: float):
        """xip: charge for misses of the flash cache. seconds: emulated, for each cell at most."""
        self._setting = setting
        self._xip = xip
        self._seconds = seconds
        self._pico: EmulatedPico | None = None
        self._stopped = False

    def count(self, files: list[Snippets]) -> list[list[dict]]:
        """For each cell of each file: cycles, us, cold, least, most, bytes. Failed where one does.

        Each file has a chip of its own: what ran before makes no difference to any figure.
        """
        return [self._file(file) for file in files]

    def stop(self) -> None:
        """Ends count() with an exception."""
        self._stopped = True
        if self._pico:
            self._pico.kill()

    def _file(self, file: Snippets) -> list[dict]:
        with EmulatedPico(self._setting, self._xip) as pico:
            self._pico = pico
            if self._stopped:
                raise Failed("aether: stopped")
            pico.boot()
            pico.install(emulation.library(self._setting.board, pico.loads()))
            pico.restart(self._seconds, main=False)
            return _cells(pico, file, self._seconds)


def _cells(pico: EmulatedPico, file: Snippets, seconds: float) -> list[dict]:
    run(pico, _SETUP + file.setup, f"the setup of {file.name}", seconds)
    around = {}
    rows = []
    for cell in file.cells:
        what = f"'{cell.title}' of {file.name}"
        key = len(cell.names)
        if key not in around:
            around[key] = _cell(pico, cell.names, "", what, seconds)
        rows.append(_row(_cell(pico, cell.names, cell.body, what, seconds), around[key]))
    return rows


def _cell(
    pico: EmulatedPico, names: list[str], body: str, what: str, seconds: float
) -> tuple[list[int], int]:
    """The cycles of each run, and the bytes that one leaves on the heap."""
    runs = _WARM_UP + _REPEATS
    code = _PROGRAM.format(
        names=", ".join(["_m", *names]),
        given=", ".join(["_m", *names]),
        body=textwrap.indent(body, " " * 8),
        begin=_BEGIN,
        end=_END,
        heap=_HEAP,
        repeats=runs,
    )
    marks = run(pico, code, what, seconds).marks
    # One run more is for the heap, whose mark and value come last.
    if [tag for tag, _ in marks[:-1]] != [_BEGIN, _END] * (runs + 1) + [_HEAP]:
        raise Failed(f"aether: {what} did not run to its end, or writes marks of its own")
    times = [cycle for _, cycle in marks[: 2 * runs]]
    took = [end - begin for begin, end in zip(times[::2], times[1::2], strict=True)]
    return took, marks[-1][0]


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


def run(
    pico: EmulatedPico, code: str, what: str, seconds: float, printed: list[bytes] | None = None
) -> Executed:
    """Executes code to its end within emulated seconds; Failed, naming `what`, where it fails."""
    printed = [] if printed is None else printed
    pico.out = printed.append
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
