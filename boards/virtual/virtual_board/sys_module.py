"""The module `sys` of the virtual board: the host's, with the board's identity."""

from collections import namedtuple

from virtual_board import board, real

__name__ = "sys"

_host = real.sys
for _name in dir(_host):
    if _name[:2] != "__":
        globals()[_name] = getattr(_host, _name)

platform = board.current.platform


def _identity():
    names = [n for n in dir(_host.implementation) if n[:2] != "__"]
    order = [n for n in ("name", "version", "_machine", "_mpy") if n in names]
    order += [n for n in names if n not in order]
    values = [getattr(_host.implementation, n) for n in order]
    values[order.index("_machine")] = board.current.values["MACHINE"]
    return namedtuple("implementation", order)(*values)


implementation = _identity()
argv = []
del _name
