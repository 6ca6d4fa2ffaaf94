"""out/demo.png: what was played, and how far the callbacks stayed from their deadline."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from aether_tools import driver_picture, plots, sound
from aether_tools.demo_figures import allocated, underruns
from aether_tools.driver_figures import number
from aether_tools.sound import Sound

_COLUMNS = 1200
_LOW_HZ = 40
_QUIETEST_DB = -90
# Seconds of the close-up.
_CLOSE = 0.012


def draw(report: dict, played: Sound, callbacks: np.ndarray, path: Path) -> None:
    """report: out/demo.json's; callbacks: rows of virtual seconds and host microseconds."""
    timed = len(callbacks) > 0
    drivers = report.get("drivers")
    height = 6.2 + (2.6 if timed else 0) + (1.4 if drivers else 0)
    with plots.Picture(height) as figure:
        figure.suptitle(
            f"{report['app']} on {report['interpreter']}, board {report['board']}: "
            f"{underruns(report)} underruns, allocated {allocated(report)}",
            fontsize=11,
        )
        rows, heights = [["wave", "wave", "close"], ["spectrum"] * 3], [1, 1.25]
        if timed:
            rows, heights = [*rows, ["load"] * 3], [*heights, 1]
        if drivers:
            rows, heights = [*rows, driver_picture.ROW], [*heights, 0.2 + 0.08 * len(drivers)]
        axes = figure.subplot_mosaic(rows, height_ratios=heights)
        _wave(axes["wave"], played)
        _close_up(axes["close"], played)
        _spectrum(axes["spectrum"], figure, played)
        if timed:
            _load(axes["load"], report, callbacks, played.seconds)
        if drivers:
            driver_picture.draw(axes, drivers)
        plots.save(figure, path)


def _lanes(axes: Axes, played: Sound) -> list[float]:
    """One lane for each channel, the left one above; the offsets of their zero lines."""
    lanes = [0.0] if played.channels == 1 else [1.1, -1.1]
    names = ["mono"] if played.channels == 1 else ["left", "right"]
    axes.set_yticks(lanes, names)
    axes.set_ylim(min(lanes) - 1.1, max(lanes) + 1.1)
    for lane in lanes:
        axes.axhline(lane, color=plots.GRID, lw=1)
    if len(lanes) == 2:
        axes.axhline(0, color=plots.FAINT, lw=0.6)
    axes.tick_params(axis="y", length=0)
    return lanes


def _wave(axes: Axes, played: Sound) -> None:
    times, low, high = played.envelope(_COLUMNS)
    for channel, lane in enumerate(_lanes(axes, played)):
        axes.fill_between(
            times, low[:, channel] + lane, high[:, channel] + lane, color=plots.BLUE, lw=0.5
        )
    axes.set_xlim(0, played.seconds)
    axes.set_title("Waveform")
    axes.set_xlabel("s")


def _close_up(axes: Axes, played: Sound) -> None:
    n = max(2, min(played.frames, round(_CLOSE * played.rate)))
    loudest = int(np.argmax(np.abs(played.envelope(_COLUMNS)[2]).max(axis=1)))
    start = max(0, min(played.frames * loudest // _COLUMNS, played.frames - n))
    part = played.floats(start, start + n)
    full = np.abs(part).max() or 1.0
    for channel, lane in enumerate(_lanes(axes, played)):
        axes.plot(np.arange(n) / played.rate * 1000, part[:, channel] / full + lane, lw=1.2)
        axes.lines[-1].set_color(plots.BLUE)
    axes.set_yticklabels([])
    axes.set_xlim(0, n / played.rate * 1000)
    axes.set_title(f"From {start / played.rate:.2f} s, enlarged")
    axes.set_xlabel("ms")


def _spectrum(axes: Axes, figure, played: Sound) -> None:
    levels, hz = sound.spectrogram(played, _COLUMNS, 360, _LOW_HZ)
    image = axes.imshow(
        levels,
        origin="lower",
        aspect="auto",
        extent=(0, played.seconds, 0, len(hz)),
        vmin=_QUIETEST_DB,
        vmax=0,
        cmap="magma",
        interpolation="nearest",
    )
    marks = [f for f in (50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000) if f < hz[-1]]
    rows = np.interp(np.log(marks), np.log(hz), np.arange(len(hz)) + 0.5)
    axes.set_yticks(rows, [f"{f}" if f < 1000 else f"{f // 1000}k" for f in marks])
    axes.set_title("Spectrogram")
    axes.set_xlabel("s")
    axes.set_ylabel("Hz")
    figure.colorbar(image, ax=axes, label="dB of full scale", pad=0.015, aspect=16)


def _load(axes: Axes, report: dict, callbacks: np.ndarray, seconds: float) -> None:
    us = np.maximum(callbacks[:, 1], 1)
    spread, deadline = report["callback_us"], report["deadline_us"]
    axes.plot(callbacks[:, 0], us, ".", color=plots.BLUE, ms=4, alpha=0.6, mew=0)
    top = max(deadline, us.max()) * 4
    plots.microseconds(axes, "y", us.min() / 2, top)
    axes.axhspan(deadline, top, color=plots.RED, alpha=0.12, lw=0)
    axes.axhline(deadline, color=plots.RED)
    axes.text(
        seconds * 0.995,
        deadline * 1.25,
        f"deadline {number(deadline)} µs",
        color=plots.RED,
        ha="right",
        va="bottom",
    )
    axes.set_xlim(0, seconds)
    axes.grid(axis="y")
    axes.set_title(
        f"Callback time: median {number(spread['median'])} µs, 99 % within "
        f"{number(spread['p99'])} µs, slowest {number(spread['max'])} µs"
    )
    axes.set_xlabel("s")
    axes.set_ylabel("µs of this machine")
