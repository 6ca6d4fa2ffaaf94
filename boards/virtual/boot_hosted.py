"""The virtual board under CPython, where no MicroPython exists: boot_hosted.py CONFIG.json.

Paths that begin with / are those of the board. asyncio and the limits of the heap cannot be had.
"""

import os
import sys

sys.dont_write_bytecode = True  # the board's folder is the user's
sys.path[0] = os.path.dirname(os.path.abspath(__file__))
from virtual_board import hosted_run, start  # noqa: E402

code = start.main(sys.argv[1], {"__name__": "__main__"}, hosted_run.Run)
sys.stdout.flush()
# Threads of the program end with it.
os._exit(code)
