"""Runs firmware/probe*.py on a board or on the virtual one, and returns what they printed."""

import contextlib
import json
import signal
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from aether_tools import __version__, boards, interpreter, mpy, paths, plan, session
from aether_tools.device import Device, connect, literal
from aether_tools.errors import UserError
from aether_tools.flash import check_version, choose_board

_CALLS = paths.FIRMWARE / "probe.py"
_DRIVERS = paths.FIRMWARE / "probe_drivers.py"
# What the second reads of a board file.
_NEEDED = ("I2S_ID", "SCK", "WS", "SD", "RATE", "IBUF", "POOL", "DRIVER")
# The virtual board's clock stands still while code runs; its host's does not.
_HOST_CLOCK = "__import__('host_clock').ticks_us"
# Versions of library and board file on the board; neither may be there, or be ours.
_PRESENT = """
import sys
try:
    import aether
    v = aether.__version__
except Exception:
    v = None
try:
    import board
    b = {k: getattr(board, k) for k in dir(board) if k.isupper()}
    b = {k: b[k] for k in b if isinstance(b[k], (int, str))}
except Exception:
    b = {}
for n in list(sys.modules):
    if n.split('.')[0] == 'aether':
        del sys.modules[n]
print(repr((v, b)))
"""
# Seconds a script may take: four on an RP2040, a minute on an emulated one.
_PATIENCE = 180


@dataclass(frozen=True)
class Probed:
    """What the scripts printed, and what they ran on."""

    raw: dict
    drivers: dict[str, dict]
    """What was printed of each driver, by its name."""
    driver: str
    """The one that the board file names."""
    board: str
    machine: str
    micropython: str
    rate: int
    port: str | None
    library: str
    """'board', or 'host' where it was sent for the probe and left nothing on the board."""
    clock: str
    """'board', or 'host' where the times are those of the machine this runs on."""
    notes: tuple[str, ...] = ()


def _play(board: boards.Board, driver: str, clock: str = "None") -> str:
    values = {name: getattr(board, name) for name in _NEEDED}
    return f"play({values!r}, {driver!r}, {clock})\n"


def _parse(output: str, count: int = 1) -> list[dict]:
    """The last `count` lines that are JSON; from_board may say something before."""
    lines = [line for line in output.splitlines() if line.startswith("{")]
    try:
        if len(lines) < count:
            raise ValueError
        return [json.loads(line) for line in lines[len(lines) - count :]]
    except ValueError as error:
        raise UserError(f"the probe was cut short: {output.strip()[-60:]!r}") from error


def on_virtual_board(name: str = "virtual") -> Probed:
    """Probe the virtual board; UserError where there is no MicroPython to be it."""
    if not interpreter.available():
        raise UserError(interpreter.why_not())
    board = boards.load(name)
    with tempfile.TemporaryDirectory(prefix="aether-") as folder:
        program = Path(folder, "probe.py")
        version = "import sys; print('%d.%d.%d' % sys.implementation.version[:3])\n"
        calls = f"{_CALLS.read_text()}\nrun({_HOST_CLOCK})\n"
        plays = "".join(_play(board, driver, _HOST_CLOCK) for driver in boards.drivers(board))
        program.write_text(f"{version}{calls}{_DRIVERS.read_text()}\n{plays}")
        with Path(folder, "out").open("w+") as out:
            result = session.run(board, program=program, seconds=0, stdout=out, stderr=out)
            out.seek(0)
            output = out.read()
    if result.exit_code:
        last = (output.strip().splitlines() or ["it ended by itself"])[-1]
        raise UserError(f"the probe failed on the virtual board: {last}")
    micropython = output.split("\n", 1)[0]
    raw, *played = _parse(output, 1 + len(boards.drivers(board)))
    return Probed(
        raw | {"clock": "the host's ticks_us"},
        {one["driver"]: one for one in played},
        board.DRIVER,
        board.NAME,
        board.MACHINE,
        micropython,
        board.RATE,
        port=None,
        library="host",
        clock="host",
    )


def on_port(port: str | None, name: str | None, say: Callable[[str], None]) -> Probed:
    """Probe the board on `port`; `say` is told what is going on.

    An app that plays is stopped. The board is left at its prompt, its files as they were.
    """
    with connect(port) as device:
        say(f"asking the board on {device.port}")
        info = device.info()
        board = choose_board(name, info)
        check_version(board, info)
        notes = []
        if device.stop_app():
            notes.append("the app that was playing is stopped; reset the board to start it again")
        device.reset()
        version, own = literal(device.run(_PRESENT))
        if own.get("NAME") == board.NAME and all(n in own for n in _NEEDED):
            board = boards.Board(**vars(board) | own)  # its pins may not be the usual ones
        library = "board" if version == __version__ else "host"
        if library == "host":
            has = f"aether {version}" if version else "no aether"
            notes.append(f"the board has {has}: measured with ours, without flashing it")
        loads = mpy.decode(info.mpy)
        if library == "host":
            say("lending the board the library")
            _lend_library(device, loads)
        else:
            device.run(_DRIVERS.read_text())
        say(f"measuring on {board.NAME}")
        [raw] = _parse(device.run(f"{_CALLS.read_text()}\nrun()\n", _PATIENCE))
        drivers = {}
        for driver in boards.drivers(board):
            say(f"playing on {board.NAME}, driver {driver}")
            [drivers[driver]] = _parse(device.run(_play(board, driver), _PATIENCE))
        device.leave()
        host = info.machine.startswith("aether virtual") or bool(
            loads and loads.arch in ("x86", "x64")
        )
        return Probed(
            raw,
            drivers,
            board.DRIVER,
            board.NAME,
            info.machine,
            info.release,
            board.RATE,
            device.port,
            library,
            "host" if host else "board",
            tuple(notes),
        )


def _lend_library(device: Device, loads: mpy.Format | None) -> None:
    """Has the board import from a folder of this machine what the scripts will; runs the second.

    Mounted for so long only, and a Ctrl-C waits: a board that has asked for a file and gets no
    answer can only be switched off.
    """
    files = {"/" + p.relative_to(paths.LIB).as_posix(): p for p in paths.LIB.rglob("*.py")}
    lines = _CALLS.read_text().splitlines()
    imports = [line for line in lines if line.startswith(("import ", "from "))]
    load = [_DRIVERS.read_text(), "load()"]
    with tempfile.TemporaryDirectory(prefix="aether-") as folder:
        for path, content in plan.build(files, loads).files.items():
            target = Path(folder, path[1:])
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        with _interrupts_wait(), device.mounted(folder):
            device.run("\n".join(imports + load))


@contextlib.contextmanager
def _interrupts_wait() -> Iterator[None]:
    pressed = []
    before = signal.signal(signal.SIGINT, lambda *_: pressed.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt
