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
_BOOT = 10


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
            ran.exit_code = _app(pico, args) if args.app else _programs(pico, args)
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
    screen = _Screen()
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


def _programs(pico: EmulatedPico, args) -> int:
    pico.restart(_BOOT, main=False)
    start = pico.totals.seconds
    pico.out = _to_stdout
    try:
        for path in args.files:
            done = pico.execute(path.read_bytes(), _left(pico, start, args))
            if done.timeout:
                pico.unsent()
                return 0
            if done.error and "SystemExit" not in done.error.rpartition("\n  File")[2]:
                print(done.error.replace("\r", "").rstrip(), file=sys.stderr)
                return 1
        pico.run_on(_left(pico, start, args), while_playing=True)
    finally:
        pico.out = _nowhere
    return 0


def _left(pico: EmulatedPico, start: float, args) -> float:
    return max(args.seconds - (pico.totals.seconds - start), 1e-6)


def _nowhere(data: bytes) -> None:
    pass


def _to_stdout(data: bytes) -> None:
    sys.stdout.buffer.write(data.replace(b"\r\n", b"\n"))
    sys.stdout.buffer.flush()


class _Screen:
    """Shows what a board prints after its start, line by line, without MicroPython's greeting."""

    def __init__(self):
        self.failed = False
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
            self.failed |= line.startswith("Traceback")
            print(line, flush=True)
