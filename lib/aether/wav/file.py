"""Opens WAV files, with one line for what is wrong with them."""

import errno
import os

from aether.wav.format import read_format

_DIRECTORY = 0x4000


def open_wav(path: str):
    """The open file and its Format. ValueError for a file that is missing or cannot be played.

    Main program only; allocates.
    """
    file = None
    why = "is a folder"
    try:
        if not is_folder(path):
            file = open(path, "rb")
            return file, read_format(file)
    except OSError as error:
        why = "does not exist" if error.errno == errno.ENOENT else "cannot be read: %s" % error
    except ValueError as error:
        why = str(error)
    if file is not None:
        file.close()
    raise ValueError("'%s' %s" % (path, why))


def is_folder(path: str) -> bool:
    """Whether there is a folder of that name. Allocates."""
    try:
        return bool(os.stat(path)[0] & _DIRECTORY)
    except OSError:
        return False
