"""A `machine` for tests: interrupts that can be masked, by a lock, with every section watched.

As on a board a section may lie in another of the same context, and masks the others out. It is
put beside the program as machine.py. `watch` may be set to a buffer: nobody may change it while a
section lasts. Apart from its exceptions nothing here allocates.
"""

from _thread import allocate_lock, get_ident

_lock = allocate_lock()
_NOBODY = 0
context = [_NOBODY]  # whose section it is
depth = [0]
entered = [0]
faults = []
watch = [None, bytearray(0)]


def disable_irq():
    me = get_ident()
    if context[0] != me:
        _lock.acquire()
        context[0] = me
        if watch[0] is not None:
            raw = watch[1]
            raw[:] = watch[0]
    depth[0] += 1
    entered[0] += 1
    return depth[0] - 1


def enable_irq(state):
    if context[0] != get_ident() or depth[0] - 1 != state:
        faults.append(f"left with {state} at depth {depth[0]}")
        return
    depth[0] = state
    if state == 0:
        if watch[0] is not None and watch[0] != watch[1]:
            faults.append("contents changed inside a section")
        context[0] = _NOBODY
        _lock.release()


def within():
    """Whether the calling context is inside a section of its own."""
    return context[0] == get_ident()
