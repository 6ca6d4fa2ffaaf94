"""The interpreter's own modules, taken before the board's stand-ins are installed."""

import _thread
import gc
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

__all__ = ("HOSTED", "_thread", "gc", "micropython", "os", "print_error", "select", "sys", "time")

HOSTED = micropython is None

if HOSTED:
    import traceback

    def print_error(error, file=None):
        traceback.print_exception(error, file=file or sys.stdout)

else:

    def print_error(error, file=None):
        """The traceback, on stdout as a board prints it, or on `file`."""
        sys.print_exception(error, file or sys.stdout)
