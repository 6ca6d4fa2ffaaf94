"""The module `platform` of the virtual board."""

from virtual_board import board as _board
from virtual_board import real as _real

__name__ = "platform"


def platform(aliased=False, terse=False):
    release = "%d.%d.%d" % _real.sys.implementation.version[:3]
    return "MicroPython-%s-%s-on-the-virtual-board" % (release, _board.current.values["ARCH"])


def python_compiler():
    return "GCC"


def libc_ver(*args):
    return ("newlib", "")
