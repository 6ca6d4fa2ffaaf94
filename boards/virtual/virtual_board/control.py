"""The way to the host process: records of 9 bytes, a letter and the virtual time in ns."""

from virtual_board import engine

ALIVE = 0x2E  # .
# Sound and report are complete; what follows is the program's clean-up.
FINISHED = 0x46  # F
# The run is over and the program stuck: it must be interrupted.
STUCK = 0x53  # S


class Control:
    def __init__(self, file):
        self._file = file
        self._record = bytearray(9)

    def send(self, letter):
        """Allocates nothing."""
        record = self._record
        record[0] = letter
        t = engine.now
        i = 1
        while i < 9:
            record[i] = t & 0xFF
            t >>= 8
            i += 1
        self._file.write(record)
