"""What a sample costs, kernel by kernel: `python host_tests/bench_kernels.py` prints a table.

Instructions, and behind them cycles as the core's published timings give them, memory without wait
states: the mean of blocks of 64 samples of audio, random ones of -1 to 1, the kernel's entry and
exit included. Beside them the obvious loop in bytecode, on an RP2040: the cycles that `aether
cycles` counts on the emulated Pico, where its images are named in the environment.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import kernel_cases
import kernel_model
import lane
import numpy as np
from emulated_host import missing
from lane_backend import Backend

N = 64
BLOCKS = 40
CYCLES = Path(__file__).parent / "cycles" / "kernels.py"
COLUMNS = (
    ("thumb", "armv6m"),
    ("vfp", "armv7emsp"),
    ("rv32", "rv32imc"),
    ("viper", "armv6m"),
    ("viper", "armv7emsp"),
    ("viper", "rv32imc"),
)
# Instructions a sample that were set as the goal, of thumb, vfp and viper.
_PRODUCT, _BOTH, _PCM16 = (50, 6, 400), (110, 9, 700), (25, 10, 90)
GOALS = {
    "clear": (2, 2, 8),
    "copy": (2, 2, 8),
    "add": (60, 6, 400),
    "multiply": _PRODUCT,
    "scale": _PRODUCT,
    "add_scaled": _BOTH,
    "ramp": _BOTH,
    "to_pcm16": _PCM16,
    "mono_to_pcm16": _PCM16,
}
WITH_GOAL = ("thumb", "vfp", "viper")


def measure(kernel: str, backend: Backend) -> tuple[float, float]:
    """Instructions and cycles a sample."""
    core = backend.core
    function = getattr(backend, kernel)
    audio = *kernel_cases.audio(2 * N * BLOCKS).reshape(2, BLOCKS, N), kernel_cases.audio(BLOCKS)
    pcm = np.random.default_rng(1).integers(0, 256, (BLOCKS, 8 * N), np.uint8)
    instructions = cycles = 0
    for first, second, gain, frames in zip(*audio, pcm, strict=True):
        core.forget()
        left, right = core.place(first.tobytes()), core.place(second.tobytes())
        # A gain like the samples; and, for a ramp, a step that takes it some way on.
        cell = np.array([gain, kernel_cases.words_of(0.5 / N)], np.uint32)
        addresses = left, right, core.place(cell.tobytes()), core.place(frames.tobytes())
        backend.reset()
        function(*arguments(kernel, *addresses), N)
        instructions += backend.instructions
        cycles += backend.cycles
    samples = N * BLOCKS * channels(kernel)
    return instructions / samples, cycles / samples


def channels(kernel: str) -> int:
    """How many samples of a frame are worked on."""
    return 2 if kernel in kernel_model.PCM else 1


def arguments(kernel, left, right, cell, frames) -> list[int]:
    """What a kernel is called with but for n, of these addresses."""
    blocks = [left, right][: channels(kernel)]
    if "to_pcm" in kernel:
        return [frames, *blocks]
    if "from_pcm" in kernel:
        return [*blocks, frames]
    if kernel == "clear":
        return [left]
    return [left, right, cell] if kernel in ("scale", "add_scaled", "ramp") else [left, right]


def in_bytecode() -> dict[str, float]:
    """Kernel -> cycles a sample of the loop in bytecode; empty where there is no emulated Pico."""
    if missing():
        print(missing(), file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "cycles.json"
        command = [sys.executable, "-m", "aether_tools", "cycles", str(CYCLES), "--json", str(out)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        rows = json.loads(out.read_text())["files"][0]["snippets"]
    return {
        row["title"].split()[0].rstrip(","): row["zero_wait"]["cycles"] / row["samples"]
        for row in rows
        if row["title"].endswith(" in bytecode")
    }


def figure(kernel: str, name: str, backend: Backend) -> str:
    """`instructions (cycles)`, in bold where the goal is missed."""
    instructions, cycles = measure(kernel, backend)
    text = f"{instructions:.1f} ({cycles:.0f})"
    goals = dict(zip(WITH_GOAL, GOALS.get(kernel, ()), strict=False))
    return f"**{text}**" if instructions > goals.get(name, instructions) else text


def main() -> int:
    if not lane.available():
        print(f"aether: {lane.WHY_NOT}", file=sys.stderr)
        return 2
    backends = [Backend(name, arch) for name, arch in COLUMNS]
    bytecode = in_bytecode()
    heads = ["kernel", f"goal: {', '.join(WITH_GOAL)}"]
    heads += [*(f"`{name}`, {arch}" for name, arch in COLUMNS), "bytecode, RP2040"]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    for kernel in kernel_model.NAMES:
        row = [f"`{kernel}`", ", ".join(map(str, GOALS.get(kernel, ())))]
        for (name, _), backend in zip(COLUMNS, backends, strict=True):
            row.append(figure(kernel, name, backend))
        row.append(f"{bytecode[kernel]:,.0f} cycles" if kernel in bytecode else "")
        print("| " + " | ".join(row) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
