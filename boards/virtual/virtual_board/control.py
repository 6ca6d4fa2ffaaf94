"""The way to the host process: signs of life, and the watchdog over a loop without board calls."""

from virtual_board import engine, real

ALIVE = 0x2E  # .
FINISHED = 0x46  # F
STUCK = 0x53  # S
_POLL_MS = 100


class Control:
    """Writes records of 9 bytes to the host: a letter, and virtual time in ns."""

    def __init__(self, file):
        self._file = file
        self._record = bytearray(9)

    def send(self, letter):
        record = self._record
        record[0] = letter
        t = engine.now
        i = 1
        while i < 9:
            record[i] = t & 0xFF
            t >>= 8
            i += 1
        self._file.write(record)

    def watch(self):
        pass
