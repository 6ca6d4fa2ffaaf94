"""The second thread of the board behind a pty: it makes things happen while the program is busy.

The main thread may sit in a loop or in a blocking read of the REPL. This thread schedules work for
it with micropython.schedule and asks the supervisor for a signal, which ends a blocking system
call so that the scheduled work is done. It never allocates: a collection on the main thread may
run at any moment.
"""

import _thread
import gc
import select

import micropython

_INTERRUPT = 67  # "C" from the supervisor: a Ctrl-C waits to be delivered


class Keeper:
    """`report` takes one-letter messages to the supervisor, `orders` brings its own."""

    def __init__(self, report, orders):
        self._report = report
        self._orders = orders
        self._byte = bytearray(1)
        self._poll = select.poll()
        self._poll.register(orders, select.POLLIN)
        self._interrupt = self._on_interrupt

    def start(self):
        _thread.start_new_thread(self._run, ())

    def _run(self):
        byte = self._byte
        poll = self._poll
        while True:
            for _ in poll.ipoll(1000):
                self._orders.readinto(byte)
                if byte[0] == _INTERRUPT:
                    micropython.schedule(self._interrupt, 0)
                    self._report.write(b"W")

    def _on_interrupt(self, _):
        # SIGINT unwinds from wherever it strikes: collect now, so that it does not strike a
        # collection, which would leave the heap half marked.
        gc.collect()
        self._report.write(b"c")

    def leave(self):
        """Ends this process for a soft reset; does not return."""
        self._end(b"S")

    def reset(self):
        """Ends this process for a hard reset; does not return."""
        self._end(b"R")

    def _end(self, message):
        self._report.write(message)
        while True:
            for _ in self._poll.ipoll(60000):
                pass
