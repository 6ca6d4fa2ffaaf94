"""out/probe.png: where the callbacks end before their deadline, what each call costs, drivers."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from aether_tools import driver_picture, plots
from aether_tools.driver_figures import number
from aether_tools.probe_figures import STEPS

_BARS = 40


def draw(report: dict, path: Path) -> None:
    """`report` as probe_figures makes it."""
    called = "callback" in report["times"]
    drivers = report["drivers"]
    height = 4.4 + (2.0 if called else 0) + (1.4 if drivers else 0)
    with plots.Picture(height) as figure:
        whose = " (host's clock: not a board's times)" if report["clock"] == "host" else ""
        figure.suptitle(
            f"{report['machine']}, MicroPython {report['micropython']}, "
            f"{report['backend']} kernels{whose}",
            fontsize=11,
        )
        rows, heights = [["steps"] * 3], [1.5]
        if called:
            rows, heights = [["callbacks"] * 3, *rows], [1, *heights]
        if drivers:
            rows, heights = [*rows, driver_picture.ROW], [*heights, 0.25 + 0.1 * len(drivers)]
        axes = figure.subplot_mosaic(rows, height_ratios=heights)
        if called:
            _callbacks(axes["callbacks"], report)
        _steps(axes["steps"], report)
        if drivers:
            driver_picture.draw(axes, drivers)
        plots.save(figure, path)


def _callbacks(axes: Axes, report: dict) -> None:
    us = np.maximum(report["callbacks"]["us"], 0.1)
    deadline = report["callbacks"]["deadline_us"]
    spread = report["times"]["callback"]
    edges = np.geomspace(min(us.min(), deadline / 20) * 0.8, max(us.max(), deadline) * 1.7, _BARS)
    axes.hist(us, edges, color=plots.BLUE)
    plots.microseconds(axes, "x", edges[0], edges[-1])
    axes.axvspan(deadline, edges[-1], color=plots.RED, alpha=0.12, lw=0)
    axes.axvline(deadline, color=plots.RED)
    top = axes.get_ylim()[1] * 1.25
    axes.set_ylim(0, top)
    axes.text(
        deadline * 0.97,
        top * 0.93,
        f"deadline\n{number(deadline)} µs",
        color=plots.RED,
        ha="right",
        va="top",
    )
    axes.set_title(
        f"{len(us)} callbacks, driver {report['driver']}: median {number(spread['median'])} µs, "
        f"slowest {number(spread['max'])} µs, {spread['max'] / deadline:.1%} of the deadline"
    )
    axes.set_xlabel("time of a callback, µs")
    axes.set_ylabel("callbacks")


def _steps(axes: Axes, report: dict) -> None:
    times = report["times"]
    names = [name for name in STEPS if name in times and name != "callback"]
    floor = 0.5 * min(max(times[name]["median"], 0.01) for name in names)
    for row, name in enumerate(reversed(names)):
        t = {k: max(v, floor) for k, v in times[name].items() if k in ("min", "median", "p99")}
        high = max(times[name]["max"], floor)
        axes.plot((t["min"], high), (row, row), color=plots.FAINT, lw=1.5)
        axes.plot((t["min"], t["p99"]), (row, row), color="#a9cbe6", lw=7, solid_capstyle="butt")
        axes.plot(t["median"], row, "o", color=plots.BLUE, ms=7)
        axes.annotate(
            f"{number(times[name]['median'])}",
            (max(high, t["p99"]), row),
            (8, 0),
            textcoords="offset points",
            va="center",
        )
    plots.microseconds(axes, "x", floor * 0.8, report["block_us"] * 1.7)
    axes.axvline(report["block_us"], color=plots.RED)
    axes.text(
        report["block_us"] * 0.97,
        len(names) - 0.6,
        f"one block lasts\n{number(report['block_us'])} µs",
        color=plots.RED,
        ha="right",
        va="top",
    )
    axes.set_yticks(range(len(names)), [STEPS[n] for n in reversed(names)])
    axes.set_ylim(-0.6, len(names) - 0.4)
    axes.grid(axis="x")
    axes.set_title("One call: median in figures, band to the 99th percentile, line to the slowest")
    axes.set_xlabel("µs")
