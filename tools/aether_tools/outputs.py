"""Files that a command writes: all of them appear, whole, or none does."""

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aether_tools.errors import UserError

FOLDER = Path("out")
# What a full or write-protected disk says, to whoever writes into the scratch folder.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


@contextmanager
def staged(folder: Path = FOLDER) -> Iterator[Path]:
    """A scratch folder; what is in it moves to `folder` when the block ends without an error.

    Makes `folder`. UserError, before the block runs where that can be known, if it cannot be
    written to. With nothing put into it, nothing changes.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".aether-", dir=folder))
    except OSError as error:
        raise UserError(_refused(folder, error)) from error
    try:
        yield scratch
        try:
            made = sorted(scratch.iterdir())
            for path in made:
                if (folder / path.name).is_dir():  # seen before anything is moved
                    raise IsADirectoryError(errno.EISDIR, "a folder is in its place")
            for path in made:
                path.replace(folder / path.name)
        except OSError as error:
            raise UserError(_refused(folder / path.name, error)) from error
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise UserError(_refused(folder, error)) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _refused(path: Path, error: OSError) -> str:
    return f"cannot write {path}: {error.strerror or error}"
