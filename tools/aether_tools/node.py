"""Node, and in the cache folder the package rp2040js, as tools/package.json pins it."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from aether_tools import download, paths
from aether_tools.errors import UserError

OLDEST = 18
VARIABLE = "AETHER_RP2040JS"
_PACKAGE = "rp2040js"
# What of it the emulated chip imports.
_ENTRY = "dist/esm/index.js"
_NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
# Errors only, and soon: by itself npm tries for minutes.
_NPM += ("--loglevel=error", "--fetch-retries=1", "--fetch-timeout=60000")
_LONGEST_START = 30
_LONGEST_INSTALL = 300
# Lines of npm that say less than the one that follows them.
_VAGUE = re.compile(r"(code|syscall|errno|path|dest) |$")


@dataclass(frozen=True)
class Node:
    """The start of a command line, and the folder of the package rp2040js."""

    command: list[str]
    rp2040js: Path


def find(*, offline: bool = False) -> Node:
    """Installs rp2040js where it is missing; UserError if that, or Node itself, cannot be had."""
    return Node([_node()], _own() or _installed(offline))


def _node() -> str:
    found = "there is none on the PATH"
    for name in ("node", "nodejs"):
        if path := shutil.which(name):
            code, said = _run([path, "--version"], _LONGEST_START)
            version = re.search(r"^v(\d+)\.[\d.]+", said, re.MULTILINE)
            if code == 0 and version and int(version[1]) >= OLDEST:
                return path
            found = f"{path} is {version[0][1:]}" if version else f"{path} does not run"
    raise UserError(f"Node {OLDEST} or later is needed: {found}")


def _own() -> Path | None:
    """The folder that the user names."""
    value = os.environ.get(VARIABLE)
    if not value:
        return None
    folder = Path(value).expanduser().absolute()
    if _version(folder) is None:
        raise UserError(f"{VARIABLE}: '{value}' is not the folder of the package {_PACKAGE}")
    return folder


def _version(folder: Path) -> str | None:
    """Of the package in `folder`; None where there is none, or only a part."""
    try:
        about = json.loads((folder / "package.json").read_bytes())
    except (OSError, ValueError):
        return None
    named = isinstance(about, dict) and about.get("name") == _PACKAGE
    return str(about.get("version")) if named and (folder / _ENTRY).is_file() else None


def _installed(offline: bool) -> Path:
    pinned = json.loads(paths.PACKAGE_JSON.read_bytes())["dependencies"][_PACKAGE]
    place = download.cache_folder() / f"{_PACKAGE}-{pinned}-{_key()}"
    package = place / "node_modules" / _PACKAGE
    if _version(package) == pinned:
        return package
    if offline:
        raise UserError(
            f"{_PACKAGE} {pinned} is not installed, and --offline forbids to fetch it with npm "
            f"({VARIABLE} names a folder of it)"
        )
    npm = shutil.which("npm")
    if npm is None:
        raise UserError(f"npm, which comes with Node, is needed once to install {_PACKAGE}")
    with download.writing() as folder:
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=folder))
        try:
            print(f"aether: installing {_PACKAGE} {pinned} into {place}", file=sys.stderr)
            _install(npm, part, pinned)
            _put(part, place, package, pinned)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return package


def _key() -> str:
    """Another one for every other set of pins."""
    both = paths.PACKAGE_JSON.read_bytes() + paths.PACKAGE_LOCK.read_bytes()
    return hashlib.sha256(both).hexdigest()[:12]


def _install(npm: str, folder: Path, pinned: str) -> None:
    shutil.copyfile(paths.PACKAGE_JSON, folder / "package.json")
    shutil.copyfile(paths.PACKAGE_LOCK, folder / "package-lock.json")
    code, said = _run([npm, *_NPM], _LONGEST_INSTALL, folder)
    if code is None:
        said = f"it did not end within {_LONGEST_INSTALL} s"
    elif code:
        said = _telling(said) or f"exit code {code}"
    elif _version(folder / "node_modules" / _PACKAGE) == pinned:
        return
    else:
        said = "it ended well and left no package"
    raise UserError(f"npm could not install {_PACKAGE} {pinned}: {said}")


def _put(part: Path, place: Path, package: Path, pinned: str) -> None:
    """Moves a whole installation into its place; one that another process put there may stay."""
    try:
        part.rename(place)
    except OSError:
        if _version(package) == pinned:
            return
        shutil.rmtree(place, ignore_errors=True)  # a part of one, which nothing can use
        part.rename(place)


def _run(command: list[str], seconds: float, folder: Path | None = None) -> tuple[int | None, str]:
    """Exit code, None if it took too long, and what it printed."""
    # Into a file: a pipe would have us wait for a child of a child that keeps it open.
    with tempfile.TemporaryFile() as output:
        try:
            code = subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=seconds,
            ).returncode
        except subprocess.TimeoutExpired:
            code = None
        except OSError as error:
            return 127, str(error.strerror)
        output.seek(0)
        return code, output.read().decode(errors="replace")


def _telling(said: str) -> str:
    """The line of npm's that names what went wrong; else the last one."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [re.sub(r"^npm (error|ERR!)\s*", "", x) for x in lines if re.match("npm (e|E)", x)]
    telling = [line for line in errors if not _VAGUE.match(line)]
    return (telling or lines or [""])[0 if telling else -1]
