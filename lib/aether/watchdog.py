"""A timer that looks after a stream, in case a callback of its bus gets lost."""

import sys

# Timers are made of the alarms there are, or are pieces of hardware: then the last, as a program
# is likely to take the first.
_IDS = (3, 1) if sys.platform == "esp32" else (-1,)


class Watchdog:
    """Calls look(timer) every `ms` milliseconds, in an interrupt, from start(look, ms) to stop().

    Where timers have soft callbacks only, four times as seldom: while nothing runs they fill the
    scheduler's queue, of eight places, and the callbacks of others get lost. look must fit both
    contexts. start() allocates, and is for the main program; stop() does not, and may be called
    in a soft callback, too.
    """

    def __init__(self):
        self._timer = None

    def start(self, look, ms: int):
        from machine import Timer

        timer = None
        for number in _IDS:
            try:
                timer = Timer(number)
                break
            except ValueError:
                pass  # this chip has fewer
        try:
            timer.init(mode=Timer.PERIODIC, period=ms, callback=look, hard=True)
        except (TypeError, ValueError):
            timer.init(mode=Timer.PERIODIC, period=4 * ms, callback=look)
        self._timer = timer

    def stop(self):
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.deinit()
