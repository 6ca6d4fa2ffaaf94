"""The second thread of the board behind a pty: makes things happen while the program is busy.

The main thread may sit in a loop, or in the REPL's blocking read. This thread schedules work for
it with micropython.schedule, and asks the supervisor for a signal, which ends a blocking system
call so that the scheduled work is done. It never allocates: a collection on the main thread may
run at any moment.
"""

import pty_wall
from virtual_board import engine, real

# Orders of the supervisor.
_INTERRUPT = 0x43  # C: a Ctrl-C waits to be delivered
_DELIVERED = 0x44  # D: SIGINT has been sent, or was not needed
_FINISH = 0x51  # Q: the end; complete what is written to files
# Letters to the supervisor.
_WAKE = b"W"
_KICK = b"K"  # comes back as an order, and so wakes this thread
_READY = b"c"  # the program is at a place where SIGINT does no harm
_FINISHED = b"q"
_SOFT = b"S"
_HARD = b"R"

# Events are looked at no more often than this, in ms: an I2S has one every 0.7 ms.
_PACE_MS = 2
_IDLE_MS = 1000
# Microseconds within which the SIGINT asked for arrives.
_SOON = 50_000
# A board call that gets no further for so many microseconds was unwound by an interrupt.
_STALE = 1_000_000


class Keeper:
    """`report` takes letters to the supervisor, `orders` brings its own.

    finish() completes what is written to files.
    """

    def __init__(self, report, orders, finish):
        self._report = report
        self._orders = orders
        self._finish = finish
        self._byte = bytearray(1)
        self._poll = real.select.poll()
        self._poll.register(orders, 1)
        self._poll.register(report, 0)  # reports only that nobody reads any more
        self._ticks = real.time.ticks_us
        self._queued = False
        self._expected = pty_wall.FAR
        self._calls = 0
        self._calls_at = 0
        self.asked_at = 0
        self.deferred = False
        self._on_interrupt = self.interrupt
        self._on_event = self.process
        self._on_finish = self.finish

    def start(self):
        self._poll.ipoll(0)  # makes what it keeps
        real._thread.start_new_thread(self._run, ())

    def report(self, letter):
        self._report.write(letter)

    # The second thread.

    def _run(self):
        real.micropython.heap_lock()
        wait = _IDLE_MS
        while True:
            for stream, _ in self._poll.ipoll(wait):
                if stream is self._report:
                    real.os.system("kill -9 $PPID")
                self._obey()
            try:
                wait = self._watch()
            except RuntimeError:  # the host's queue is full: once more soon
                wait = _PACE_MS

    def _obey(self):
        self._orders.readinto(self._byte)
        order = self._byte[0]
        if order == _INTERRUPT:
            self._schedule(self._on_interrupt)
        elif order == _DELIVERED:
            self.asked_at = 0
        elif order == _FINISH:
            self._schedule(self._on_finish)

    def _schedule(self, function):
        real.micropython.schedule(function, 0)
        self._report.write(_WAKE)

    def _watch(self):
        """Sees to it that what is due happens; returns the ms until there is something to do."""
        due = engine.next_due
        late = 0
        if due < pty_wall.FAR:
            late = pty_wall.now() - due
        elif not engine._queue_len:
            self._expected = pty_wall.FAR
            return _IDLE_MS
        if late < 0:
            self._expected = due
            return max(_PACE_MS, -late // 1_000_000 + 1)
        self._expected = 0
        if self._queued:
            # Still not done, so the main thread waits in a system call.
            self._report.write(_WAKE)
        elif not self._interrupt_is_due():
            self._queued = True
            real.micropython.schedule(self._on_event, 0)
            return 1
        return _PACE_MS

    def _interrupt_is_due(self):
        if self.asked_at and self._ticks() - self.asked_at > _SOON:
            self.asked_at = 0
        return self.asked_at

    # The main thread.

    def expect(self, due):
        """Called when the next event has moved to `due`."""
        if due < self._expected - 2_000_000:
            self._expected = due
            self._report.write(_KICK)

    def process(self, _):
        """Scheduled when an event is due: lets it happen unless a board call is on its way."""
        self._queued = False
        if self.asked_at:
            return
        if engine.busy:
            self._heal()
            return
        try:
            pty_wall.turn()
        except KeyboardInterrupt:
            self.ask()  # it struck us and not the program

    def _heal(self):
        now = self._ticks()
        if engine.calls != self._calls:
            self._calls = engine.calls
            self._calls_at = now
        elif now - self._calls_at > _STALE:
            engine.busy = 0

    def interrupt(self, _):
        """Scheduled for a Ctrl-C: inside a board call it waits until the call's end."""
        if engine.busy or engine.in_callback:
            self.deferred = True
        else:
            self.ask()

    def ask(self):
        """Asks for SIGINT, which unwinds from wherever it strikes.

        It must not strike a collection, which would leave the heap half marked: so collect now.
        """
        real.gc.collect()
        self.deferred = False
        self.asked_at = self._ticks()
        self._report.write(_READY)

    def await_interrupt(self):
        """Holds the program where KeyboardInterrupt leaves nothing half done."""
        try:
            while self._interrupt_is_due():
                real.time.sleep_us(100)
        finally:
            self.asked_at = 0

    def finish(self, _):
        self._finish()
        self._report.write(_FINISHED)

    def leave(self):
        """Ends this process for a soft reset; does not return."""
        self._end(_SOFT)

    def reset(self):
        """Ends this process for a hard reset; does not return."""
        self._end(_HARD)

    def _end(self, letter):
        self._finish()
        self._report.write(letter)
        while True:
            real.time.sleep(60)
