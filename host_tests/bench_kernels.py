"""Instructions a sample takes in assembler: `python host_tests/bench_kernels.py` prints a table.

Counted on an emulated Cortex-M0 over blocks of 64, the function's entry and exit included. A load
or store and a branch taken are two cycles on an RP2040, any other instruction one.
"""

import sys

import lane
import numpy as np
from aether_tools import paths

N = 64
STEP = 2  # bytes a mono frame; the first sample at byte 0


def signals() -> dict[str, np.ndarray]:
    """Blocks of 64 samples, as floats."""
    phase = 2 * np.pi * np.arange(N) / N
    rng = np.random.default_rng(1)
    return {
        "silence": np.zeros(N),
        "sine at -60 dB": np.sin(phase) / 1000,
        "sine at -3 dB": np.sin(phase) * 0.7,
        "noise": rng.uniform(-1, 1, N),
        "halfway cases": (2 * np.arange(N) + 1.5) / 32768,
        "clipped": np.full(N, 2.0),
    }


def main() -> int:
    if not lane.available():
        print(f"aether: {lane.WHY_NOT}", file=sys.stderr)
        return 2
    core = lane.of("armv6m")
    code = lane.load(paths.LIB / "aether" / "kernels" / "thumb.py", "armv6m")
    source, target = core.place(bytes(4 * N)), core.place(bytes(STEP * N))
    print(f"instructions a sample, blocks of {N}\n{'':18}to 16 bits  from 16 bits")
    for name, signal in signals().items():
        counts = []
        core.write(source, signal.astype("<f4").tobytes())
        core.call(code["_to16"], source, target, N, STEP)
        counts.append(core.instructions)
        core.call(code["_from16"], source, target, N, STEP)
        counts.append(core.instructions)
        print(f"{name:18}{counts[0] / N:10.1f}{counts[1] / N:14.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
