"""Wall time for the virtual board's engine, in place of its virtual time.

A board call brings the clock up to date instead of moving it; sleeping is real. Between calls the
keeper lets events happen, by scheduling `Link.process` of pty_link.
"""

from virtual_board import engine, real, select_module, time_module

FAR = engine.FAR
# Events overdue by more were not missed but stopped, with the whole host: they go on from now.
_STOPPED = 5_000_000_000
_NAP_US = 10_000

_ticks_us = real.time.ticks_us
_nap = real.time.sleep_us
_ident = real._thread.get_ident
_main = _ident()
_base = 0
_link = None
_shared = None
_DEFERRED = 3  # in what pty_link shares with the keeper
_host_rearm = engine.rearm
_host_pump = engine.pump


def now():
    """Nanoseconds since power-on; allocates nothing."""
    return (_ticks_us() - _base) * 1000


def _advance():
    moment = now()
    if moment < engine.next_due:
        engine.now = moment
        if engine.following is not None:
            engine.following()
        return
    if moment - engine.next_due > _STOPPED:
        late = moment - engine.next_due
        for source in engine._sources:
            if source.due < FAR:
                source.due += late
        rearm()
    engine.run_to(moment)


# A Ctrl-C lets Link.interrupt run at a jump of the program, which then holds still until
# KeyboardInterrupt is pending; that is raised at the next jump. So between a jump and the next
# nothing may be left half done: `busy` says to wait, and guards the first jump after it is set.


def enter(cost):
    engine.calls += 1
    engine.busy += 1
    try:
        if cost < 0:
            return
    except KeyboardInterrupt:
        engine.busy -= 1
        raise
    _advance()


def leave():
    try:
        if engine.busy == 1 and not engine.in_callback:
            if engine._queue_len:
                _host_pump()
            if _shared[_DEFERRED] and not engine.masked:
                _link.hold_still()
                if engine.masked:
                    return
    finally:
        engine.busy -= 1


def rearm():
    _host_rearm()
    _link.expect(engine.next_due // 1000 + _base if engine.next_due < FAR else FAR)


def turn():
    """Lets happen what is due."""
    engine.enter(0)  # not ours by name: with threads, virtual_board.threads stands before it
    engine.leave()


def pause(ns):
    """Sleeps for `ns`; on the main thread, callbacks run."""
    end = now() + ns
    here = _ident() == _main
    while True:
        if here:
            turn()
        left = end - now()
        if left <= 0:
            return
        if here and engine.next_due < FAR:
            left = min(left, max(engine.next_due - engine.now, 0))
        _nap(min(left // 1000 + 1, _NAP_US))


def sleep_until(moment):
    # Callers add to engine.now, which may be old by now: it is the difference that counts.
    pause(moment - engine.now)


def wait_event(limit):
    """One short wait; callers ask again."""
    turn()
    if not engine.pending():
        _nap(1000)
        turn()


def spin():
    """A short wait inside a driver, without callbacks."""
    engine.calls += 1
    _nap(200)
    _advance()
    if _shared[_DEFERRED] and not engine.in_callback:
        engine.busy = 0  # what is unwound from here never leaves
        _link.hold_still()
        if engine.busy:
            return


def no_time(ns):
    """What takes virtual time takes none here but its own."""


def _sleep(seconds):
    pause(int(seconds * 1_000_000_000))


def _sleep_ms(ms):
    pause(ms * 1_000_000)


def _sleep_us(us):
    pause(us * 1000)


def _ticks_ms():
    return (_ticks_us() - _base) // 1000 & 0x3FFFFFFF


def _ticks_us_board():
    return _ticks_us() - _base & 0x3FFFFFFF


class _Poll(select_module._Poll):
    """Waits on the host where only the host's streams are polled, as stdin is by mpremote."""

    def _on_host(self):
        for item in self._items:
            if item[2]:
                return False
        turn()
        return True

    def poll(self, timeout=-1, flags=0):
        if self._on_host():
            return [(s, e) for s, e in self._host.ipoll(-1 if timeout is None else timeout, flags)]
        return super().poll(timeout, flags)

    def ipoll(self, timeout=-1, flags=0):
        if self._on_host():
            return self._host.ipoll(-1 if timeout is None else timeout, flags)
        return super().ipoll(timeout, flags)


def install(link):
    """Sets the clock to zero and the engine to wall time."""
    global _base, _link, _shared
    _link = link
    _shared = link.shared
    _base = _ticks_us()
    engine.enter = enter
    engine.leave = leave
    engine.rearm = rearm
    engine.sleep_until = sleep_until
    engine.wait_event = wait_event
    engine.spin = spin
    engine.steal = engine.spend = no_time
    # Tasks of an ESP32 run at once: the program sleeps for real, or the REPL reads.
    engine.waiting = True
    time_module.sleep = _sleep
    time_module.sleep_ms = _sleep_ms
    time_module.sleep_us = _sleep_us
    time_module.ticks_ms = _ticks_ms
    time_module.ticks_us = _ticks_us_board
    select_module._Poll = _Poll
