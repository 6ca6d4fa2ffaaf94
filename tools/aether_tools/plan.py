"""What a flash has to do: the files wanted, against those the board has and the record of ours."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from aether_tools import manifest as record
from aether_tools import mpy
from aether_tools.board_files import Found
from aether_tools.errors import UserError
from aether_tools.manifest import Manifest

MAIN = "/main.py"
# First line of our main.py; one without it is somebody's own.
MARKER = b"# aether main"
_LIBRARY = "/lib/aether/"
# The prompt runs main.py by this very name, and the small ones are there to be read.
_STAY_SOURCE = ("/board.py", "/autostart.py", MAIN)


def rank(path: str) -> tuple[int, str]:
    """A flash that is cut short still boots: what is imported comes before what imports it."""
    order = (path.startswith("/lib/"), path == "/board.py", path.startswith("/apps/_"))
    order += (path.startswith("/apps/"), path == "/autostart.py", path != MAIN)
    return next((i for i, first in enumerate(order) if first), len(order)), path


class AppError(Exception):
    """The app's own source is at fault; the text is its traceback."""


@dataclass
class Build:
    """The files for one board, in the order they are copied."""

    files: dict[str, bytes] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    """Path of a file that went as source -> why."""


def build(device_files: dict[str, Path | bytes], loads: mpy.Format | None) -> Build:
    """Contents by path on the board, compiled where the board loads the result.

    AppError where an app's source is refused for the board's own arch.
    """
    result = Build()
    for path in sorted(device_files, key=rank):
        given = device_files[path]
        source = given if isinstance(given, bytes) else given.read_bytes()
        compiled = None
        if path.endswith(".py") and path not in _STAY_SOURCE:
            compiled = _compiled(path, source, loads, result)
        if compiled is None:
            result.files[path] = source
        else:
            result.files[path.removesuffix(".py") + ".mpy"] = compiled
    return result


def _compiled(path: str, source: bytes, loads: mpy.Format | None, result: Build) -> bytes | None:
    if loads is None:
        result.sources[path] = "the board loads no .mpy files"
        return None
    try:
        made = mpy.compile_source(source, path[1:], loads.arch)
    except mpy.NoCompiler:
        result.sources[path] = "no mpy-cross for this machine"
        return None
    except mpy.CompileError as error:
        # A helper may be meant for another arch, and the app have a twin of it.
        if path.startswith("/apps/") and not path.startswith("/apps/_") and loads.arch:
            raise AppError(str(error)) from error
        result.sources[path] = f"not for {loads.arch or 'a board without machine code'}"
        return None
    if not loads.takes(made):
        result.sources[path] = f"the board's .mpy is version {loads.version}.{loads.sub_version}"
        return None
    return made


@dataclass
class Plan:
    """Lists of paths on the board; carried out in this order."""

    leftovers: list[str] = field(default_factory=list)
    """NAME.new of a flash that was cut short."""
    folders: list[str] = field(default_factory=list)
    backups: dict[str, str] = field(default_factory=dict)
    """A user's file in our place -> where it is kept."""
    copy: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)
    """Twins with the other extension, and library files that are no more."""
    changed: list[str] = field(default_factory=list)
    """Ours, but not as flash left them: put right."""
    kept: list[str] = field(default_factory=list)
    """Library files that are no more but which somebody changed: left alone."""
    before: Manifest = field(default_factory=Manifest)
    """The record while the flash is under way."""
    after: Manifest = field(default_factory=Manifest)


def twin(path: str) -> str | None:
    """The same module with the other extension, of which MicroPython imports the .py."""
    if path.endswith(".py"):
        return path.removesuffix(".py") + ".mpy"
    return path.removesuffix(".mpy") + ".py" if path.endswith(".mpy") else None


def folders_of(paths: list[str]) -> list[str]:
    """Every folder above these files, parents first."""
    above = {str(p) for path in paths for p in PurePosixPath(path).parents}
    return sorted(above - {"/"})


def paths_to_ask(wanted: dict[str, bytes], ours: Manifest) -> list[str]:
    """Every path whose state on the board make() wants to know."""
    files = {record.PATH, *wanted, *ours.files}
    files |= {t for path in wanted if (t := twin(path))}
    beside = {path + ".new" for path in files} | {path + ".bak" for path in files}
    beside |= {path + ".bak.new" for path in files}
    return sorted(files | beside | set(folders_of(list(wanted))))


