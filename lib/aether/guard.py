"""Keeps what `render` raises away from the stream."""

from aether.const import const

# Counters stop below 2**30, where an int would start to be allocated on a board.
_END = const(0x3FFFFFFF)


class Guard:
    """A context manager that swallows what is raised in it, and keeps it.

    `good`: whether nothing was raised the last time. `errors`, `last`: how many exceptions, and
    the last one. What is no Exception (Ctrl-C, SystemExit) waits for pass_on(), so that buffers
    are given back first. `try` with `except … as error` would do the same in a frame of fourteen
    words, which comes from the heap at every block; this allocates nothing.
    """

    def __init__(self):
        self.errors = 0
        self.last = None
        self.good = True
        self._waiting = None

    def __enter__(self):
        self.good = False

    def __exit__(self, kind, error, trace):
        if error is None:
            self.good = True
            return False
        self.keep(error)
        return True

    def keep(self, error):
        """Count and keep what was caught elsewhere. Allocates nothing; any context."""
        if not isinstance(error, Exception):
            self._waiting = error
        else:
            self.last = error
            if self.errors < _END:
                self.errors += 1

    def waiting(self) -> bool:
        """Whether pass_on() has something to raise."""
        return self._waiting is not None

    def pass_on(self):
        """Raise what is no Exception and was held back."""
        if self._waiting is not None:
            self._raise()

    def _raise(self):
        error = self._waiting
        self._waiting = None
        raise error
