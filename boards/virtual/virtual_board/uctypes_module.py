"""The module `uctypes` where there is no MicroPython: what drivers need of it."""

from virtual_board.memory import addressof as addressof

__name__ = "uctypes"
