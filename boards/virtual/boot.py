"""Starts a program on the virtual board: boot.py CONFIG.json, written by the host command."""

import sys

sys.path[0] = __file__.rsplit("/", 1)[0]
from virtual_board import start  # noqa: E402

sys.exit(start.main(sys.argv[1], globals()))
