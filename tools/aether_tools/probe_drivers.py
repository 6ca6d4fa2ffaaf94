"""From what the probe counted over each driver to shares and microseconds."""

import numpy as np

from aether_tools.driver_figures import jitter, spread


def figures(raw: dict, rate: int, clock: str) -> dict:
    """What one driver does, plain values. raw: what the board printed; rate: frames a second.

    cpu: the share that a stream takes. Where the main program counted, by how much it counts
    slower, interrupts included; else the share of time spent in callbacks. clock: whose it is.
    """
    callback = raw["callback"]
    us = np.array(callback["ticks"], float)
    stats = callback["stats"]
    return {
        "cpu": _cpu(raw["rounds"], us, callback["period_us"]),
        "cpu_clock": clock,
        "cpu_of": "callbacks" if raw["rounds"] is None else "everything",
        "latency_frames": stats["latency_frames"],
        "latency_ms": stats["latency_frames"] / rate * 1e3,
        "callback_frames": callback["frames"],
        "period_us": callback["period_us"],
        "jitter_us": jitter(np.array(callback["starts"], float), callback["period_us"]),
        "callbacks": len(us),
        "callback_us": spread(us) if len(us) else None,
        "bytes": callback["bytes"] if len(us) else None,
        "heap_lock": callback["heap_lock"],
        "underruns": stats["underruns"],
        "late_callbacks": stats["late_callbacks"],
        "complete": callback["complete"],
    }


def _cpu(rounds: list[int] | None, us: np.ndarray, period_us: float) -> float | None:
    if rounds is not None:
        alone, playing = rounds
        return max(1 - playing / alone, 0)
    return us.mean() / period_us if len(us) else None
