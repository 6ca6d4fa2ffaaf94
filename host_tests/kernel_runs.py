"""Runs kernels on an interpreter of its own, and gives what they leave to the model."""

from binascii import a2b_base64
from dataclasses import dataclass

import numpy as np
import pytest
from aether_tools import interpreter
from emulated_host import RP2040, missing
from kernel_model import PCM, check, check_ramp, from_pcm, to_pcm
from micropython_host import Runtime, beside

ARITHMETIC = ("clear", "copy", "add", "multiply", "scale", "add_scaled", "ramp", "clip")
CONVERSIONS = (*PCM, *(f"mono_{name}" for name in PCM))
_GUARD, _GUARDS = 0x3F000000, 4
_GUARD_BYTE, _GUARD_BYTES = 0x5A, 8


@dataclass(frozen=True)
class Place:
    """A runtime, and the backend of the kernels that it has, or is told to take."""

    runtime: Runtime
    backend: str
    forced: bool = False

    @property
    def files(self) -> dict[str, str]:
        """What must lie beside a program."""
        return {"aether_kernels.py": f"BACKEND = {self.backend!r}"} if self.forced else {}

    def run(self, source: str, files=None) -> str:
        """What a program prints that has `kernels`, of this backend."""
        head = f"from aether import kernels\nassert kernels.backend == {self.backend!r}\n"
        files = {**self.files, **(files or {})}
        return self.runtime.run(head + source, files=files, heap="8M", prepare=False, timeout=120)


CPYTHON = Place(Runtime("CPython", False, "portable"), "portable")
_MICROPYTHON = Runtime("MicroPython", True, "viper")
VIPER = Place(_MICROPYTHON, "viper")
PORTABLE = Place(_MICROPYTHON, "portable", forced=True)
THUMB = Place(RP2040, "thumb")
# What a board of another chip runs: 32-bit words under viper, 32-bit floats in plain Python.
FORCED_ON_CHIP = (Place(RP2040, "viper", forced=True), Place(RP2040, "portable", forced=True))


def _missing(place):
    if place.runtime.emulated or not place.runtime.micropython:
        return missing() if place.runtime.emulated else ""
    if not interpreter.available():
        return interpreter.why_not()
    emitter = place.runtime.run("import sys; print(sys.implementation._mpy >> 10)", prepare=False)
    if place.backend == "viper" and not int(emitter):
        return "the host MicroPython of this machine has no native code emitter"
    return ""


def param(place: Place, *others):
    """A place and `others` as parameters of a test, skipped where the place cannot be had."""
    why_not = _missing(place)
    name = f"{place.runtime.name.lower()}-{place.backend}"
    marks = [pytest.mark.skip(reason=why_not)] if why_not else []
    return pytest.param(place, *others, id=name, marks=marks)


NATIVE = [param(VIPER), param(THUMB)]
EVERYWHERE = [param(CPYTHON), param(PORTABLE), *NATIVE]


@dataclass
class Job:
    """A kernel over the words, n at a time and `rows` times at most; with `same`, dst is src."""

    name: str
    n: int = 64
    same: bool = False
    rows: int = 1 << 20


