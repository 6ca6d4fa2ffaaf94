"""A timer that looks after a stream, in case a callback of its bus gets lost."""

import sys

from aether.scheduler import schedule

# Timers are made of the alarms there are, or are pieces of hardware: then the last, as a program
# is likely to take the first.
_IDS = (3, 2, 1, 0) if sys.platform == "esp32" else (-1,)
# Which of them watchdogs have: two objects of one number are the same timer. The last is for -1.
_used = bytearray(5)


class Watchdog:
    """Calls look(timer) every `ms` milliseconds, in an interrupt, from start() to stop().

    Where timers have soft callbacks only, four times as seldom: while nothing runs they fill the
    scheduler's queue, of eight places, and the callbacks of others get lost. look must fit both
    contexts, and so must keep(error), which gets what is raised in it: a Ctrl-C can come in there,
    and what a hard handler lets out is the end of its timer. start() allocates, and is for the
    main program; RuntimeError if no timer is left. stop() does not allocate, and may be called in
    a soft callback, too.
    """

    def __init__(self):
        self._look = self._keep = None
        self._timer = None
        self._number = -1

    def start(self, look, keep, ms: int):
        from machine import Timer

        self._look, self._keep = look, keep
        timer = None
        for number in _IDS:
            if _used[number]:
                continue
            try:
                timer = Timer(number)
                break
            except ValueError:
                pass  # this chip has fewer
        if timer is None:
            raise RuntimeError("no timer is left for the watchdog: watchdog=False does without")
        self._number = number
        _used[number] = number >= 0
        self._timer = timer  # first, so that stop() finds it wherever Ctrl-C comes in
        try:
            timer.init(mode=Timer.PERIODIC, period=ms, callback=self._call, hard=True)
        except (TypeError, ValueError):
            timer.init(mode=Timer.PERIODIC, period=4 * ms, callback=self._call)

    def _call(self, timer):
        with self:
            self._look(timer)

    # As in Guard: `except … as error` would take its frame from the heap at every look.

    def __enter__(self):
        pass

    def __exit__(self, kind, error, trace):
        if error is not None:
            self._keep(error)
        return True

    def stop(self):
        timer = self._timer
        if timer is None:
            return
        timer.deinit()
        _used[self._number] = 0
        self._timer = None


class Watched:
    """A player whose callbacks can get lost, and how it finds out: `_look` and `_relieve`.

    It has `_overdue()`, whether a callback should have come long ago; `_handed()`, an int that
    changes whenever the bus is given something; `_mend()`, which goes on as if it had come.
    `_look()` is for the watchdog, in any callback, and for poll(); True if it has called for help.
    Nothing here allocates, but for an exception where the scheduler's queue is full.
    """

    def _watch(self):
        # In the constructor, and at every start.
        self._called = False
        self._doubted = 0
        self._relief = self._relieve

    def _look(self, _):
        # The scheduler's queue may still have the callback: then it comes before our help.
        if self._called or not self._overdue():
            return False
        self._called = True  # first, as it may run at once
        self._doubted = self._handed()
        try:
            schedule(self._relief, None)
        except RuntimeError:
            self._called = False  # the queue is still full
            return False
        return True

    def _relieve(self, _):
        self._called = False
        # If it was in the queue, it has handed over something; and the next may be, behind this.
        if self._handed() == self._doubted and self._overdue():
            self._mend()
