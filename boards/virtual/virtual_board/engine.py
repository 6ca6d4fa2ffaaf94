"""Virtual time: the clock, the events that peripherals wait for, and the scheduler's queue.

Nothing here allocates once a run has begun, but adding a source. A source of events is an object
with `due` (ns, or FAR), `fire()`, which must move `due`, `unmasked()`, called when interrupts are
let through, and `over`.
"""

from virtual_board import costs, real

FAR = (1 << 62) - 1
DEPTH = 8
# After the end a program may clean up for so long before it is stopped for good.
GRACE = 1_000_000_000


class VirtualEnd(BaseException):
    """Ends the program when its virtual seconds are over; no handler for Exception sees it."""


END = VirtualEnd("the virtual seconds are over")

now = 0
next_due = FAR
end_at = FAR
ended = False
masked = 0
in_callback = False
in_interrupt = False
# Depth of board calls in progress; the watchdog may not jump inside one.
busy = 0
# Board calls so far: what the watchdog looks at.
calls = 0
# Time that interrupt handlers have taken from the program.
stolen = 0
# The main program waits, so that other tasks of an ESP32 have the processor.
waiting = False
lost_callbacks = 0
deterministic = True
# The program may not be ended now: it is in the middle of what cannot be left.
shielded = False
# Called whenever the clock has moved, for what flows between events; see dma_hardware.
following = None
# Says what time rendering has taken since the last call, if that is not handed over; see dma_toll.
toll = None
# Bytes that the watchdog's thread has allocated.
foreign_bytes = 0

# Made here: a callback may have left the heap locked.
_PRINTED = (Exception, SystemExit)
_sources = []
_tasks = []
_raised = False
_queue_fn = [None] * DEPTH
_queue_arg = [None] * DEPTH
_queue_meter = [None] * DEPTH
_queue_head = 0
_queue_len = 0


def add_source(source):
    """Registers a source of events; its place decides the order of events of one moment.

    Sources whose `over` is true are forgotten.
    """
    for old in [each for each in _sources if each.over]:
        _sources.remove(old)
    _sources.append(source)


def add_task(task):
    """Registers a task whose `run_task()` is called whenever the main program begins to wait."""
    _tasks.append(task)


def rearm():
    """Must follow every change of a source's `due` outside its `fire()`."""
    global next_due
    least = FAR
    for source in _sources:
        if source.due < least:
            least = source.due
    next_due = least


def run_to(moment):
    """Moves the clock to `moment` and fires what falls due on the way."""
    global now
    while next_due <= moment:
        if next_due > now:
            now = next_due
        for source in _sources:
            if source.due <= now:
                source.fire()
        rearm()
    if moment > now:
        now = moment
    if following is not None:
        following()


def steal(ns):
    """Time that an interrupt handler takes from whatever it interrupts."""
    global now, stolen
    now += ns
    stolen += ns


def spend(ns):
    """Time of the processor; interrupts come on top."""
    moment = now + ns
    while True:
        before = stolen
        run_to(moment)
        if stolen == before:
            return
        moment += stolen - before


def enter(cost):
    """Begins a board call that takes `cost` ns; leave() must follow."""
    global calls, busy, now
    calls += 1
    busy += 1
    if toll is not None:
        cost += toll()
    if now + cost < next_due:
        now += cost
        if following is not None:
            following()
    else:
        spend(cost)


def leave():
    """Ends a board call: pending callbacks run, and the end of the run is noticed."""
    global busy
    busy -= 1
    if _queue_len and not in_callback:
        pump()
    if ended:
        check_end()


def call(cost):
    """A board call that only takes time."""
    enter(cost)
    leave()


def _wait(moment):
    # The main program sleeps until `moment` or the next event, whichever comes first.
    global busy, waiting
    busy += 1
    waiting = True
    for task in _tasks:
        task.run_task()
    run_to(moment if moment < next_due else next_due)
    waiting = False
    busy -= 1


def sleep_until(moment):
    """Waits, running callbacks, until the clock has reached `moment`."""
    global calls
    calls += 1
    if toll is not None:
        spend(toll())
    while True:
        if _queue_len and not in_callback:
            pump()
        if ended:
            check_end()
        if now >= moment:
            return
        if not _queue_len or in_callback:
            _wait(moment)


def hold(cost):
    """A board call in C that takes `cost` ns, and lets no callback run behind it."""
    global busy
    enter(cost)
    busy -= 1
    if ended:
        check_end()


def wait_until(moment):
    """Holds the processor until the clock has reached `moment`; callbacks run after that."""
    enter(0)
    run_to(moment)
    leave()


def wait_event(limit):
    """Moves on to the next event, at most to `limit`, and runs the callbacks it brought."""
    global calls, busy
    calls += 1
    if next_due < FAR or limit < FAR:
        _wait(limit)
    busy += 1
    leave()


def spin():
    """Waits for the next event without running callbacks, as a C loop in a driver does."""
    global waiting, busy
    waiting = True
    if next_due < FAR:
        run_to(next_due)
    else:
        real.time.sleep(0.01)
    waiting = False
    if ended:
        busy -= 1  # what is unwound from here never leaves
        check_end()
        busy += 1


def check_end():
    """Raises END once, and again for who caught it and went on longer than GRACE."""
    global _raised
    if now <= end_at + GRACE:
        if _raised or in_callback or shielded:
            return
        _raised = True
    raise END


def schedule(function, argument, meter):
    """Queues a soft callback, as mp_sched_schedule does; False, and it is lost, if full.

    A meter runs it in place of the scheduler, and measures.
    """
    global _queue_len, lost_callbacks
    if _queue_len == DEPTH:
        lost_callbacks += 1
        return False
    i = (_queue_head + _queue_len) % DEPTH
    _queue_fn[i] = function
    _queue_arg[i] = argument
    _queue_meter[i] = meter
    _queue_len += 1
    return True


def pending():
    """Callbacks in the queue."""
    return _queue_len


def pump():
    """Runs the callbacks that are queued now, one after the other."""
    global in_callback, _queue_head, _queue_len
    n = _queue_len
    while n:
        n -= 1
        i = _queue_head
        _queue_head = (i + 1) % DEPTH
        _queue_len -= 1
        in_callback = True
        try:
            spend(costs.CALLBACK)
            _run(i)
        finally:
            in_callback = False


def _run(i):
    meter = _queue_meter[i]
    try:
        if meter is None:
            _queue_fn[i](_queue_arg[i])
        else:
            meter.run(_queue_fn[i], _queue_arg[i])
    except _PRINTED as error:
        # As on a board: printed, and the program goes on.
        real.print_error(error)


def mask():
    """Holds interrupts back; returns the state before, for unmask().

    Callbacks that are queued already run all the same, as they do on a board.
    """
    global masked
    before = masked
    masked = 1
    return before


def unmask(state):
    """Restores what mask() returned; what was held back happens now."""
    global masked
    masked = 1 if state else 0
    if not masked:
        for source in _sources:
            source.unmasked()
        rearm()
        if next_due <= now:
            run_to(now)


def close(finish):
    """The end of the run at `end_at`, or now; finish() completes the sound and the report."""
    global ended
    ended = True
    finish()
