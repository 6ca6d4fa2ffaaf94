"""From the ticks that the probe printed to microseconds: the contents of out/probe.json."""

import numpy as np

from aether_tools.probe_device import Probed

BLOCK = 64
# Step -> the step whose time is in it besides: the loop around the calls.
_AROUND = {"acquire": "store"}
STEPS = {
    "function": "empty function",
    "method": "empty method",
    "acquire": "pool.acquire()",
    "get": "pool.get(handle)",
    "release": "pool.release(handle)",
    "pair": "release(acquire())",
    "render": "render: two copies",
    "convert": "kernels.to_pcm16",
    "block": "one whole block",
    "callback": "one I2S callback",
}


def report(probed: Probed) -> dict:
    """Plain values. `times` has, by step, min, median, p99, max in us; bytes; heap_lock."""
    raw = probed.raw
    rate, callback = raw["rate"], raw["callback"]
    ticks = {name: np.array(t, float) for name, t in zip(raw["names"], raw["ticks"], strict=True)}
    times = {}
    for k, name in enumerate(raw["names"]):
        if name in STEPS:
            loop = np.median(ticks[_AROUND.get(name, "loop")]) / raw["counts"][0]
            each = ticks[name] / raw["counts"][k] - loop
            times[name] = _spread(each / rate) | {
                "bytes": raw["bytes"][k] / raw["counts"][k],
                "heap_lock": raw["heap_lock"][k],
            }
    sample_rate = probed.rate
    out = {
        "board": probed.board,
        "machine": probed.machine,
        "micropython": probed.micropython,
        "port": probed.port,
        "clock": probed.clock,
        "timer": raw["clock"],
        "ticks_per_us": rate,
        "aether": raw["aether"],
        "library": probed.library,
        "backend": raw["backend"],
        "pool_backend": raw["pool_backend"],
        "rate": sample_rate,
        "block_frames": BLOCK,
        "block_us": BLOCK / sample_rate * 1e6,
        "batches": len(raw["ticks"][0]),
        "calls_per_batch": raw["counts"][0],
        "times": times,
        "callbacks": None,
        "callbacks_missing": raw["why"],
        "notes": list(probed.notes),
    }
    if callback:
        us = np.array(callback["ticks"], float) / rate
        out["callbacks"] = {
            "us": us.round(2).tolist(),
            "frames": callback["frames"],
            "deadline_us": (deadline_us := callback["frames"] / sample_rate * 1e6),
            "complete": callback["complete"],
            **callback["stats"],
        }
        if len(us):
            # The stream's own are in virtual time on the virtual board, where code takes none.
            out["callbacks"]["load_mean"] = us.mean() / deadline_us
            out["callbacks"]["load_max"] = us.max() / deadline_us
            times["callback"] = _spread(us) | {
                "bytes": callback["bytes"],
                "heap_lock": callback["heap_lock"],
            }
    return out


def deadline(report: dict, step: str) -> float:
    """Microseconds within which `step` must be done: a callback has as long as what it writes."""
    return report["callbacks"]["deadline_us"] if step == "callback" else report["block_us"]


def number(us: float) -> str:
    """Microseconds with the digits that mean something: 0.12, 12.3, 1,234."""
    return f"{us:.2f}" if us < 10 else f"{us:.1f}" if us < 100 else f"{us:,.0f}"


def _spread(us: np.ndarray) -> dict:
    us = np.maximum(us, 0)  # less than the clock can tell, where the loop took longer
    low, middle, p99, high = np.percentile(us, (0, 50, 99, 100)).tolist()
    return {"min": low, "median": middle, "p99": p99, "max": high}
