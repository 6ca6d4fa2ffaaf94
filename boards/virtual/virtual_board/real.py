"""The interpreter's own modules, taken before the board's stand-ins are installed."""

import gc
import os
import select
import sys
import time

import _thread

try:
    import micropython
    import vfs
except ImportError:  # CPython
    micropython = None
    vfs = None

HOSTED = micropython is None
