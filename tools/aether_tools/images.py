"""What the emulated Pico needs and aether does not bring: the firmware and the boot ROM."""

import os
from dataclasses import dataclass
from pathlib import Path

from aether_tools import boards, bootrom, download, uf2
from aether_tools.boards import Board
from aether_tools.errors import UserError


@dataclass(frozen=True)
class Images:
    """Both files, what they hold, and MicroPython's version ("1.28.0").

    flash: from the first byte of flash to the image's last one.
    """

    firmware: Path
    bootrom: Path
    flash: bytes
    bootrom_bytes: bytes
    version: str


@dataclass(frozen=True)
class _Piece:
    name: str
    option: str
    variable: str
    given: Path | None
    url: str
    sha256: str | None

    def own(self) -> Path | None:
        """The file that the user names, by the option or else by the variable."""
        value = os.environ.get(self.variable)
        path = self.given or (Path(value) if value else None)
        if path is not None and not os.path.exists(path):
            raise UserError(f"{self.option if self.given else self.variable}: no file '{path}'")
        return path

    def where(self) -> str:
        return f"the {self.name} is at {self.url} ({self.option} or {self.variable} names a file)"


def find(
    board: Board,
    firmware: Path | None = None,
    bootrom: Path | None = None,
    *,
    offline: bool = False,
) -> Images:
    """The files named, by option or by environment; else those in the cache; else from the web.

    UserError if one is missing and cannot be fetched, or is not what it has to be.
    """
    if not hasattr(board, "IMAGE"):
        raise UserError(f"{board.NAME} cannot be emulated; there are: {', '.join(emulated())}")
    pieces = _pieces(board, firmware, bootrom)
    paths = [piece.own() for piece in pieces]
    _load(board, *paths)  # a mistake in what the user named, before anything is fetched
    paths = [own or download.cached(p.url, p.sha256) for own, p in zip(paths, pieces, strict=True)]
    missing = [piece for piece, path in zip(pieces, paths, strict=True) if path is None]
    if missing:
        fetched = _fetch(board, missing, offline)
        paths = [path or fetched.pop(0) for path in paths]
    image, rom = _load(board, *paths)
    return Images(paths[0], paths[1], image.flash, rom, image.version)


def emulated() -> list[str]:
    """The boards that can be emulated: their files say what runs on them."""
    return [name for name in boards.names() if hasattr(boards.load(name), "IMAGE")]


def _pieces(board: Board, firmware: Path | None, bootrom: Path | None) -> list[_Piece]:
    return [
        _Piece(
            "firmware",
            "--firmware",
            "AETHER_PICO_UF2",
            firmware,
            board.IMAGE,
            board.IMAGE_SHA256,
        ),
        _Piece(
            "boot ROM",
            "--bootrom",
            "AETHER_PICO_BOOTROM",
            bootrom,
            board.BOOTROM,
            board.BOOTROM_SHA256,
        ),
    ]


def _load(board: Board, firmware: Path | None, rom: Path | None):
    image = uf2.load(firmware, board) if firmware else None
    return image, bootrom.load(rom) if rom else None


def _fetch(board: Board, missing: list[_Piece], offline: bool) -> list[Path]:
    """Their files in the cache; UserError, naming all that is missing, if one cannot be had."""
    if offline:
        raise UserError(_missing(board, missing, " and --offline forbids to fetch"))
    unknown = " and ".join(piece.name for piece in missing if piece.sha256 is None)
    if unknown:
        raise UserError(_missing(board, missing, f" and no SHA-256 is known for the {unknown}"))
    paths: list[Path] = []
    try:
        for piece in missing:
            paths.append(download.fetch(piece.url, piece.sha256))
    except UserError as error:
        raise UserError(f"{error}; {_missing(board, missing[len(paths) :])}") from None
    return paths


def _missing(board: Board, pieces: list[_Piece], why: str = "") -> str:
    names = " and ".join(piece.name for piece in pieces)
    verb = "is" if len(pieces) == 1 else "are"
    where = "; ".join(piece.where() for piece in pieces)
    return f"the {names} of {board.NAME} {verb} missing{why}: {where}"
