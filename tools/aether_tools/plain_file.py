"""Reads a file that the user named: an ordinary one, and of a size that can be right."""

from pathlib import Path

from aether_tools.errors import UserError


def read(path: Path, most: int) -> bytes:
    """All of it, at most `most` bytes; UserError for whatever keeps it from being read."""
    try:
        if path.is_dir():
            raise UserError(f"cannot read {path}: it is a folder")
        if path.exists() and not path.is_file():
            raise UserError(f"cannot read {path}: it is no ordinary file")
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    except ValueError as error:  # a NUL in the name
        raise UserError(f"cannot read {str(path)!r}: {error}") from None
    if not data:
        raise UserError(f"{path} is empty")
    if len(data) > most:
        raise UserError(f"{path} is too large: at most {most:,} bytes")
    return data
