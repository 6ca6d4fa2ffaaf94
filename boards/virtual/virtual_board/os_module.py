"""The module `os` of the virtual board: the host's without its ways to the host."""

from collections import namedtuple

from virtual_board import board as _board
from virtual_board import real as _real

__name__ = "os"

_host = _real.os
for _name in dir(_host):
    if _name[:1] != "_" and _name not in ("system", "getenv", "putenv", "unsetenv", "urandom"):
        globals()[_name] = getattr(_host, _name)

# Nameless: a board prints it so.
_NAME = "uname_result" if _real.HOSTED else ""
_Uname = namedtuple(_NAME, ("sysname", "nodename", "release", "version", "machine"))
_state = 0x2545F491


def uname():
    release = "%d.%d.%d" % _real.sys.implementation.version[:3]
    platform = _board.current.platform
    version = "v%s on the virtual board" % release
    return _Uname(platform, platform, release, version, _board.current.values["MACHINE"])


def urandom(n):
    """The same bytes at every run."""
    global _state
    out = bytearray(n)
    for i in range(n):
        _state = (_state * 1103515245 + 12345) & 0x7FFFFFFF
        out[i] = _state >> 16 & 0xFF
    return bytes(out)


def sync():
    pass


del _name
