"""`aether cycles`: what snippets cost on the emulated Pico, in cycles that repeat exactly."""

import argparse
import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from aether_tools import emulation, session, snippets
from aether_tools.cycles_run import Counter, Failed
from aether_tools.driver_figures import number
from aether_tools.emulated_pico import CLOCK, Setting

_REMARKS = (
    "cycles, µs: with a flash that answers at once, a floor; cached: µs with a model of the flash "
    "cache, an estimate.",
    "bytes: left on the heap. times: of the cycles of the snippet named. Calling the cell and "
    "marking its ends is taken off.",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE.py",
        help="snippets: setup, then cells that begin with '# %%%% title'",
    )
    emulation.add_arguments(parser)
    parser.add_argument(
        "--seconds",
        type=emulation.seconds,
        default=5.0,
        metavar="S",
        help="emulated seconds after which a snippet is given up (default: 5)",
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures")


def main(args: argparse.Namespace) -> int:
    """0, 1 if a snippet failed, 3 if it crashed the core; UserError for bad arguments."""
    files = [snippets.read(path) for path in args.files]
    session.check_apart(args.files, [args.json])
    scratch = session.writable(args.json) if args.json else None
    console = Console()
    try:
        setting = emulation.setting(args)
        session.check_apart(emulation.read_by(setting, args.files), [args.json])
        with Console(stderr=True).status("counting on the emulated Pico"):
            report = _count(setting, files, args.seconds)
        if scratch:
            (scratch / "report.json").write_text(json.dumps(report, indent=1) + "\n")
            (scratch / "report.json").replace(args.json.resolve())
    except Failed as failure:
        print(str(failure).rstrip(), file=sys.stderr)
        return failure.exit_code
    finally:
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)
    show(report, console)
    return 0


def _count(setting: Setting, files: list[snippets.Snippets], seconds: float) -> dict:
    """The report: every file with the flash zero-wait, and with the model of its cache."""
    counters = [Counter(setting, xip, seconds) for xip in (False, True)]
    with ThreadPoolExecutor(2) as pool:
        try:
            jobs = [pool.submit(counter.count, files) for counter in counters]
            for job in as_completed(jobs):
                job.result()
        except BaseException:
            for counter in counters:
                counter.stop()
            raise
    zero_wait, cached = [job.result() for job in jobs]
    return {
        "board": setting.board.NAME,
        "firmware": setting.images.version,
        "clock": "cycles",
        "clock_hz": CLOCK,
        "files": [
            {"file": file.name, "snippets": _rows(file, a, b)}
            for file, a, b in zip(files, zero_wait, cached, strict=True)
        ],
    }


def _rows(file: snippets.Snippets, zero_wait: list[dict], cached: list[dict]) -> list[dict]:
    return [
        {
            "title": cell.title,
            "against": cell.against,
            "samples": cell.samples,
            "bytes": a["bytes"],
            "zero_wait": {name: a[name] for name in a if name != "bytes"},
            "flash_cache": {name: b[name] for name in b if name != "bytes"},
        }
        for cell, a, b in zip(file.cells, zero_wait, cached, strict=True)
    ]


def show(report: dict, console: Console) -> None:
    """A table for each file."""
    console.print(
        f"[bold]{report['board']}[/], MicroPython {report['firmware']}, "
        f"{report['clock_hz'] // 1000000} MHz; the median of 15 runs",
        highlight=False,
    )
    for file in report["files"]:
        console.print(_table(file["file"], file["snippets"]))
    for line in _REMARKS:
        console.print(line, style="dim", highlight=False)


def _table(name: str, rows: list[dict]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(name)
    for title in ("cycles", "µs", "cached", "bytes", "a sample", "times"):
        table.add_column(title, justify="right", no_wrap=True)
    by_title = {row["title"]: row for row in rows}
    for row in rows:
        a, b = row["zero_wait"], row["flash_cache"]
        other = by_title.get(row["against"])
        title = Text(row["title"])
        if other:
            title.append(f"\n  against {row['against']}", style="dim")
        table.add_row(
            title,
            f"{a['cycles']:,}",
            number(a["us"]),
            number(b["us"]),
            f"{row['bytes']:,}",
            f"{a['cycles'] / row['samples']:,.0f}" if row["samples"] else "",
            _times(a["cycles"], other["zero_wait"]["cycles"]) if other else "",
        )
    return table


def _times(cycles: int, others: int) -> str:
    if 0 < cycles < others / 2:
        return f"1/{others / cycles:,.0f}"
    return f"{cycles / max(others, 1):.2f}"
