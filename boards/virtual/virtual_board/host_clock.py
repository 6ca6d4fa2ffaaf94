"""The module `host_clock`, the virtual board's only: times code, which takes no virtual time."""

from virtual_board import real

__name__ = "host_clock"

# Microseconds of the host; allocates nothing.
ticks_us = real.time.ticks_us
