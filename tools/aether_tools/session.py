"""Runs programs on the virtual board: starts the host MicroPython and gathers what it leaves."""

import json
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aether_tools import interpreter, paths
from aether_tools.boards import Board
from aether_tools.errors import UserError

BOOT = paths.BOARDS / "virtual" / "boot.py"
# Heap beyond the program's for the virtual board itself; what it leaves over is filled up.
_OWN_HEAP = 512 * 1024


@dataclass
class Result:
    """What a run left: its exit code, report, WAV files, and (virtual us, host us) of callbacks."""

    exit_code: int
    report: dict
    wavs: list[Path] = field(default_factory=list)
    callbacks: list[tuple[int, int]] = field(default_factory=list)


def run(
    board: Board,
    *,
    program: Path | None = None,
    files: dict[str, Path | bytes] | None = None,
    fs: Path | None = None,
    seconds: float = 10.0,
    wav: Path | None = None,
    wav_in: Path | None = None,
    cost: float = 0.0,
    stdout=None,
    stderr=None,
    progress: Callable[[float], None] | None = None,
) -> Result:
    """Runs `program`, or /main.py of the board's file system, for virtual `seconds` (0: no limit).

    The file system is `fs`, or made of `files` (path on the board -> file or contents).
    `progress` is told, several times a second, how many virtual seconds have passed.
    """
    if not interpreter.available():
        raise UserError(interpreter.why_not())
    with tempfile.TemporaryDirectory(prefix="aether-") as name:
        work = Path(name)
        root = work / "root"
        root.mkdir()
        for path, what in (files or {}).items():
            target = root / path.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(what if isinstance(what, bytes) else what.read_bytes())
        if fs is not None:
            root = fs.resolve()
        wavs = None
        if wav is not None:
            wavs = Path(tempfile.mkdtemp(prefix=".aether-", dir=wav.resolve().parent))
        try:
            code, report, rows = _start(
                board, work, root, program, seconds, wavs, None, cost, stdout, stderr, progress
            )
            made = _finish_wavs(wavs, wav, report) if wav is not None else []
        finally:
            if wavs is not None:
                shutil.rmtree(wavs, ignore_errors=True)
    return Result(code, {"board": board.NAME, **report}, made, rows)


def _start(
    board, work, root, program, seconds, wavs, received, cost, stdout, stderr, progress
):
    config = {
        "board": {k: v for k, v in vars(board).items() if k != "path"},
        "program": str(program.resolve()) if program else None,
        "shown": program.name if program else None,
        "seconds": round(seconds * 1e9),
        "root": str(root),
        "lib": None if (root / "lib" / "aether").is_dir() else str(paths.LIB / "aether"),
        "wavs": str(wavs) if wavs else None,
        "received": str(received) if received else None,
        "cost": round(cost * 1000),
        "heap": 2 * board.HEAP,
        "report": str(work / "report.json"),
        "rows": str(work / "rows.bin"),
    }
    if not (root / "board.py").is_file():
        config["board_file"] = str(board.path)
    reader, writer = os.pipe()
    config["control"] = f"/dev/fd/{writer}"
    command = [
        *interpreter.command(),
        "-X",
        f"heapsize={2 * board.HEAP + _OWN_HEAP}",
        str(BOOT),
        str(work / "config.json"),
    ]
    (work / "config.json").write_text(json.dumps(config))
    child = subprocess.Popen(command, pass_fds=[writer], stdout=stdout, stderr=stderr)
    os.close(writer)
    with os.fdopen(reader, "rb") as records:
        while record := records.read(9):
            if progress is not None:
                progress(int.from_bytes(record[1:], "little") / 1e9)
    code = child.wait()
    report_path = work / "report.json"
    report = json.loads(report_path.read_text()) if report_path.is_file() else {}
    rows = list(struct.iter_unpack("<II", (work / "rows.bin").read_bytes()))
    return code, report, rows


def _finish_wavs(wavs: Path, wav: Path, report: dict) -> list[Path]:
    made = []
    for number in range(1, len(report.get("wavs", [])) + 1):
        part = wavs / f"{number}.wav"
        with part.open("r+b") as f:
            size = part.stat().st_size
            f.seek(4)
            f.write(struct.pack("<I", size - 8))
            f.seek(40)
            f.write(struct.pack("<I", size - 44))
        target = wav if number == 1 else wav.with_suffix(f".{number}{wav.suffix}")
        part.replace(target)
        made.append(target)
    return made
