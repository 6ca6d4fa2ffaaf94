"""The module `sys` of the virtual board: the host's, with the board's identity."""

from collections import namedtuple

from virtual_board import board as _board
from virtual_board import real as _real

if _real.HOSTED:
    from types import SimpleNamespace

__name__ = "sys"

_host = _real.sys
for _name in dir(_host):
    if _name[:2] != "__":
        globals()[_name] = getattr(_host, _name)

platform = _board.current.platform


def _identity():
    host = _host.implementation
    machine = _board.current.values["MACHINE"]
    if _real.HOSTED:
        return SimpleNamespace(name=host.name, version=host.version, _machine=machine, _mpy=0)
    order = ["name", "version", "_machine", "_mpy"]
    order += [n for n in dir(host) if n[:2] != "__" and n not in order]
    values = {n: getattr(host, n, None) for n in order}
    values["_machine"] = machine
    _, found, build = _board.current.values["FIRMWARE"].rstrip("/").rpartition("/download/")
    if found:
        values["_build"] = build
    # Nameless: a board prints it so.
    return namedtuple("", order)(*[values[n] for n in order])


implementation = _identity()
argv = []
del _name
