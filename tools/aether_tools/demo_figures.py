"""The contents of out/demo.json: what the virtual board reports, and what can be told from it."""

from pathlib import Path

import numpy as np

from aether_tools import interpreter
from aether_tools.session import Result
from aether_tools.sound import Sound

# Of no use outside: the rows of the callbacks tell more.
_LEFT_OUT = ("callback_us_mean", "callback_us_max", "wavs")


def figures(app: str, seconds: float, result: Result, played: Sound) -> tuple[dict, np.ndarray]:
    """Plain values by name, and the callbacks as rows of virtual seconds and host us.

    Without callbacks, as when a program writes without waiting for them, there are no rows, and
    the load is left as the board reports it.
    """
    report = {k: v for k, v in result.report.items() if k not in _LEFT_OUT}
    report |= {
        "app": Path(app).stem,
        "seconds": seconds,
        "interpreter": "MicroPython" if interpreter.available() else "CPython",
        "rate": played.rate,
        "bits": played.bits,
        "channels": played.channels,
        "frames": played.frames,
        "peak": played.peak(),
    }
    rows = np.array(result.callbacks, float).reshape(-1, 2)
    if len(rows) < 2:
        return report, rows[:0]
    # A callback has until the next one is due.
    deadline = float(np.median(np.diff(rows[:, 0])))
    low, middle, p99, high = np.percentile(rows[:, 1], (0, 50, 99, 100)).tolist()
    report |= {
        "clock": "host",  # in virtual time code takes no time
        "deadline_us": deadline,
        "callback_us": {"min": low, "median": middle, "p99": p99, "max": high},
        "load_mean": rows[:, 1].mean() / deadline,
        "load_max": high / deadline,
    }
    return report, rows * (1e-6, 1)


def underruns(report: dict) -> str:
    """Gaps at the pins, which the virtual board knows; without it the stream's own estimate."""
    count = report.get("true_underruns", report.get("underruns"))
    return "unknown" if count is None else f"{count:,}"


def allocated(report: dict) -> str:
    """Bytes that the callbacks left on the heap."""
    if report["allocated_bytes"] is None:
        return "not counted"
    return f"{report['allocated_bytes']:,} bytes in {report['callbacks']:,} callbacks"
