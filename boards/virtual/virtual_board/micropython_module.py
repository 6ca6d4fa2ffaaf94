"""The module `micropython` of the virtual board: the host's, with the board's scheduler."""

from virtual_board import board as _board
from virtual_board import costs as _costs
from virtual_board import engine as _engine
from virtual_board import real as _real

__name__ = "micropython"

_host = _real.micropython
for _name in dir(_host):
    if _name[0] != "_":
        globals()[_name] = getattr(_host, _name)


def schedule(function, argument):
    """Queues a soft callback, eight deep as on a board."""
    _engine.enter(_costs.SCHEDULE)
    # What a hard handler schedules is the rest of it.
    meter = _board.current.meter if _engine.in_interrupt else None
    queued = _engine.schedule(function, argument, meter)
    _engine.leave()
    if not queued:
        raise RuntimeError("schedule queue full")


def alloc_emergency_exception_buf(size):
    """Nothing to do: hard handlers here have what they need to say what they raise."""


del _name
