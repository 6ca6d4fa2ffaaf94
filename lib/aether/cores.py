"""Which core may work on a stream: that of the main program."""

import sys

try:
    from _thread import get_ident
except ImportError:  # no threads, so none to be kept away

    def get_ident():
        return 0


# Of the thread that imports aether; on an RP2 a thread is a core.
_home = get_ident()


def main_core():
    """RuntimeError on the other core of an RP2. Any context; allocates for the error only."""
    if sys.platform == "rp2" and get_ident() != _home:
        raise RuntimeError(
            "streams belong to the main program's core: callbacks run there alone, and the "
            "garbage collector does not see what this one works on; fill blocks of a "
            "SharedBufferPool here, and let render play them there"
        )
