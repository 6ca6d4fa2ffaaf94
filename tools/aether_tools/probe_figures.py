"""From the ticks that the probe printed to microseconds: the contents of out/probe.json."""

import numpy as np

from aether_tools import probe_drivers
from aether_tools.driver_figures import spread
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
    rate = raw["rate"]
    ticks = {name: np.array(t, float) for name, t in zip(raw["names"], raw["ticks"], strict=True)}
    times = {}
    for k, name in enumerate(raw["names"]):
        if name in STEPS:
            loop = np.median(ticks[_AROUND.get(name, "loop")]) / raw["counts"][0]
            each = ticks[name] / raw["counts"][k] - loop
            times[name] = spread(each / rate) | {
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
        "callbacks_missing": None,
        "driver": probed.driver,
        "drivers": {},
        "drivers_missing": {},
        "notes": list(probed.notes),
    }
    for name, played in probed.drivers.items():
        if played["callback"]:
            out["drivers"][name] = probe_drivers.figures(played, sample_rate, probed.clock)
        else:
            out["drivers_missing"][name] = played["why"].partition(": ")[2]
    if not out["drivers"]:
        out["callbacks_missing"] = list(probed.drivers.values())[-1]["why"]
    else:
        # Where the board's driver cannot be had, a stream takes the other.
        if probed.driver not in out["drivers"]:
            out["driver"] = next(iter(out["drivers"]))
        callback = probed.drivers[out["driver"]]["callback"]
        us = np.array(callback["ticks"], float)
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
            times["callback"] = spread(us) | {
                "bytes": callback["bytes"],
                "heap_lock": callback["heap_lock"],
            }
    return out


def deadline(report: dict, step: str) -> float:
    """Microseconds within which `step` must be done: a callback has as long as what it writes."""
    return report["callbacks"]["deadline_us"] if step == "callback" else report["block_us"]