@dataclass
class Words:
    """What kernels work on: dst before, src, and cells of two words that take turns."""

    first: np.ndarray
    second: np.ndarray
    cells: np.ndarray

    def cut(self, n: int, most: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """In rows of n, as a job works on them; a rest is left out."""
        rows = min(most, len(self.first) // n)
        first, second = (x[: rows * n].reshape(rows, n) for x in (self.first, self.second))
        return first, second, np.resize(self.cells, (rows, 2))


def judge(place: Place, words: Words, jobs: list[Job]) -> None:
    """AssertionError unless all jobs leave what the model does, and the guards as they were."""
    files = {
        "dst": words.first.tobytes(),
        "src": words.second.tobytes(),
        "cells": words.cells.tobytes(),
    }
    source = "from kernel_player import play\n"
    source += _calls("play", [(job.name, job.n, job.same, job.rows) for job in jobs])
    for job, lines in _played(place, source, files, jobs):
        _judge(job, words, lines.view(np.uint32))


def _calls(function, arguments):
    return f"for call in {arguments}:\n    {function}(*call)\n    print('-')\n"


def _played(place, source, files, jobs):
    # Each job, and the lines that it printed as rows of bytes.
    players = beside("kernel_player.py") | beside("pcm_player.py")
    parts = place.run(source, files | players).split("-\n")[:-1]
    for job, part in zip(jobs, parts, strict=True):
        rows = [np.frombuffer(a2b_base64(line), np.uint8) for line in part.splitlines()]
        yield job, np.stack(rows)


def _judge(job: Job, words: Words, printed: np.ndarray) -> None:
    space, cells_after = printed[:, :-3], printed[:, -3:]
    got = space[:, _GUARDS:-_GUARDS]
    first, second, cells = words.cut(job.n, job.rows)
    assert len(got) >= len(first) > 0
    got, cells_after = got[: len(first)], cells_after[: len(first)]
    around = space[:, :_GUARDS], space[:, -_GUARDS:], cells_after[:, 2]
    assert all((guards == _GUARD).all() for guards in around), f"{job} wrote beside its place"
    src = first if job.same else second
    if job.name == "ramp":
        check_ramp(got, cells_after[:, :2], src, cells)
        return
    np.testing.assert_array_equal(cells_after[:, :2], cells, str(job))
    gains = cells[:, :1]
    operands = {
        "clear": (first,),
        "copy": (src,),
        "clip": (src,),
        "scale": (src, gains),
        "add_scaled": (first, src, gains),
    }
    check(job.name, got, *operands.get(job.name, (first, src)))


def judge_pcm(place: Place, words: np.ndarray, samples: dict, jobs: list[Job], odd=0) -> None:
    """As judge(), for conversions, of frames that begin `odd` bytes behind a multiple of four.

    words: of the left channel, and backwards of the right; samples: of each number of bits.
    """
    files = {"left": words.tobytes(), "right": words[::-1].tobytes()}
    files |= {f"pcm{bits}": samples[bits].tobytes() for bits in (16, 32)}
    source = "from pcm_player import play_pcm\n"
    source += _calls("play_pcm", [(job.name, job.n, odd, job.rows) for job in jobs])
    for job, lines in _played(place, source, files, jobs):
        channels = 1 if job.name.startswith("mono_") else 2
        bits, most = int(job.name[-2:]), job.n * job.rows
        if "to_pcm" in job.name:
            frames = np.stack([words, words[::-1]][:channels], -1)
            _judge_frames(job, to_pcm(frames[:most], bits), lines, odd)
        else:
            frames = samples[bits].reshape(-1, channels)
            _judge_floats(job, from_pcm(frames[:most], bits), lines)


def _judge_frames(job, expected, lines, odd):
    first = _GUARD_BYTES + odd
    around = lines[:, :first], lines[:, -_GUARD_BYTES:]
    assert all((guards == _GUARD_BYTE).all() for guards in around), f"{job} wrote beside its place"
    got = np.ascontiguousarray(lines[:, first:-_GUARD_BYTES]).view(expected.dtype)
    got = got.reshape(-1, expected.shape[1])[: len(expected)]
    np.testing.assert_array_equal(got, expected, str(job))


def _judge_floats(job, expected, lines):
    channels = expected.shape[1]
    spaces = lines.view(np.uint32).reshape(len(lines), channels, job.n + 2 * _GUARDS)
    around = spaces[..., :_GUARDS], spaces[..., -_GUARDS:]
    assert all((guards == _GUARD).all() for guards in around), f"{job} wrote beside its place"
    got = spaces[..., _GUARDS:-_GUARDS].transpose(0, 2, 1).reshape(-1, channels)
    np.testing.assert_array_equal(got[: len(expected)], expected, str(job))
