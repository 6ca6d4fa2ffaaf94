"""A timer that looks after a stream, in case a callback of its bus gets lost."""

import sys

# Timers are made of the alarms there are, or are pieces of hardware: then the last, as a program
# is likely to take the first.
_IDS = (3, 1) if sys.platform == "esp32" else (-1,)


class Watchdog:
    """Calls look(timer) every `ms` milliseconds, in a soft callback, from start(ms) to stop().

    A timer whose callback finds the scheduler's queue full comes again. start() allocates, and
    is for the main program; stop() does not, and may be called in a soft callback, too.
    """

    def __init__(self, look):
        self._look = look
        self._timer = None

    def start(self, ms: int):
        from machine import Timer

        timer = None
        for number in _IDS:
            try:
                timer = Timer(number)
                break
            except ValueError:
                pass  # this chip has fewer
        timer.init(mode=Timer.PERIODIC, period=ms, callback=self._look)
        self._timer = timer

    def stop(self):
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.deinit()
