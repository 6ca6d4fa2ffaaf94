"""Wall time for the virtual board's engine, in place of its virtual time.

A board call brings the clock up to date instead of moving it; sleeping is real. Between calls the
second thread (pty_keeper) lets events happen by scheduling `Keeper.process` on the main thread.
"""

from virtual_board import engine, real, select_module, time_module

FAR = engine.FAR
# Events overdue by more were not missed but stopped, with the whole host: they go on from now.
_STOPPED = 5_000_000_000
_NAP_US = 10_000

_ticks_us = real.time.ticks_us
_nap = real.time.sleep_us
_base = 0
_keeper = None
_host_rearm = engine.rearm
_host_pump = engine.pump


def now():
    """Nanoseconds since power-on; allocates nothing."""
    return (_ticks_us() - _base) * 1000


def _advance():
    moment = now()
    if moment < engine.next_due:
        engine.now = moment
        return
    if moment - engine.next_due > _STOPPED:
        late = moment - engine.next_due
        for source in engine._sources:
            if source.due < FAR:
                source.due += late
        rearm()
    engine.run_to(moment)


def enter(cost):
    if _keeper.asked_at:
        _keeper.await_interrupt()
    engine.calls += 1
    engine.busy += 1
    _advance()


def leave():
    engine.busy -= 1
    if engine._queue_len and not engine.in_callback and not engine.masked:
        pump()
    if _keeper.deferred and not engine.busy and not engine.in_callback:
        _keeper.ask()
        _keeper.await_interrupt()


def pump():
    engine.busy += 1  # keeps Keeper.process out: it would take callbacks from under our feet
    try:
        _host_pump()
    finally:
        engine.busy -= 1


def rearm():
    _host_rearm()
    _keeper.expect(engine.next_due)


def turn():
    """Lets happen what is due."""
    enter(0)
    leave()


def pause(ns):
    """Sleeps for `ns`, running callbacks."""
    end = now() + ns
    while True:
        turn()
        left = end - now()
        if left <= 0:
            return
        if engine.next_due < FAR:
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
    if _keeper.deferred and not engine.in_callback:
        engine.busy = 0  # what is unwound from here never leaves
        _keeper.ask()
        _keeper.await_interrupt()


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


def install(keeper):
    """Sets the clock to zero and the engine to wall time."""
    global _base, _keeper
    _keeper = keeper
    _base = _ticks_us()
    engine.enter = enter
    engine.leave = leave
    engine.pump = pump
    engine.rearm = rearm
    engine.sleep_until = sleep_until
    engine.wait_event = wait_event
    engine.spin = spin
    time_module.sleep = _sleep
    time_module.sleep_ms = _sleep_ms
    time_module.sleep_us = _sleep_us
    time_module.ticks_ms = _ticks_ms
    time_module.ticks_us = _ticks_us_board
    select_module._Poll = _Poll
