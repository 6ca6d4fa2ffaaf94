"""Drivers side by side, for probe and demo: CPU, latency, and the jitter of the callback."""

import numpy as np
from rich import box
from rich.table import Table

# The first callbacks fill the buffers: they come as soon as the one before is done.
SETTLING = 16


def jitter(starts_us: np.ndarray, period_us: float) -> dict | None:
    """How far intervals between callbacks are from the period, in us: mean, rms and max.

    None where there are too few of them to tell.
    """
    starts = starts_us[SETTLING:]
    if len(starts) < 2:
        return None
    off = np.abs(np.diff(starts) - period_us)
    return {
        "mean": float(off.mean()),
        "rms": float(np.sqrt((off**2).mean())),
        "max": float(off.max()),
    }


def spread(us: np.ndarray) -> dict:
    """min, median, p99 and max of some microseconds."""
    us = np.maximum(us, 0)  # less than the clock can tell, where the loop took longer
    low, middle, p99, high = np.percentile(us, (0, 50, 99, 100)).tolist()
    return {"min": low, "median": middle, "p99": p99, "max": high}


def number(us: float) -> str:
    """Microseconds with the digits that mean something: 0.12, 12.3, 1,234."""
    return f"{us:.2f}" if us < 10 else f"{us:.1f}" if us < 100 else f"{us:,.0f}"


def table(drivers: dict[str, dict], default: str) -> Table:
    """A column for each driver: values by name, of which any may be None or lacking."""
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("driver")
    for name in drivers:
        table.add_column(f"{name}, the board's" if name == default else name, justify="right")
    for title, of in _ROWS:
        cells = [of(driver) for driver in drivers.values()]
        if any(cells):
            table.add_row(title, *(cell or "-" for cell in cells))
    return table


def missing(drivers: dict[str, dict], lacking: dict[str, str]) -> list[str]:
    """A line for each driver that is not in the table. lacking: why it cannot be had, by name."""
    if list(drivers) == ["machine"] and not lacking:
        return ["This board has one driver only: dma is for RP2 boards."]
    return [f"The driver {name} cannot be had here: {why}." for name, why in lacking.items()]


def _cpu(driver: dict) -> str | None:
    return None if driver["cpu"] is None else f"{driver['cpu']:.1%}"


def _latency(driver: dict) -> str | None:
    if driver["latency_ms"] is None:
        return None
    return f"{driver['latency_frames']:,} frames, {driver['latency_ms']:.1f} ms"


def _callback(driver: dict) -> str | None:
    if driver["period_us"] is None:
        return None
    return f"{driver['callback_frames']:,} frames, {number(driver['period_us'])} µs"


def _jitter(driver: dict) -> str | None:
    off = driver["jitter_us"]
    return off and f"{number(off['rms'])} µs, at most {number(off['max'])} µs"


def _time(driver: dict) -> str | None:
    us = driver["callback_us"]
    return us and f"{number(us['median'])} µs, at most {number(us['max'])} µs"


def _count(key: str):
    def count(driver: dict) -> str | None:
        return None if driver.get(key) is None else f"{driver[key]:.4g}"

    return count


_ROWS = (
    ("CPU", _cpu),
    ("latency", _latency),
    ("a callback every", _callback),
    ("jitter of it, RMS", _jitter),
    ("it takes", _time),
    ("underruns", _count("underruns")),
    ("late callbacks", _count("late_callbacks")),
    ("bytes a callback leaves", _count("bytes")),
)
