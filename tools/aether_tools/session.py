"""Runs programs on the virtual board: prepares its file system, gathers what a run leaves."""

import contextlib
import json
import os
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from aether_tools import board_process, interpreter, paths, sd_folder, wav_input
from aether_tools.boards import Board
from aether_tools.errors import UserError

_HEADER = 44
# Beyond this share of a board's heap, twice as wide small objects make the host's count useless.
_TIGHT = 0.8
# What a report holds at least; a run that was ended by force leaves no more.
_KEYS = ("backend", "rate", "high_water", "capacity", "allocated_bytes", "blocks", "underruns")
_KEYS += ("late_callbacks", "render_errors", "restarts", "load_mean", "load_max", "latency_frames")
_KEYS += ("fill_min",)
# Whatever board it is: the computer that runs it has none of their assemblers.
_KERNELS = ("viper", "portable")


@dataclass
class Result:
    """What a run left.

    exit_code: 0, 1 if the program failed, 130 if interrupted. report: what --json writes.
    wavs: the files written. callbacks: (virtual us, host us) of each I2S callback.
    messages: lines for the user, on stderr.
    """

    exit_code: int
    report: dict
    wavs: list[Path] = field(default_factory=list)
    callbacks: list[tuple[int, int]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


def run(
    board: Board,
    *,
    program: Path | None = None,
    files: dict[str, Path | bytes] | None = None,
    fs: Path | None = None,
    sd: Path | None = None,
    seconds: float = 10.0,
    wav: Path | None = None,
    wav_in: Path | None = None,
    cost: float = 0.0,
    stdout=None,
    stderr=None,
    progress: Callable[[float], None] | None = None,
    patience: float = board_process.PATIENCE,
) -> Result:
    """Runs `program`, or boot.py and main.py of the board, for virtual `seconds` (0: no limit).

    The board's file system is `fs`, or made of `files` (path on the board -> file or contents),
    or empty; a missing library or board file is lent to it. `sd` is the folder on its SD card:
    what the program changes there is changed in it when the run is over. `cost`: microseconds
    that rendering 64 frames takes. `progress` is called with the virtual seconds now and then.
    `patience`: seconds of the host without a sign of life after which the program is ended. Where
    there is no MicroPython the program runs under CPython, and `messages` says so.
    """
    kernels = os.environ.get("AETHER_KERNELS")
    if kernels and kernels not in _KERNELS:
        there = " and ".join(_KERNELS)
        raise UserError(f"AETHER_KERNELS is '{kernels}'; a virtual board has the kernels {there}")
    received = wav_input.read(wav_in) if wav_in else None
    with tempfile.TemporaryDirectory(prefix="aether-") as name, beside(wav) as wavs:
        work = Path(name)
        root = fs.resolve() if fs else _make_root(work / "root", files or {})
        config = _config(board, work, root, program, seconds, wavs, cost)
        card = sd_folder.Card(sd, work) if sd else None
        if card:
            config["card"] = str(card.image)
        if received:
            (work / "received").write_bytes(received.frames)
            config["received"] = str(work / "received")
        ended = board_process.run(config, work, stdout, stderr, progress, patience)
        try:
            report = _report(work)
            if report.get("wav_failed"):
                raise UserError(f"cannot write {wav}: the disk did not take it to its end")
            made = _finish(wavs, wav) if wav else []
        finally:
            if card:
                card.take_back()
        result = Result(ended.exit_code, {"board": board.NAME, **report}, made, _rows(work))
    result.report["interpreter"] = "MicroPython" if interpreter.available() else "CPython"
    if not interpreter.available():
        result.messages.append(f"{interpreter.why_not()}; this ran under CPython")
    result.messages += ended.messages + _remarks(board, report, received)
    if wav and not made:
        result.messages.append(f"nothing was played: {wav} is not written")
    return result


@contextlib.contextmanager
def beside(target: Path | None) -> Iterator[Path | None]:
    """A folder beside an output, so that finished files are moved into place at once."""
    if target is None:
        yield None
        return
    folder = writable(target)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def writable(target: Path) -> Path:
    """A scratch folder beside `target`; UserError if no ordinary file can be put there.

    Beside what a link points to: the link stays.
    """
    try:
        real = target.resolve()
        if target.name == "" or real.is_dir():
            raise UserError(f"cannot write {target}: it is a folder")
        if real.exists() and not real.is_file():
            raise UserError(f"cannot write {target}: it is no ordinary file")
        return Path(tempfile.mkdtemp(prefix=".aether-", dir=real.parent))
    except OSError as error:
        raise UserError(f"cannot write {target}: {error.strerror}") from None


def check_apart(read: list[Path | None], written: list[Path | None]) -> None:
    """UserError where an output would take the place of what is read, or of the other one."""
    taken = {path.resolve() for path in read if path is not None}
    for path in written:
        if path is not None:
            if path.resolve() in taken:
                raise UserError(f"'{path.name}' is named twice: an output must be a file apart")
            taken.add(path.resolve())


def _make_root(root: Path, files: dict[str, Path | bytes]) -> Path:
    root.mkdir()
    for path, what in files.items():
        target = root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(what if isinstance(what, bytes) else what.read_bytes())
    return root


def _config(board, work, root, program, seconds, wavs, cost) -> dict:
    config = {
        "board": {k: v for k, v in vars(board).items() if k != "path"},
        "program": str(program.resolve()) if program else None,
        "shown": program.name if program else "main.py",
        "seconds": max(round(seconds * 1e9), 1) if seconds else 0,
        "root": str(root),
        "lib": None if (root / "lib" / "aether").is_dir() else str(paths.LIB / "aether"),
        "wavs": str(wavs) if wavs else None,
        "received": None,
        "card": None,
        "drivers": str(paths.BOARDS / "virtual" / "drivers"),
        "cost": round(cost * 1000),
        "heap": 2 * board.HEAP,
        "report": str(work / "report.json"),
        "rows": str(work / "rows.bin"),
        "board_dir": None,
    }
    if not (root / "board.py").is_file():
        (work / "board").mkdir()
        shutil.copyfile(board.path, work / "board" / "board.py")
        config["board_dir"] = str(work / "board")
    return config


def _report(work: Path) -> dict:
    path = work / "report.json"
    report = dict.fromkeys(_KEYS) | {"clock": "virtual", "deterministic": False}
    return report | (json.loads(path.read_text()) if path.is_file() else {})


def _rows(work: Path) -> list[tuple[int, int]]:
    path = work / "rows.bin"
    data = path.read_bytes() if path.is_file() else b""
    return list(struct.iter_unpack("<II", data[: len(data) // 8 * 8]))


def _finish(wavs: Path, wav: Path) -> list[Path]:
    """Fills in the sizes and moves the files into place."""
    made = []
    for number in range(1, len(list(wavs.iterdir())) + 1):
        part = wavs / f"{number}.wav"
        size = part.stat().st_size
        if size < _HEADER:
            continue
        with part.open("r+b") as f:
            f.seek(4)
            f.write(struct.pack("<I", size - 8))
            f.seek(_HEADER - 4)
            f.write(struct.pack("<I", size - _HEADER))
        target = numbered(wav, number)
        if target.exists() and not target.is_file():
            raise UserError(f"cannot write {target}: it is no ordinary file")
        os.replace(part, target.resolve())
        made.append(target)
    return made


def place(parts: list[tuple[Path, Path]]) -> None:
    """Moves finished files to their targets, none if one of them cannot be; UserError."""
    for _, target in parts:
        if target.exists() and not target.is_file():
            raise UserError(f"cannot write {target}: it is no ordinary file")
    targets = [target.resolve() for _, target in parts]
    for target in targets:
        if targets.count(target) > 1:
            raise UserError(f"'{target.name}' is named twice: an output must be a file apart")
    for part, target in zip(parts, targets, strict=True):
        os.replace(part[0], target)


def numbered(wav: Path, number: int) -> Path:
    """The name of the first, second ... WAV of a run: OUT.wav, OUT.2.wav."""
    return wav if number == 1 else wav.with_suffix(f".{number}{wav.suffix}")


def _remarks(board: Board, report: dict, received: wav_input.Wav | None) -> list[str]:
    lines = []
    used = report.get("heap_used", 0)
    if used > _TIGHT * board.HEAP:
        lines.append(
            f"warning: the program holds {used:,} bytes here, {board.NAME} has {board.HEAP:,}: "
            "whether it fits only the emulated chip can decide"
        )
    if report.get("heap_locked"):
        lines.append(
            "warning: the program left the heap locked, as an error under heap_lock() does"
        )
    if report.get("flash_and_input"):
        lines.append(
            "warning: an I2S received while a file in flash was open for writing: on the board, a "
            "write to flash then lets the DMA overwrite memory; --sd gives a card to record on"
        )
    if report.get("reset"):
        lines.append(f"the program called {report['reset']}: the run ends there")
    rate = report.get("received_rate")
    if received and rate and rate != received.rate:
        lines.append(f"note: received at {rate} Hz what was recorded at {received.rate} Hz")
    return lines
