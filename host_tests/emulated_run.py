"""Runs a program on the virtual board and on the emulated Pico: what each printed and played."""

import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from aether_tools import boards, images, interpreter, layout, mpy, node, plan
from aether_tools.emulated_pico import Crashed, EmulatedPico, Segment, Setting
from emulated_host import missing
from virtual_run import OPEN, Played, play

BOARD = "rpi_pico"
_why = missing() or ("" if interpreter.available() else interpreter.why_not())

needs_images = pytest.mark.skipif(bool(_why), reason=_why)

# Emulated seconds that boot.py has.
_RESTART = 10


@dataclass
class Emulated:
    """What a program left on the chip: `sounds` as Played.wavs, with the rate at the pins."""

    out: str
    error: str
    sounds: list[tuple[float, np.ndarray]]

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def frames(self) -> np.ndarray:
        return self.sounds[0][1] if self.sounds else np.zeros((0, 2), "<i2")


@dataclass
class Both:
    """The same program on the virtual board and on the chip."""

    virtual: Played
    chip: Emulated


def on_both(code: str, *, files=None, seconds: float = 2, **options) -> Both:
    """Runs OPEN and the code on either; options as for session.run()."""
    code = OPEN + textwrap.dedent(code)
    virtual = play(code, BOARD, opened=False, files=files, seconds=seconds, **options)
    return Both(virtual, emulate(code, files=files, seconds=seconds))


def app_on_both(
    app: str, after: str = "", *, files=None, cost: float = 0, most: float = 3, **options
) -> Both:
    """Starts an app with `options` on either, then runs the code `after`; `most` seconds at most.

    cost: as for session.run().
    """
    everything = {**layout.device_files(boards.load(BOARD), app), **(files or {})}
    start = f"import board\nfrom apps import {app}\napp = {app}.start(board, **{options!r})\n"
    return on_both(start + textwrap.dedent(after), files=everything, seconds=most, cost=cost)


def emulate(code: str, *, files=None, seconds: float = 2) -> Emulated:
    """Runs code at the raw prompt of a chip just powered on, and what it plays up to `seconds`.

    files: what its flash holds, as for session.run(); Python files are compiled as for a board.
    """
    board = boards.load(BOARD)
    setting = Setting(board, images.find(board), node.find())
    out: list[bytes] = []
    with tempfile.TemporaryDirectory() as name, EmulatedPico(setting, sound=Path(name)) as pico:
        pico.boot()
        pico.install(_compiled(files or {}, pico.loads()))
        pico.restart(_RESTART, main=False)
        pico.out = out.append
        try:
            error = _execute(pico, code, seconds)
        except Crashed as crash:
            error = str(crash)
        sounds = [_sound(segment) for segment in pico.cut() if segment.frames]
    return Emulated(_text(b"".join(out).decode(errors="replace")), _text(error), sounds)


def _execute(pico: EmulatedPico, code: str, seconds: float) -> str:
    start = pico.totals.seconds
    done = pico.execute(code, seconds)
    left = seconds - (pico.totals.seconds - start)
    if left > 0 and not done.error:
        pico.run_on(left, while_playing=True)
    return done.error


def _compiled(files: dict[str, Path | bytes], loads: mpy.Format | None) -> dict[str, bytes]:
    sources = {path: what for path, what in files.items() if path.endswith(".py")}
    built = plan.build(sources, loads).files
    for path in files.keys() - sources.keys():
        what = files[path]
        built[path] = what if isinstance(what, bytes) else what.read_bytes()
    return built


def _sound(segment: Segment) -> tuple[float, np.ndarray]:
    frames = np.fromfile(segment.file, f"<i{segment.bits // 8}").reshape(-1, 2)
    return segment.rate, frames


def _text(text: str) -> str:
    return text.replace("\r\n", "\n")
