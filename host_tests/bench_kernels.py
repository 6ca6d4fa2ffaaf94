"""Instructions a sample takes in assembler: `python host_tests/bench_kernels.py` prints a table.

Counted on an emulated Cortex-M0 over blocks of 64, the function's entry and exit included. A load
or store and a branch taken are two cycles on an RP2040, any other instruction one.
"""

import sys

import instruction_lane
import numpy as np
from aether_tools import paths
from instruction_lane import RAM, Lane, assemble

N = 64
SOURCE, TARGET = RAM + 0x1000, RAM + 0x2000
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
    if not instruction_lane.available():
        print(f"aether: {instruction_lane.WHY_NOT}", file=sys.stderr)
        return 2
    lane = Lane()
    code = assemble(paths.LIB / "aether" / "kernels" / "thumb.py")
    print(f"instructions a sample, blocks of {N}\n{'':18}to 16 bits  from 16 bits")
    for name, signal in signals().items():
        counts = []
        lane.write(SOURCE, signal.astype("<f4").tobytes())
        lane.call(code["_to16"], SOURCE, TARGET, N, STEP)
        counts.append(lane.instructions)
        lane.call(code["_from16"], SOURCE, TARGET, N, STEP)
        counts.append(lane.instructions)
        print(f"{name:18}{counts[0] / N:10.1f}{counts[1] / N:14.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