def make(
    wanted: dict[str, bytes],
    found: dict[str, Found],
    ours: Manifest,
    main_is_ours: bool,
    replace_main: bool,
) -> Plan:
    """The plan; UserError where something that must stay is in the way.

    `main_is_ours` tells whether the board's main.py carries our marker.
    """
    plan = Plan()
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in wanted.items()}
    asked = paths_to_ask(wanted, ours)
    plan.leftovers = [
        p for p in asked if p.endswith(".new") and p in found and found[p].size is not None
    ]
    for folder in folders_of(list(wanted)):
        if folder not in found:
            plan.folders.append(folder)
        elif found[folder].size is not None:
            raise UserError(f"the board has a file {folder} where a folder must be: remove it")
    for path, digest in digests.items():
        there = found.get(path)
        if there and there.size is None:
            raise UserError(f"the board has a folder {path} where a file must be: remove it")
        if there and there.sha256 == digest:
            plan.unchanged.append(path)
        else:
            plan.copy.append(path)
            if there and not ours.owns(path, there.sha256):
                if _foreign(path, ours, main_is_ours):
                    if path == MAIN and not replace_main:
                        raise UserError(
                            "the board has a main.py of its own: --replace-main puts aether's "
                            "in its place and keeps it as main.py.bak"
                        )
                    _back_up(plan, path, found)
                else:
                    plan.changed.append(path)
        other = twin(path)
        if other and other in found and found[other].size is not None:
            if _foreign(other, ours, False) and not ours.owns(other, found[other].sha256):
                _back_up(plan, other, found)
            plan.remove.append(other)
    for path, hashes in ours.files.items():
        if path in wanted or path in plan.remove or path not in found:
            continue
        if not path.startswith(_LIBRARY):
            plan.after.files[path] = hashes  # another app: it stays, and stays ours
        elif ours.owns(path, found[path].sha256):
            plan.remove.append(path)
        else:
            plan.kept.append(path)
    plan.after.files |= {path: [digest] for path, digest in digests.items()}
    plan.after.folders = [*ours.folders, *(f for f in plan.folders if f not in ours.folders)]
    plan.after.backups = ours.backups | plan.backups
    plan.before = Manifest(dict(plan.after.files), plan.after.folders, plan.after.backups)
    for path, hashes in ours.files.items():
        newer = plan.before.files.get(path, [])
        plan.before.files[path] = [*newer, *(h for h in hashes if h not in newer)]
    return plan


def _foreign(path: str, ours: Manifest, main_is_ours: bool) -> bool:
    """Whether a file that differs from ours is the user's own, not a damaged one of ours."""
    if path == MAIN:
        return not main_is_ours
    return path not in ours.files and not path.startswith(_LIBRARY)


def _back_up(plan: Plan, path: str, found: dict[str, Found]) -> None:
    kept = path + ".bak"
    if kept in found and found[kept] != found[path]:
        raise UserError(f"{path} would be kept as {kept}, which exists: move that away first")
    plan.backups[path] = kept


def missing_bytes(
    plan: Plan, wanted: dict[str, bytes], found: dict[str, Found], block: int, free: int
) -> int:
    """How many bytes of flash the plan lacks at its worst moment, 0 if none.

    Counts whole blocks, as littlefs and FAT do, with two for a folder and two to spare.
    """

    def blocks(size: int | None) -> int:
        return -(-(size or 1) // max(block - 8, 1))

    def size(path: str) -> int:
        return blocks(found[path].size) if path in found else 0

    left = free - 2 + sum(size(path) for path in plan.leftovers)
    least = left
    note = blocks(len(plan.before.dump()))
    left -= note + 2 * len(plan.folders)
    least = min(least, left)
    left += size(record.PATH)
    for path in plan.copy:
        if path in plan.backups and plan.backups[path] not in found:
            left -= size(path)
        left -= blocks(len(wanted[path]))
        least = min(least, left)
        left += size(path)
        other = twin(path)
        if other in plan.remove and other not in plan.backups:
            left += size(other)
    least = min(least, left - note)
    return max(0, -least) * block
