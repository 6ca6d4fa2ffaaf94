"""`aether probe`: what pool, I2S callback and drivers cost on a board, against their deadline."""

import argparse
import json
import sys

from rich import box
from rich.console import Console
from rich.table import Table

from aether_tools import boards, driver_figures, outputs, probe_device, probe_figures
from aether_tools.driver_figures import number
from aether_tools.probe_figures import STEPS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", help="serial port; default: the only USB one")
    parser.add_argument(
        "--board",
        metavar="NAME",
        help="what the board is; default: what it says. 'virtual' needs no --port and no hardware",
    )


def main(args: argparse.Namespace) -> int:
    """Writes out/probe.json and out/probe.png; 1 if the callbacks stopped."""
    if args.board:
        boards.load(args.board)
    console = Console()
    busy = Console(stderr=True).status("looking for the board")
    with outputs.staged() as folder, busy as status:
        if args.board == "virtual" and not args.port:
            status.update("measuring on the virtual board")
            probed = probe_device.on_virtual_board()
        else:
            probed = probe_device.on_port(args.port, args.board, status.update)
        report = probe_figures.report(probed)
        status.update("drawing")
        (folder / "probe.json").write_text(json.dumps(report, indent=1) + "\n")
        _draw(report, folder)
    show(report, console)
    console.print(f"\n{outputs.FOLDER}/probe.json, {outputs.FOLDER}/probe.png")
    if not all(driver["complete"] for driver in report["drivers"].values()):
        print("aether: the I2S callbacks stopped before the probe was over", file=sys.stderr)
        return 1
    return 0


def _draw(report: dict, folder) -> None:
    from aether_tools import probe_picture  # slow to import: the board has answered by now

    probe_picture.draw(report, folder / "probe.png")


def show(report: dict, console: Console) -> None:
    """The table, and what must be known to read it."""
    console.print(
        f"[bold]{report['machine']}[/], MicroPython {report['micropython']}, aether "
        f"{report['aether']}: {report['pool_backend']} pool, {report['backend']} kernels",
        highlight=False,
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("µs", no_wrap=True)
    for title in ("min", "median", "p99", "max", "share", "bytes", "locked"):
        table.add_column(title, justify="right")
    for step, what in STEPS.items():
        if step not in report["times"]:
            continue
        t = report["times"][step]
        share = t["max"] / probe_figures.deadline(report, step)
        table.add_row(
            what,
            *(number(t[key]) for key in ("min", "median", "p99", "max")),
            f"{share:.2%}" if share < 0.01 else f"{share:.1%}",
            f"{t['bytes']:.4g}",
            "ok" if t["heap_lock"] else "[red]fails[/]",
        )
    console.print(table)
    for line in _remarks(report):
        console.print(line, style="dim", highlight=False)
    if report["drivers"]:
        console.print(driver_figures.table(report["drivers"], report["driver"]), highlight=False)
    for line in _driver_remarks(report) + report["notes"]:
        console.print(line, style="dim", highlight=False)


def _remarks(report: dict) -> list[str]:
    lines = [
        f"Clock: {report['timer']}, {report['ticks_per_us']:.4g} to a µs. Calls are timed by the "
        f"batch, {report['batches']} batches of {report['calls_per_batch']} calls, and the loop "
        "around them is taken off; callbacks are timed singly and whole.",
        f"share: the slowest, in the time it has. A block of {report['block_frames']} frames at "
        f"{report['rate']:,} Hz lasts {report['block_us']:,.0f} µs.",
        "locked: whether it runs under micropython.heap_lock(), which lets nothing allocate.",
    ]
    callbacks = report["callbacks"]
    if callbacks:
        lines.append(
            f"A callback writes {callbacks['frames']} frames and has "
            f"{callbacks['deadline_us']:,.0f} µs. {len(callbacks['us'])} callbacks, "
            f"{callbacks['underruns']} underruns."
        )
    else:
        lines.append(f"No callback could be timed: {report['callbacks_missing']}")
    if report["clock"] == "host":
        lines.append("These are times of this machine: they say nothing of a board.")
    return lines


def _driver_remarks(report: dict) -> list[str]:
    drivers = list(report["drivers"].values())
    lines = []
    if drivers and drivers[0]["cpu_of"] == "everything":
        lines.append(
            "CPU: by how much the main program counts slower while a stream plays an empty "
            "render: callbacks, interrupts and all."
        )
    elif drivers:
        lines.append("CPU: the share of time in callbacks, by the clock of this machine.")
    if drivers:
        lines.append(
            "latency: from render to the pins, buffers full. jitter: how far the time between "
            "two callbacks is from their period."
        )
    return lines + driver_figures.missing(report["drivers"], report["drivers_missing"])
