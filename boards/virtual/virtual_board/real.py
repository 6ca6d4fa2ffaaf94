"""The interpreter's own modules, taken before the board's stand-ins are installed."""

import _thread
import gc
import io
import os
import select
import sys
import time

try:
    import micropython
    import vfs
except ImportError:  # CPython
    micropython = None
    vfs = None

__all__ = ("HOSTED", "_thread", "gc", "micropython", "os", "select", "sys", "time", "vfs")

HOSTED = micropython is None

# Lines of a traceback that are the board's own.
_OWN = "virtual_board/"

if HOSTED:
    import traceback

    def _print(error, file):
        traceback.print_exception(error, file=file)

else:
    _print = sys.print_exception


def print_error(error, file=None):
    """The program's part of a traceback, on stdout as a board prints it, or on `file`."""
    file = file or sys.stdout
    try:
        text = io.StringIO()
        _print(error, text)
        lines = text.getvalue().split("\n")
        file.write("\n".join([line for line in lines if _OWN not in line]))
    except MemoryError:
        _print(error, file)


def unlock_heap():
    """Takes away every heap_lock() that a program has left; True if there was one."""
    if micropython is None:
        return False
    locked = False
    while True:
        try:
            bytearray(64)
            return locked
        except MemoryError:
            # A full heap or a locked one; unlocking one that is not does no harm to a dead program.
            if locked > 100:
                return False
            locked += 1
            micropython.heap_unlock()
