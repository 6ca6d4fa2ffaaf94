"""Board files, read on the host."""

import runpy
from types import SimpleNamespace

from aether_tools import paths
from aether_tools.errors import UserError

Board = SimpleNamespace


def names() -> list[str]:
    """The boards there are, sorted."""
    return sorted(p.stem for p in paths.BOARDS.glob("*.py"))


def load(name: str) -> Board:
    """The constants of boards/NAME.py as attributes, and its `path`; UserError if unknown."""
    if name not in names():
        raise UserError(f"unknown board '{name}'; there are: {', '.join(names())}")
    path = paths.BOARDS / f"{name}.py"
    values = {k: v for k, v in runpy.run_path(str(path)).items() if k.isupper()}
    return SimpleNamespace(path=path, **values)


def drivers(board: Board) -> tuple[str, ...]:
    """The drivers that a board of its kind can have, by the names that DRIVER may have."""
    return ("dma", "machine") if board.PLATFORM == "rp2" else ("machine",)
