"""Keeps time going when a program makes no board calls, and tells the host that we live.

A second thread looks at the count of board calls. If the program has used about a second of the
processor without one, it schedules jumps on the main thread, each to the next event, and goes on
to do so for as long as the program stays stuck; from then on 2 ms without a call are enough. Such
a run is not deterministic, and says so.
"""

from virtual_board import control, engine, real

_LOOK_MS = 100
_STUCK_US = 1_000_000
# Of a program that was stuck before: looks of so many us, and how many without a call.
_GLANCE_US = 250
_GLANCES = 8
_GLANCES_A_SIGN = 400


class Watchdog:
    def __init__(self, link):
        self._link = link
        self._jump = self.jump
        self._queued = False
        self._jumps = 0
        self._over = False
        self._host_us = 0
        # What this thread allocates is no part of the program's account.
        before = real.micropython.mem_total()
        self._cpu()
        self._cpu_bytes = real.micropython.mem_total() - before

    def start(self):
        self._link.send(control.ALIVE)
        real._thread.start_new_thread(self._run, ())

    @staticmethod
    def _cpu():
        return int(real.time.clock() * 1_000_000)

    def _used(self):
        # Processor time of the process in us; the only thing here that allocates.
        engine.foreign_bytes += self._cpu_bytes
        return self._cpu()

    def _run(self):
        try:
            self._watch()
            self._push()
            # The main thread is in no jump now, so that what interrupts it strikes the program.
            self._link.send(control.STUCK)
        except OSError:  # the host is gone
            real.os.system("kill -9 $PPID")

    def _watch(self):
        # Returns when the program is stuck for the first time.
        calls = engine.calls
        since = last = -1
        while True:
            real.time.sleep_ms(_LOOK_MS)
            if engine.calls != calls:
                calls = engine.calls
                since = -1
            else:
                used = self._used()
                if since < 0:
                    since = used
                elif used - since > _STUCK_US and not engine.busy:
                    return
                elif used - last > _LOOK_MS * 100:
                    # It works and nothing can be seen of it: the host counts the seconds.
                    last = used
                    continue
                last = used
            self._link.send(control.ALIVE)

    def _push(self):
        # Makes an event happen whenever the program has made no call for a while; until the end.
        calls = engine.calls
        jumps = self._jumps
        quiet = _GLANCES
        n = 0
        while not self._over:
            real.time.sleep_us(_GLANCE_US)
            n += 1
            if n == _GLANCES_A_SIGN:
                n = 0
                if engine.calls != calls or self._jumps != jumps:
                    self._link.send(control.ALIVE)
                jumps = self._jumps
            if engine.calls != calls:
                calls = engine.calls
                quiet = 0
            elif quiet < _GLANCES:
                quiet += 1
            elif not self._queued:
                self._order()

    def _order(self):
        self._queued = True
        try:
            real.micropython.schedule(self._jump, 0)
        except RuntimeError:
            self._queued = False

    def jump(self, _):
        """On the main thread, between two instructions of the program: the next event happens."""
        self._queued = False
        if engine.busy or engine.in_callback:
            return
        self._jumps += 1
        engine.deterministic = False
        calls = engine.calls
        now = real.time.ticks_us()
        target = engine.next_due
        if target >= engine.end_at:
            # Nothing is to come but the end: the host's clock leads there.
            target = min(target, engine.now + min(now - self._host_us, 100_000) * 1000)
        self._host_us = now
        engine.busy += 1
        engine.run_to(target)
        engine.busy -= 1
        if engine.pending():
            engine.pump()
        engine.calls = calls
        self._over = engine.ended
