"""`aether graph`: draws the patch of an app, with its buffers and what each node costs."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from aether_tools import (
    boards,
    emulate_run,
    emulation,
    flash,
    layout,
    outputs,
    paths,
    session,
)
from aether_tools.boards import Board
from aether_tools.emulated_pico import Crashed, EmulatedPico
from aether_tools.errors import UserError

_PROBE = paths.FIRMWARE / "probe_graph.py"
_FENCE = "\x1e"
# On the virtual board: the app as main.py starts it, then the report.
_PROGRAM = """\
import main
import time
time.sleep_ms({ms})
import json
import probe_graph
print({fence!r} + json.dumps(probe_graph.report()))
"""
_AFTER = 1.5
_NONE = (
    "the app '{}' has no graph: there is one once it has called compile(), which it must within "
    "{} s"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("app", metavar="APP", help="an app by name, or the path of a .py file")
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="passed to the app's start(); can be given several times",
    )
    parser.add_argument(
        "--emulate",
        action="store_true",
        help="run it on the emulated Pico: costs are the chip's, and not this machine's",
    )
    parser.add_argument(
        "--after",
        type=emulation.seconds,
        default=_AFTER,
        metavar="S",
        help=f"seconds of playing after which it is looked at (default: {_AFTER})",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=outputs.FOLDER / "graph.png",
        metavar="FILE",
        help="the picture, a .png or .svg (default: out/graph.png)",
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write what is in it")
    emulation.add_arguments(parser)


def main(args: argparse.Namespace) -> int:
    """0, 1 if the app failed; UserError for bad arguments, and for an app without a graph."""
    if args.out.suffix not in (".png", ".svg"):
        raise UserError(f"--out must end in .png or .svg, not '{args.out.name}'")
    args.options = flash.parse_options(args.option)
    board = boards.load(args.board)
    files = layout.device_files(board, args.app, args.options)
    if args.out.parent == outputs.FOLDER:
        outputs.FOLDER.mkdir(exist_ok=True)
    session.check_apart([], [args.out, args.json])
    with session.beside(args.out) as folder, session.beside(args.json) as json_folder:
        try:
            report = _emulated(args) if args.emulate else _virtual(board, files, args)
        except _Failed as failure:
            print(str(failure).rstrip(), file=sys.stderr)
            return 1
        if report is None:
            raise UserError(_NONE.format(args.app, args.after))
        report = {"app": args.app, "clock": "the chip's" if args.emulate else "host", **report}
        from aether_tools import graph_picture  # slow to import

        graph_picture.draw(report, folder / args.out.name)
        parts = [(folder / args.out.name, args.out)]
        if args.json:
            (json_folder / "graph.json").write_text(json.dumps(report, indent=1) + "\n")
            parts.append((json_folder / "graph.json", args.json))
        session.place(parts)
    _show(report, args, Console())
    return 0


class _Failed(Exception):
    """The app itself failed; the text is what it printed."""


def _virtual(board: Board, files: dict, args) -> dict | None:
    """The report of probe_graph.py on the virtual board."""
    files = {**files, "/probe_graph.py": _PROBE}
    with (
        tempfile.TemporaryDirectory(prefix="aether-") as name,
        (Path(name) / "log").open("w+") as log,
    ):
        program = Path(name) / "graph.py"
        program.write_text(_PROGRAM.format(ms=round(1000 * args.after), fence=_FENCE))
        result = session.run(
            board, program=program, files=files, seconds=args.after + 1, stdout=log, stderr=log
        )
        log.seek(0)
        printed, fence, text = log.read().partition(_FENCE)
    if result.exit_code == 130:
        raise KeyboardInterrupt
    if not fence or result.exit_code:
        raise _Failed(printed or "the app failed")
    report, _ = json.JSONDecoder().raw_decode(text)
    if report is None and "Traceback" in printed:
        raise _Failed(printed)
    return report


def _emulated(args) -> dict | None:
    """The same on the emulated Pico, whose stream stands still meanwhile."""
    setting = emulation.setting(args)
    args.fs = None
    with EmulatedPico(setting, False) as pico:
        try:
            pico.boot()
            files = emulate_run.files(pico.loads(), setting.board, args)
            pico.install({**files, "/probe_graph.py": _PROBE.read_bytes()})
            printed: list[bytes] = []
            pico.out = printed.append
            pico.restart(args.after)
            pico.run_on(args.after)
            pico.interrupt()
            pico.hold()
            report = pico.ask("probe_graph.report()", "import probe_graph")
        except Crashed as crash:
            raise _Failed(f"aether: {crash}") from None
    if report is None and b"Traceback" in b"".join(printed):
        raise _Failed(b"".join(printed).decode(errors="replace"))
    return report


def _show(report: dict, args, console: Console) -> None:
    share = 1e6 * report["frames"] / report["rate"]
    table = Table(box=box.SIMPLE, pad_edge=False)
    for title in ("node", "what it is", "from", "buffers", "µs a block"):
        table.add_column(title, justify="right" if title[0] == "µ" else "left")
    for k, node in enumerate(report["nodes"]):
        own = sorted((inlet, source) for source, _, to, inlet in report["cords"] if to == k)
        cost = "not heard" if not node["heard"] else f"{node['us']:.1f}" if node["us"] else "-"
        table.add_row(
            node["name"],
            node["text"],
            ", ".join(dict.fromkeys(report["nodes"][source]["name"] for _, source in own)),
            ", ".join(str(k) for k in node["buffers"] if k >= 0),
            cost,
        )
    console.print(table, highlight=False)
    where = "an RP2040" if args.emulate else "this machine's clock, which says nothing of a board"
    console.print(
        f"{report['buffers']} of {report['capacity']} buffers; {report['us']:,.0f} µs a block of "
        f"{share:,.0f} µs, {report['us'] / share:.1%}, by {where}\n{args.out}",
        highlight=False,
    )
