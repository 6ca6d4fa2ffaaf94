"""The demo's app once more over each driver of its board, for some seconds, side by side."""

import re
import tempfile
from pathlib import Path

import numpy as np

from aether_tools import boards, session
from aether_tools.boards import Board
from aether_tools.driver_figures import SETTLING, jitter, spread

# Virtual seconds: a thousand callbacks over DMA, and half a second of the host.
_SECONDS = 1.5
# What from_board says before it takes another driver, and the last line of a traceback.
_LACKING = "aether: the DMA driver needs "
_RAISED = re.compile(r"\w*(Error|Exception)\b")


def compare(
    board: Board, files: dict[str, Path | bytes], seconds: float, wav_in: Path | None = None
) -> tuple[dict[str, dict], dict[str, str]]:
    """Figures of each driver, as in out/demo.json, and why others cannot be had; by their names.

    files: the board's, as the demo has them. The board file names the driver: an app that takes
    another all the same has not that one. wav_in: what an I2S receives.
    """
    drivers, missing = {}, {}
    for name in boards.drivers(board):
        named = f"{board.path.read_text()}\nDRIVER = {name!r}\n".encode()
        with tempfile.TemporaryFile("w+", errors="replace") as log:
            result = session.run(
                board,
                files=files | {"/board.py": named},
                seconds=min(seconds, _SECONDS),
                wav_in=wav_in,
                stdout=log,
                stderr=log,
            )
            log.seek(0)
            printed = log.read()
        if result.exit_code == 130:
            raise KeyboardInterrupt
        if result.report.get("driver") == name and not result.exit_code:
            drivers[name] = _figures(result)
        else:
            missing[name] = _why(printed)
    return drivers, missing


def _why(printed: str) -> str:
    """Why an app did not play over a driver, of what it printed."""
    lines = printed.splitlines()
    for line in lines:
        if line.startswith(_LACKING):
            return f"it needs {line[len(_LACKING) :].partition(':')[0]}"
    raised = [line for line in lines if _RAISED.match(line)]
    return raised[-1] if raised else "the app does not play over it"


def _figures(result: session.Result) -> dict:
    """Plain values. Times are virtual but cpu and callback_us, which are the host's."""
    report = result.report
    rows = np.array(result.callbacks, float).reshape(-1, 2)
    starts, us = rows[:, 0], rows[:, 1]
    rate = report["rate"]
    figures = {
        "cpu": None,
        "cpu_clock": "host",
        "latency_frames": report["latency_frames"],
        "latency_ms": report["latency_frames"] / rate * 1e3,
        "callback_frames": None,
        "period_us": None,
        "jitter_us": None,
        "callbacks": len(rows),
        "callback_us": spread(us) if len(us) else None,
        "underruns": report["underruns"],
        "late_callbacks": report["late_callbacks"],
    }
    if report["allocated_bytes"] is not None and len(us):
        figures["bytes"] = report["allocated_bytes"] / len(us)
    if len(us) > SETTLING + 1:
        frames = round(float(np.median(np.diff(starts))) * rate / 1e6)
        period = frames / report.get("frame_rate", rate) * 1e6
        figures |= {
            "cpu": us[SETTLING:].mean() / period,
            "callback_frames": frames,
            "period_us": period,
            "jitter_us": jitter(starts, period),
        }
    return figures
