"""A voice bank's kernels in the lane: where they stand, and what they cost."""

from array import array
from pathlib import Path
from typing import NamedTuple

import lane
from aether.nodes.bank.bank import Bank
from aether.nodes.bank.places import RECORDS, SUMS, VOICE
from aether_tools import paths

FOLDER = paths.LIB / "aether" / "nodes" / "bank"
MIXES = ("mix_stereo", "mix_mono", "mix_stereo_nearest", "mix_mono_nearest")
DRAINS = ("drain_stereo", "drain_mono")
# What an RP2040, an RP2350, and the boards without assembler of ours run.
BACKENDS = (
    ("rp2040", "armv6m"),
    ("thumb", "armv6m"),
    ("thumb", "armv7emsp"),
    ("viper", "armv6m"),
    ("viper", "armv7emsp"),
    ("viper", "rv32imc"),
)


def file_of(backend: str, name: str) -> Path:
    """The device file that has a kernel of a backend."""
    if backend == "viper":
        return FOLDER / "viper.py"
    if name in DRAINS:
        return FOLDER / "thumb_drain.py"
    return FOLDER / f"{backend}_{name[4:]}.py"


def function_of(backend: str, name: str, arch: str) -> lane.Function:
    """A kernel's machine code."""
    return lane.load(file_of(backend, name), arch)[name]


class Cost(NamedTuple):
    """Of one frame, or of a voice and a frame."""

    instructions: float
    cycles: float


def playing(count: int, n: int, name: str, sustain: float = 0.0) -> Bank:
    """A bank whose voices all sound, in the decay or at the sustain level."""
    mono, nearest = "mono" in name, "nearest" in name
    bank = Bank(count, ["saw"], channels=1 if mono else 2, interpolate=not nearest)
    bank.prepare(44100, n)
    bank.patch(0, attack=0, decay=0 if sustain else 20, sustain=sustain)
    for voice in range(count):
        bank.note_on(36 + voice * 5 % 48, 100, 0, 0, voice * 127 // count)
    blocks = [array("f", bytes(4 * n)) for _ in range(2)]
    for _ in range(-(-200 // n)):
        bank.render(*blocks)
    return bank


def mixed(core, function, bank: Bank) -> Cost:
    """The instructions and cycles of one call for a whole block."""
    core.forget()
    count = bank.count
    records = [4 * (bank._words[RECORDS] + VOICE * voice) for voice in range(count)]
    lists = array("I", [count, *records]), array("I", bytes(4 * count + 4))
    arrays = [core.place(words.tobytes()) for words in (bank._words, bank._tables, *lists)]
    assert core.call(function, *arrays) == 0
    return Cost(core.instructions, core.cycles)


def _between(few: Cost, many: Cost, more: int) -> Cost:
    return Cost(*((b - a) / more for a, b in zip(few, many, strict=True)))


def loop_cost(backend: str, name: str, arch: str) -> Cost:
    """What a voice takes more for each further frame of a block."""
    core, function = lane.of(arch), function_of(backend, name, arch)
    costs = [mixed(core, function, playing(1, n, name)) for n in (64, 128)]
    return _between(*costs, 64)


def voice_cost(backend: str, name: str, arch: str, n: int = 64) -> Cost:
    """What each further voice takes of a block, for each of its frames."""
    core, function = lane.of(arch), function_of(backend, name, arch)
    costs = [mixed(core, function, playing(count, n, name)) for count in (1, 9)]
    return _between(*costs, 8 * n)


def drain_cost(backend: str, name: str, arch: str, sums: list[int]) -> Cost:
    """What a frame takes to become float, entry and exit included."""
    n = 64
    bank = playing(1, n, name)
    words = bank._words
    at = words[SUMS]
    for i, x in enumerate(sums[: n * bank.channels]):
        words[at + i] = x & 0xFFFFFFFF
    core = lane.of(arch)
    blocks = [core.place(bytes(4 * n)) for _ in range(2)]
    core.call(function_of(backend, name, arch), *blocks, core.place(words.tobytes()))
    return Cost(core.instructions / n, core.cycles / n)
