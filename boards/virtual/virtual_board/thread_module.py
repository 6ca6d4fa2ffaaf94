"""The module `_thread` of the virtual board: the host's threads, kept apart in the board."""

from virtual_board import real as _real
from virtual_board import threads as _threads

__name__ = "_thread"

for _name in dir(_real._thread):
    if _name[:2] != "__":
        globals()[_name] = getattr(_real._thread, _name)


def start_new_thread(function, args, kwargs=None):
    return _threads.start(function, args, kwargs or {})


del _name
