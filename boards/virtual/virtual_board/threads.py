"""Programs with threads: one thread at a time inside the board, and time for all of them.

Installed by the first start_new_thread. The main thread keeps moving the clock; what sleeps
elsewhere waits for it, and moves it when the main thread is stuck. No such run is deterministic.
"""

from virtual_board import engine, real

_ident = real._thread.get_ident
_PATIENCE_MS = 20

_main = 0
_lock = None
_owner = 0
_depth = 0
_masker = 0
_mask_lock = None
_host = {}


def install():
    """Replaces the engine's calls with ones that keep threads apart; main thread only."""
    global _lock, _mask_lock, _main
    if _lock is not None:
        return
    _main = _ident()
    _lock = real._thread.allocate_lock()
    _mask_lock = real._thread.allocate_lock()
    engine.deterministic = False
    for name in ("enter", "leave", "sleep_until", "wait_event", "mask", "unmask"):
        _host[name] = getattr(engine, name)
        setattr(engine, name, globals()[name])


def _take():
    global _owner, _depth
    me = _ident()
    if _owner != me:
        _lock.acquire()
        _owner = me
    _depth += 1


def _give():
    global _owner, _depth
    _depth -= 1
    if not _depth:
        _owner = 0
        _lock.release()


def enter(cost):
    _take()
    _host["enter"](cost)


def leave():
    try:
        if _ident() == _main:
            _host["leave"]()
        else:
            engine.busy -= 1
            _stop_thread()
    finally:
        _give()


def _stop_thread():
    # Ends a thread of the program, silently, when the run is over.
    if engine.ended and engine.now > engine.end_at:
        raise SystemExit


def sleep_until(moment):
    if _ident() == _main:
        # In steps, so that other threads get their turn between events.
        while True:
            _take()
            try:
                step = min(moment, max(engine.next_due, engine.now))
                _host["sleep_until"](step)
            finally:
                _give()
            if engine.now >= moment:
                return
    calls = engine.calls
    patience = _PATIENCE_MS
    while engine.now < moment:
        real.time.sleep_ms(1)
        _stop_thread()
        if engine.calls != calls:
            calls = engine.calls
            patience = _PATIENCE_MS
        elif patience:
            patience -= 1
        else:
            _move(moment)


def _move(moment):
    _take()
    try:
        engine.run_to(min(moment, max(engine.next_due, engine.now)))
    finally:
        _give()


def wait_event(limit):
    if _ident() != _main:
        sleep_until(min(limit, engine.now + 1_000_000))
        return
    _take()
    try:
        _host["wait_event"](limit)
    finally:
        _give()


def mask():
    """Only one thread at a time has interrupts masked; called outside the board's lock."""
    global _masker
    if _masker != _ident():
        _mask_lock.acquire()
        _masker = _ident()
        _take()
        _host["mask"]()
        _give()
        return 0
    return 1


def unmask(state):
    global _masker
    if state:
        return
    _take()
    _host["unmask"](0)
    _give()
    if _masker == _ident():
        _masker = 0
        _mask_lock.release()
