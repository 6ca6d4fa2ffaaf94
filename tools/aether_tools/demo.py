"""`aether demo`: an app on the virtual board, under real MicroPython; into out/demo.*"""

import argparse
import contextlib
import json
import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from aether_tools import (
    boards,
    demo_drivers,
    driver_figures,
    example_midi,
    example_wav,
    interpreter,
    layout,
    outputs,
    session,
    sound,
    wav_input,
)
from aether_tools.demo_figures import allocated, figures, underruns

_LONGEST = 600
_USUAL = 8.0
_TAIL = 0.15
# The echo's own, see firmware/apps/echo.py.
_ECHO_RATE = 22050


class _Failed(Exception):
    """The app itself failed; the text is what it printed, or what there is to say."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--app", default="polysynth", metavar="NAME|FILE.py", help="default: polysynth"
    )
    parser.add_argument(
        "--seconds",
        type=_seconds,
        metavar="S",
        help="how long to play (default: 8; polysynth: its piece)",
    )
    parser.add_argument("--board", default="virtual", metavar="NAME", help="default: virtual")
    parser.add_argument(
        "--wav-in", type=Path, metavar="IN", help="what an I2S receives (echo: a melody)"
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0.1 <= seconds <= _LONGEST:
        raise argparse.ArgumentTypeError(f"must be 0.1 to {_LONGEST} seconds, not '{text}'")
    return seconds


def main(args: argparse.Namespace) -> int:
    """Writes out/demo.wav, .json and .png, all or none; 1 if the app failed."""
    board = boards.load(args.board)
    if args.seconds is None:
        args.seconds = example_midi.seconds() if args.app == "polysynth" else _USUAL
    files = layout.device_files(board, args.app, _options(args))
    if args.app == "wav_player":
        files["/music.wav"] = example_wav.melody(args.seconds)
    if not interpreter.available():
        print(f"aether: {interpreter.why_not()}: playing under CPython instead")
    console = Console()
    try:
        with outputs.staged() as folder, _heard(args) as wav_in:
            result, status = _play(board, files, args.seconds, folder, wav_in)
            played = sound.read(result.wavs[0])
            report, callbacks = figures(args.app, args.seconds, result, played)
            report |= _drivers(board, files, args.seconds, report.get("driver"), wav_in)
            (folder / "demo.json").write_text(json.dumps(report, indent=1) + "\n")
            _draw(report, played, callbacks, folder)
            names = sorted(path.name for path in folder.iterdir())
    except _Failed as failure:
        print(str(failure).rstrip(), file=sys.stderr)
        return 1
    for line in result.messages:
        print(f"aether: {line}", file=sys.stderr)
    _show(report, status, console)
    console.print("\n" + ", ".join(f"{outputs.FOLDER}/{name}" for name in names), highlight=False)
    return 0


def _options(args: argparse.Namespace) -> dict | None:
    """What the app is started with: it is to fit the length, and the recording."""
    if args.app in ("tone", "polysynth"):
        # It fades out in time: what is rendered last has to get through the buffers as well.
        return {"seconds": max(args.seconds - _TAIL, 0.1)}
    if args.app == "echo" and args.wav_in:
        return {"rate": wav_input.read(args.wav_in).rate}
    return None


@contextlib.contextmanager
def _heard(args: argparse.Namespace) -> Iterator[Path | None]:
    """What an I2S receives: a file, for the echo a melody at its own rate, or nothing."""
    if args.wav_in or args.app != "echo":
        yield args.wav_in
        return
    with tempfile.TemporaryDirectory(prefix="aether-") as name:
        path = Path(name) / "melody.wav"
        path.write_bytes(example_wav.melody(args.seconds, _ECHO_RATE))
        yield path


def _play(
    board, files, seconds: float, folder: Path, wav_in: Path | None
) -> tuple[session.Result, str]:
    """Runs main.py; what it left, and the first line it printed."""
    terminal = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.1f} of {task.total:.1f} s played, in"),
        TimeElapsedColumn(),
        console=terminal,
        transient=True,
        disable=not terminal.is_terminal,
    )
    with tempfile.TemporaryFile("w+", errors="replace") as log, bar:
        task = bar.add_task("virtual board", total=seconds)
        result = session.run(
            board,
            files=files,
            seconds=seconds,
            wav=folder / "demo.wav",
            wav_in=wav_in,
            stdout=log,
            stderr=log,
            progress=lambda now: bar.update(task, completed=min(now, seconds)),
        )
        log.seek(0)
        printed = log.read()
    told = [line for line in result.messages if not line.startswith("nothing was played")]
    messages = "".join(f"aether: {line}\n" for line in told)
    if result.exit_code == 130:
        raise KeyboardInterrupt
    if result.exit_code or "Traceback" in printed:
        raise _Failed(printed + messages or "the app failed")
    if not result.wavs or not sound.read(result.wavs[0]).frames:
        raise _Failed(f"{printed}aether: the app played nothing: it wrote no frame to an I2S")
    return result, printed.partition("\n")[0]


def _drivers(board, files, seconds: float, driver: str | None, wav_in: Path | None) -> dict:
    """The drivers side by side; none for a program without a stream of aether's."""
    if driver is None:
        return {"drivers": {}, "drivers_missing": {}}
    with Console(stderr=True).status("playing over each driver"):
        drivers, missing = demo_drivers.compare(board, files, seconds, wav_in)
    return {"drivers": drivers, "drivers_missing": missing}


def _draw(report: dict, played: sound.Sound, callbacks, folder: Path) -> None:
    with Console(stderr=True).status("drawing"):
        from aether_tools import demo_picture  # slow to import

        demo_picture.draw(report, played, callbacks, folder / "demo.png")


def _show(report: dict, status: str, console: Console) -> None:
    peak = report["peak"]
    level = f"{20 * math.log10(peak):.1f} dBFS" if peak else "silence"
    rows = [
        ("played", status),
        ("by", f"{report['interpreter']} on board {report['board']}, {report['backend']} kernels"),
        (
            "sound",
            f"{report['frames']:,} frames, {report['rate']:,} Hz, {report['bits']} bits, "
            f"{'stereo' if report['channels'] == 2 else 'mono'}, peak {level}",
        ),
        ("underruns", underruns(report)),
        ("allocated", allocated(report)),
    ]
    if report["capacity"] is not None:
        rows.append(("pool", f"{report['high_water']} of {report['capacity']} buffers used"))
    if "callback_us" in report:
        us = report["callback_us"]
        rows.append(
            (
                "callback",
                f"median {us['median']:.0f} µs, slowest {us['max']:.0f} µs of "
                f"{report['deadline_us']:,.0f} µs: load {report['load_mean']:.2%}, at most "
                f"{report['load_max']:.2%} (this machine's clock)",
            )
        )
    table = Table(box=box.SIMPLE, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for row in rows:
        table.add_row(*row)
    console.print(table, highlight=False)
    if report["drivers"]:
        console.print(driver_figures.table(report["drivers"], report["driver"]), highlight=False)
        console.print(
            "CPU, and what a callback takes, are by the clock of this machine and say nothing of "
            "a board; latency and jitter are the virtual board's.",
            style="dim",
        )
    for line in driver_figures.missing(report["drivers"], report["drivers_missing"]):
        console.print(line, style="dim", highlight=False)
