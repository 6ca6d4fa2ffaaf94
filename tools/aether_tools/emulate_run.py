"""One run on the emulated Pico: an app by way of main.py, or programs at the raw prompt."""

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path

from rich.progress import Progress

from aether_tools import emulate_report, emulation, example_wav, layout, mpy, plan
from aether_tools.boards import Board
from aether_tools.device import printed_lines
from aether_tools.emulated_pico import Crashed, EmulatedPico, Segment, Setting, Totals, WasReset

# Longest example melody that fits in the flash beside everything else.
_MELODY = 5.0
_RAW_PROMPT = ("raw REPL; CTRL-B to exit", ">")
# Marks that tell the end of a program, whatever it prints.
_ENDED, _FAILED = 1, 2
# Flash compiles a program as it is read: it needs no room twice. The pause lets USB send the rest
# of what was printed.
_RUNNER = f"""
def _aether_run(path):
    from machine import mem32
    try:
        execfile(path)
    except SystemExit as e:
        if e.args and e.args[0] not in (None, 0):
            mem32[0x400F0000] = {_FAILED}
    finally:
        from time import sleep_ms
        sleep_ms(2)
        mem32[0x400F0000] = {_ENDED}
"""


@dataclass
class Ran:
    """What a run left. before, after: totals at its start and end. said: see emulate_report."""

    exit_code: int = 0
    before: Totals = field(default_factory=Totals)
    after: Totals = field(default_factory=Totals)
    segments: list[Segment] = field(default_factory=list)
    state: dict = field(default_factory=dict)
    said: dict = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)


def run(setting: Setting, args: argparse.Namespace, sound: Path, bar: Progress) -> Ran:
    """Runs what `args` ask for; `sound` takes what the pins send. plan.AppError, UserError."""
    ran = Ran()
    task = bar.add_task("", total=args.seconds)
    with EmulatedPico(setting, args.xip, sound) as pico:
        try:
            pico.boot()
            pico.install(files(pico.loads(), setting.board, args))
            ran.before = pico.totals.copy()
            pico.progress = lambda now: bar.update(task, completed=now - ran.before.seconds)
            ran.exit_code = _app(pico, args) if args.app else _programs(pico, args, ran)
        except Crashed as crash:
            ran.messages.append(str(crash))
            ran.exit_code = 3
        except WasReset:
            ran.messages.append("the program reset the chip: the run ends there")
        ran.after = pico.totals.copy()
        ran.segments = pico.cut()
        ran.said = emulate_report.ask(pico)
        ran.state = pico.state()
    return ran


def files(loads: mpy.Format | None, board: Board, args) -> dict[str, bytes]:
    """The contents of the flash: what `aether flash` puts there, and the user's own."""
    own = own_files(args)
    if not args.app:
        for path, there in zip(args.files, _places(args.files), strict=True):
            own[there] = path.read_bytes()
        return emulation.library(board, loads) | own
    if args.app == "wav_player" and not args.fs:
        own["/music.wav"] = example_wav.melody(min(args.seconds or _MELODY, _MELODY))
    return own | plan.build(layout.device_files(board, args.app, args.options), loads).files


def own_files(args) -> dict[str, bytes]:
    """Those of --fs, by their path on the board."""
    if not args.fs:
        return {}
    paths = sorted(path for path in args.fs.rglob("*") if path.is_file())
    return {"/" + path.relative_to(args.fs).as_posix(): path.read_bytes() for path in paths}


def _app(pico: EmulatedPico, args) -> int:
    screen = _Screen(Path(args.app).stem)
    pico.out = screen.write
    start = pico.totals.seconds
    try:
        pico.restart(args.seconds)
        left = args.seconds - (pico.totals.seconds - start)
        if left > 0:
            pico.run_on(left)
        pico.unsent()
    finally:
        pico.out = _nowhere
        screen.close()
    return 1 if screen.failed else 0


def _programs(pico: EmulatedPico, args, ran: Ran) -> int:
    screen = _Screen()
    pico.out = screen.write
    pico.restart(args.seconds, main=False)
    screen.close()
    if screen.failed:
        return 1  # boot.py did
    pico.execute(_RUNNER, args.seconds)
    ran.before = pico.totals.copy()
    start = pico.totals.seconds
    pico.out = _to_stdout
    try:
        for path, there in zip(args.files, _places(args.files), strict=True):
            code = f"_aether_run({there!r})"
            done = pico.execute(code, _left(pico, start, args), last=_ENDED)
            if done.timeout:
                pico.unsent()
                return 0
            failed = _FAILED in [tag for tag, _ in done.marks]
            if done.error or failed:
                print(_own_frames(done.error, there, path.name), file=sys.stderr, end="")
                return 1
        pico.run_on(_left(pico, start, args), while_playing=True)
    finally:
        pico.out = _nowhere
    return 0


def _places(files: list[Path]) -> list[str]:
    """Where programs lie in the flash: apart from everything that they may open."""
    return [f"/_run/{number}/{path.name}" for number, path in enumerate(files)]


def _own_frames(traceback: str, there: str, name: str) -> str:
    """The traceback without the frames of ours, its file named as the user did."""
    lines = traceback.replace("\r", "").replace(f'"{there}"', f'"{name}"').splitlines(True)
    return "".join(line for line in lines if not line.startswith('  File "<stdin>"'))


def _left(pico: EmulatedPico, start: float, args) -> float:
    return max(args.seconds - (pico.totals.seconds - start), 1e-6)


def _nowhere(data: bytes) -> None:
    pass


def _to_stdout(data: bytes) -> None:
    sys.stdout.buffer.write(data.replace(b"\r\n", b"\n"))
    sys.stdout.buffer.flush()


class _Screen:
    """Shows what a board prints after its start, line by line, without MicroPython's greeting."""

    def __init__(self, app: str = ""):
        """`app`: failed if main.py says so of it."""
        self.failed = False
        self._complaints = ("Traceback (most recent call last):", "aether: no app started")
        self._complaints += ("aether: unknown app",)
        if app:
            self._complaints += (f"aether: {app}: ", f"aether: {app} failed")
        self._started = False
        self._rest = ""

    def write(self, data: bytes) -> None:
        self._rest += data.decode(errors="replace")
        if not self._started:
            _, found, rest = self._rest.partition("soft reboot\r\n")
            self._started, self._rest = bool(found), rest if found else self._rest
        if self._started:
            text, _, self._rest = self._rest.rpartition("\n")
            self._show(text)

    def close(self) -> None:
        if self._started:
            self._show(self._rest)

    def _show(self, text: str) -> None:
        for line in printed_lines(text):
            if line in _RAW_PROMPT:
                continue
            self.failed |= line.startswith(self._complaints)
            print(line, flush=True)
