"""The interpreter's own modules, taken before the board's stand-ins are installed."""

import io

try:
    import _thread
    import gc
    import os
    import select
    import sys
    import time

    import micropython
    import vfs
except ImportError:  # CPython
    from virtual_board.hosted import _thread, gc, micropython, os, select, sys, time, vfs

__all__ = ("HOSTED", "_thread", "gc", "micropython", "os", "select", "sys", "time", "vfs")

HOSTED = sys.implementation.name != "micropython"


def _own(line):
    # Of a traceback, what is the board's.
    return "virtual_board" in line or "pty_root.py" in line


def print_error(error, file=None):
    """The program's part of a traceback, on stdout as a board prints it, or on `file`."""
    file = file or sys.stdout
    locks = unlock_heap()
    text = io.StringIO()
    sys.print_exception(error, text)
    lines = [line for line in text.getvalue().split("\n") if not _own(line)]
    if not lines[1].startswith("  File"):
        del lines[0]  # the heading of nothing
    file.write("\n".join(lines))
    while locks:
        micropython.heap_lock()
        locks -= 1


def unlock_heap():
    """Takes away every heap_lock() that a program has left; returns how many there were."""
    locks = 0
    while heap_is_locked():
        micropython.heap_unlock()
        locks += 1
    return locks


def heap_is_locked():
    """Whether nothing can be allocated; a heap that is merely full is not locked."""
    try:
        bytearray(1)
    except MemoryError as error:
        return "locked" in (error.args[0] if error.args else "locked")
    return False
