"""Programs with threads: one thread at a time inside the board, and one clock for all of them.

Installed by the first start_new_thread. The main thread moves the clock; it lets a thread whose
sleep is over run until that sleeps again. No run with threads counts as deterministic.
"""

from virtual_board import board, engine, real

_ident = real._thread.get_ident
# Microseconds between looks, and how many looks a thread is waited for.
_LOOK_US = 50
_LOOKS = 400

# The calls of the engine that are not made of others of these.
_SHARED = ("enter", "leave", "hold", "sleep_until", "wait_until", "wait_event", "mask", "unmask")

_main = 0
_lock = None
_owner = 0
_depth = 0
_masker = 0
_threads = []
_host = {}


class _Thread:
    def __init__(self):
        self.ident = 0
        self.wake = engine.now
        self.over = False

    def runs(self):
        return not self.over and self.wake == engine.FAR


def install():
    """Replaces the engine's calls with ones that keep threads apart; main thread only."""
    global _lock, _main
    if _lock is not None:
        return
    _main = _ident()
    _lock = real._thread.allocate_lock()
    engine.deterministic = False
    for name in _SHARED:
        _host[name] = getattr(engine, name)
        setattr(engine, name, globals()[name])


def start(function, args, kwargs):
    """Starts a thread of the program; returns its ident, as far as the host says it."""
    install()
    if not board.current.esp32 and not all(each.over for each in _threads):
        raise OSError("core1 in use")
    me = _Thread()

    def body():
        me.ident = _ident()
        try:
            function(*args, **kwargs)
        except (SystemExit, engine.VirtualEnd):
            pass
        except BaseException as error:
            real.sys.stdout.write("Unhandled exception in thread started by %r\n" % function)
            real.print_error(error)
        finally:
            me.over = True

    _threads.append(me)
    return real._thread.start_new_thread(body, ())


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
    try:
        _host["enter"](cost)
    except BaseException:
        _give()
        raise


def leave():
    try:
        if _ident() == _main:
            _host["leave"]()
        else:
            engine.busy -= 1
            _stop()
    finally:
        _give()
    _let_run()


def hold(cost):
    enter(cost)
    try:
        engine.busy -= 1
        if _ident() != _main:
            _stop()
        elif engine.ended:
            engine.check_end()
    finally:
        _give()
    _let_run()


def _stop():
    # Ends a thread of the program, silently, when the run is over.
    if engine.ended and engine.now > engine.end_at:
        raise SystemExit


def _let_run():
    # Gives threads whose sleep is over their turn; main thread, outside the board.
    if _depth or engine.in_callback or _ident() != _main:
        return
    for each in _threads:
        if each.wake > engine.now:
            continue
        looks = _LOOKS
        each.wake = engine.FAR
        while looks and each.runs():
            real.time.sleep_us(_LOOK_US)
            looks -= 1


def _next_wake(moment):
    for each in _threads:
        if each.wake < moment:
            moment = each.wake
    return moment


def sleep_until(moment):
    if _ident() != _main:
        _sleep_thread(moment)
        return
    while True:
        step = _next_wake(min(moment, max(engine.next_due, engine.now)))
        _take()
        try:
            if engine.next_due <= engine.now:  # what an end of masking has left due
                engine.run_to(engine.now)
            _host["sleep_until"](step)
        finally:
            _give()
        _let_run()
        if engine.now >= moment:
            return


def wait_until(moment):
    """With threads even a spinning sleep gives them their turns."""
    sleep_until(moment)


def _sleep_thread(moment):
    me = None
    for each in _threads:
        if each.ident == _ident():
            me = each
    calls = engine.calls
    looks = _LOOKS
    me.wake = moment
    while me.wake <= moment and not engine.ended:
        real.time.sleep_us(_LOOK_US)
        if engine.calls != calls:
            calls = engine.calls
            looks = _LOOKS
        elif looks:
            looks -= 1
        else:
            # The main thread waits for something else: time must go on without it.
            _move(moment)
            me.wake = engine.FAR
    _stop()


def _move(moment):
    _take()
    try:
        engine.run_to(moment)
    finally:
        _give()


def wait_event(limit):
    if _ident() != _main:
        _sleep_thread(min(limit, engine.now + 1_000_000))
        return
    _take()
    try:
        _host["wait_event"](_next_wake(limit))
    finally:
        _give()
    _let_run()


def mask():
    """Only one thread at a time has interrupts masked: until unmask() the board is its own."""
    global _masker
    if _masker == _ident():
        return 1
    _take()
    _masker = _ident()
    _host["mask"]()
    return 0


def unmask(state):
    global _masker
    if state:
        return
    _take()
    _host["unmask"](0)
    if _masker == _ident():
        _masker = 0
        _give()
    _give()
