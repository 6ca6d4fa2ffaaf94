"""What the I2S callbacks of a program cost: bytes, by the interpreter's own count, and host time.

Host time decides nothing; it is written out for the picture and the summary.
"""

import array

from virtual_board import board, engine, real

_ROWS = 256


class Meter:
    def __init__(self, file):
        self.callbacks = 0
        self.allocated = 0
        self.total_us = 0
        self.max_us = 0
        self._file = file
        # Rows of virtual time in us and host time in us, two 32-bit words each.
        self._rows = array.array("I", bytes(8 * _ROWS))
        self._row = 0
        self._running = False
        self._first = self._last = 0

    def period_us(self):
        """Virtual time from callback to callback, on the average; 0 if there were not two."""
        return (self._last - self._first) / 1000 / max(self.callbacks - 1, 1)

    def run(self, function, argument):
        """Calls function(argument), an I2S callback, and counts what it took."""
        clock = real.time.ticks_us
        total = real.micropython.mem_total
        start = clock()
        before = total() - engine.foreign_bytes
        self._running = True
        try:
            function(argument)
        finally:
            self._running = False
            before = total() - engine.foreign_bytes - before
            self._note(before, clock() - start)
            owed = board.current.owed
            if owed:
                board.current.owed = 0
                engine.spend(owed)

    def interrupt(self, handler, argument):
        """Calls a hard handler; it counts as a callback if it leaves the work to none.

        The heap is locked, so it allocates nothing; the interpreter counts what it was refused.
        """
        before = engine.pending()
        start = real.time.ticks_us()
        try:
            handler(argument)
        finally:
            if engine.pending() == before and not self._running:
                self._note(0, real.time.ticks_us() - start)

    def _note(self, grown, took):
        self.allocated += grown
        if not self.callbacks:
            self._first = engine.now
        self._last = engine.now
        self.callbacks += 1
        self.total_us += took
        if took > self.max_us:
            self.max_us = took
        if self._file is not None:
            rows = self._rows
            row = self._row
            rows[2 * row] = engine.now // 1000 & 0xFFFFFFFF
            rows[2 * row + 1] = took
            row += 1
            self._row = row
            if row == _ROWS:
                self.flush()

    def flush(self):
        if self._file is not None and self._row:
            self._file.write(self._rows, 8 * self._row)
            self._row = 0
