"""The SD card of the virtual board: a folder, which becomes a FAT image for the time of a run."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from aether_tools import interpreter, paths
from aether_tools.errors import UserError

_SCRIPT = paths.BOARDS / "virtual" / "card_image.py"
_GB = 1 << 30
# Sizes of cards, the smallest that leaves room. The image takes what is written, no more.
_SIZES = (4 * _GB, 32 * _GB)
# Of ours, where an output is to be beside what is on the card.
_SCRATCH = ".aether-"
_HEAP = 4 * 1024 * 1024


class Card:
    """`image`: the card's blocks, a file in `work`, holding what is in `folder`.

    UserError for a folder that cannot be on a card.
    """

    def __init__(self, folder: Path, work: Path):
        if not interpreter.available():
            raise UserError(f"--sd: {interpreter.why_not()}")
        self._folder = folder
        self._work = work
        self.image = work / "card.img"
        self._before = _contents(folder)
        self._make()
        self._filled = self.image.stat().st_mtime_ns

    def _make(self) -> None:
        used = sum(path.stat().st_size for path in _files(self._folder))
        size = next((size for size in _SIZES if used < size * 7 // 8), None)
        if size is None:
            raise UserError(f"--sd {self._folder} holds more than an SD card of 32 GB")
        with self.image.open("wb") as file:
            file.truncate(size)
        self._run("fill", self._folder)

    def _run(self, what: str, folder: Path) -> None:
        command = [*interpreter.command(), "-X", f"heapsize={_HEAP}", str(_SCRIPT)]
        command += [what, str(self.image), str(folder.resolve())]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = (done.stdout + done.stderr).strip().splitlines() or ["no reason given"]
            raise UserError(f"--sd {self._folder}: {lines[-1]}")

    def take_back(self) -> None:
        """What the program changed on the card is changed in the folder; UserError."""
        if self.image.stat().st_mtime_ns == self._filled:
            return
        taken = self._work / "card"
        taken.mkdir()
        self._run("take", taken)
        after = _contents(taken)
        failures = []
        for name, digest in after.items():
            if self._before.get(name) != digest:
                self._change(name, failures, _put, taken / name)
        for name in sorted(self._before.keys() - after.keys(), reverse=True):
            self._change(name, failures, _remove)
        if failures:
            raise UserError(failures[0])

    def _change(self, name: str, failures: list[str], change, *source: Path) -> None:
        """Makes one change in the folder; what cannot be done does not keep others from it."""
        target = self._folder / name
        try:
            if source and name in self._before and source[0].is_dir() != target.is_dir():
                self._clear(name)
            change(*source, target)
        except OSError as error:
            failures.append(f"cannot write {target}: {error.strerror}")

    def _clear(self, name: str) -> None:
        """Makes room for a file where the card's folder was, or the other way round."""
        for each in sorted(self._before, reverse=True):
            if each == name or each.startswith(name + "/"):
                _remove(self._folder / each)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _contents(folder: Path) -> dict[str, str]:
    """Path from the folder -> digest, empty for folders, in an order that makes these first."""
    found: dict[str, str] = {}
    lower = set()
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        name = "/".join(parts)
        if any(part.startswith(_SCRATCH) for part in parts):
            continue
        if name[-1] in " .":
            raise UserError(f"--sd {folder}: '{name}' ends with what FAT leaves out")
        if not name.isprintable():
            raise UserError(f"--sd {folder}: {name!a} has characters that FAT has not")
        if name.lower() in lower:
            raise UserError(f"--sd {folder}: '{name}' differs in case alone from another name")
        lower.add(name.lower())
        if path.is_dir() and not path.is_symlink():
            found[name] = ""
        elif path.is_file():
            with path.open("rb") as file:
                found[name] = _digest(file)
        else:
            raise UserError(f"--sd {folder}: '{name}' is no ordinary file")
    return found


def _digest(file) -> str:
    digest = hashlib.blake2b()
    while data := file.read(1 << 20):
        digest.update(data)
    return digest.hexdigest()


def _put(source: Path, target: Path) -> None:
    """Replaces a file at once, or makes a folder."""
    if source.is_dir():
        target.mkdir(exist_ok=True)
        return
    target = target.resolve()
    fd, part = tempfile.mkstemp(prefix=_SCRATCH, dir=target.parent)
    os.close(fd)
    try:
        shutil.copyfile(source, part)
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        os.chmod(part, mode)
        os.replace(part, target)
    finally:
        Path(part).unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    elif path.is_symlink() or path.exists():
        path.unlink()
