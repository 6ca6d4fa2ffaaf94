"""The path of a block through a graph, in viper; `graph_portable` says the same in plain Python.

An item of the schedule is (desk, state, calls, views). Any context; allocates nothing.
"""

import micropython
from micropython import const

from aether.kernels import add, add_scaled, clear, copy, ramp, scale

# As in `graph_state` and `nodes.fader`: the compiler folds the constants of its own file only.
_SILENT = const(0)
_FRESH = const(1)
_SIZE = const(2)
_LEFT = const(3)
_RIGHT = const(4)
_RULE = const(0)
_INS = const(1)
_OUTS = const(2)
_FIRST = const(3)
_LAST = const(4)
_IDLE = const(0)
_ALL = const(0)
_ANY = const(1)
_SUM = const(3)
_WAITING = const(0)
_SHAPE = const(1)
_NEXT = const(2)
_NOTHING = const(0)
_PLAIN = const(1)
_SCALED = const(2)
_RAMPED = const(3)  # for one block


@micropython.viper
def run(items, book):
    b = ptr32(book)
    silent = int(b[_SILENT])
    n = int(b[_SIZE])
    for desk, state, calls, views in items:
        d = ptr32(desk)
        s = ptr32(state)
        outs = int(d[_OUTS])
        ins = int(d[_INS])
        rule = int(d[_RULE])
        if rule == _SUM:
            dst, src, now = calls
            fresh = int(b[_FRESH]) | int(d[_FIRST])
            b[_FRESH] = fresh
            fresh &= outs
            shape = int(s[_SHAPE])
            if int(s[_WAITING]) != 0:
                shape = int(take_up(s, calls, views))
            if ins & silent == 0 and shape != _NOTHING:
                if shape == _RAMPED:
                    ramped(fresh, n, calls, views)
                elif fresh == 0:
                    if shape == _PLAIN:
                        add(dst, src, n)
                    else:
                        add_scaled(dst, src, now, n)
                elif shape == _SCALED:
                    scale(dst, src, now, n)
                elif ins != outs:
                    copy(dst, src, n)
                if fresh != 0:
                    b[_FRESH] = int(b[_FRESH]) ^ outs
                    silent = (silent | outs) ^ outs
            elif int(d[_LAST]) & fresh != 0 and silent & outs == 0:
                clear(dst, n)
                silent |= outs
            continue
        if int(s[_IDLE]) != 0:
            quiet = ins & silent
            if rule == _ALL:
                skipped = quiet == ins
            elif rule == _ANY:
                skipped = quiet != 0
            else:
                skipped = True
            if skipped:
                if outs & silent != outs:
                    for view in views:
                        clear(view, n)
                    silent |= outs
                continue
        silent = (silent | outs) ^ outs
        for function, count, x, y, z in calls:
            k = int(count)
            if k == 3:
                function(x, y, z, n)
            elif k == 2:
                function(x, y, n)
            else:
                function(x, n)
    b[_SILENT] = silent


@micropython.viper
def take_up(s: ptr32, cells, more) -> int:
    # A new gain waits for this block.
    s[_WAITING] = 0
    s[_SHAPE] = int(s[_NEXT])
    ptr32(cells[2])[0] = int(ptr32(more[1])[0])
    return _RAMPED


@micropython.viper
def ramped(fresh: int, n: int, cells, more):
    if fresh:
        ramp(cells[0], cells[1], more[0], n)
    else:
        ramp(more[2], cells[1], more[0], n)
        add(cells[0], more[2], n)


def rendering(desk):
    """render(left, right) of a graph; desk: [schedule, flags, switch], see `graph`."""

    @micropython.viper
    def render(left, right):
        if int(ptr32(desk[1])[0]) != 0:
            desk[2](left, right)
            return
        items, book, from_left, from_right, _ = desk[0]
        b = ptr32(book)
        n = int(b[_SIZE])
        if int(len(left)) != n:
            raise ValueError("blocks of another size than the graph's")
        run(items, book)
        if int(b[_LEFT]) & int(b[_SILENT]) == 0:
            copy(left, from_left, n)
        if int(b[_RIGHT]) & int(b[_SILENT]) == 0:
            copy(right, from_right, n)

    return render
