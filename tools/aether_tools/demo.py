"""`aether demo`: an app on the virtual board, under real MicroPython; into out/demo.*"""

import argparse
import json
import math
import sys
import tempfile
from pathlib import Path

import numpy as np
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from aether_tools import boards, interpreter, layout, outputs, session, sound
from aether_tools.sound import Sound

_LONGEST = 600


class _Failed(Exception):
    """The app itself failed; the text is what it printed, or what there is to say."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--app", default="tone", metavar="NAME|FILE.py", help="default: tone")
    parser.add_argument(
        "--seconds", type=_seconds, default=8.0, metavar="S", help="how long to play (default: 8)"
    )
    parser.add_argument("--board", default="virtual", metavar="NAME", help="default: virtual")


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
    files = layout.device_files(board, args.app)
    if not interpreter.available():
        print(f"aether: {interpreter.why_not()}: playing under CPython instead")
    console = Console()
    try:
        with outputs.staged() as folder:
            result, status = _play(board, files, args.seconds, folder)
            played = sound.read(result.wavs[0])
            report, callbacks = _report(args, result, played)
            (folder / "demo.json").write_text(json.dumps(report, indent=1) + "\n")
            _draw(report, played, callbacks, folder, console)
            names = sorted(path.name for path in folder.iterdir())
    except _Failed as failure:
        print(str(failure).rstrip(), file=sys.stderr)
        return 1
    _show(report, status, console)
    console.print("\n" + ", ".join(f"{outputs.FOLDER}/{name}" for name in names), highlight=False)
    return 0


def _play(board, files, seconds: float, folder: Path) -> tuple[session.Result, str]:
    """Runs main.py; what it left, and the first line it printed."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.1f} of {task.total:.1f} s played, in"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with tempfile.TemporaryFile("w+", errors="replace") as log, bar:
        task = bar.add_task("virtual board", total=seconds)
        result = session.run(
            board,
            files=files,
            seconds=seconds,
            wav=folder / "demo.wav",
            stdout=log,
            stderr=log,
            progress=lambda now: bar.update(task, completed=min(now, seconds)),
        )
        log.seek(0)
        printed = log.read()
    if result.exit_code or "Traceback" in printed:
        raise _Failed(printed or f"the app ended with exit code {result.exit_code}")
    if not result.wavs or not result.report.get("frames_played"):
        raise _Failed(f"{printed}aether: the app played nothing: it wrote no frame to an I2S")
    return result, printed.partition("\n")[0]


def _report(args, result: session.Result, played: Sound) -> tuple[dict, np.ndarray]:
    """The contents of demo.json, and the callbacks as rows of virtual s and host us."""
    rows = np.array(result.callbacks, float).reshape(-1, 2)
    report = dict(result.report)
    for name in ("callback_us_mean", "callback_us_max", "wavs"):
        report.pop(name, None)
    report |= {
        "app": Path(args.app).stem,
        "seconds": args.seconds,
        "interpreter": "MicroPython" if interpreter.available() else "CPython",
        "rate": played.rate,
        "bits": played.bits,
        "channels": played.channels,
        "frames": played.frames,
        "peak": played.peak(),
    }
    if len(rows) > 1:
        # A callback has until the next one is due.
        deadline = float(np.median(np.diff(rows[:, 0])))
        us = rows[:, 1]
        low, middle, p99, high = np.percentile(us, (0, 50, 99, 100)).tolist()
        report |= {
            "clock": "host",
            "deadline_us": deadline,
            "callback_us": {"min": low, "median": middle, "p99": p99, "max": high},
            "load_mean": us.mean() / deadline,
            "load_max": high / deadline,
        }
        rows[:, 0] /= 1e6
        return report, rows
    return report, rows[:0]


def _draw(report, played: Sound, callbacks: np.ndarray, folder: Path, console: Console) -> None:
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
        ("underruns", f"{report['true_underruns']}"),
        ("allocated", f"{report['allocated_bytes']:,} bytes in {report['callbacks']:,} callbacks"),
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
