"""The path of a block through a graph in plain Python: what `graph_viper` does."""

from aether.graph_state import FIRST, FRESH, INS, LAST, LEFT, OUTS, RIGHT, RULE, SILENT, SIZE, SUM
from aether.kernels import add, add_scaled, clear, copy, ramp, scale
from aether.nodes.fader import NEXT, NOTHING, PLAIN, SHAPE, WAITING
from aether.nodes.node import ALL, ANY, IDLE


def run(items, book):
    """Render a block: call what the items say, but for what is silent."""
    for desk, state, calls, views in items:
        if desk[RULE] == SUM:
            _sum(calls + views, book, desk, state)
        elif state[IDLE] and _skipped(desk, book[SILENT]):
            if desk[OUTS] & book[SILENT] != desk[OUTS]:
                for view in views:
                    clear(view, book[SIZE])
                book[SILENT] |= desk[OUTS]
        else:
            book[SILENT] &= ~desk[OUTS]
            for function, count, *arguments in calls:
                function(*arguments[:count], book[SIZE])


def _skipped(desk, silent):
    if desk[RULE] == ALL:
        return desk[INS] & silent == desk[INS]
    return desk[RULE] != ANY or desk[INS] & silent != 0


def _sum(cells, book, desk, state):
    # One input of a sum.
    dst, src, now, moving, goal, spare = cells
    out = desk[OUTS]
    n = book[SIZE]
    book[FRESH] |= desk[FIRST]
    shape = state[SHAPE]
    waiting = state[WAITING]
    if waiting:
        state[WAITING] = 0
        state[SHAPE] = state[NEXT]
        now[0] = goal[0]
    if not desk[INS] & book[SILENT] and (shape != NOTHING or waiting):
        fresh = book[FRESH] & out
        if waiting:
            ramp(dst if fresh else spare, src, moving, n)
            if not fresh:
                add(dst, spare, n)
        elif fresh:
            if shape != PLAIN:
                scale(dst, src, now, n)
            elif desk[INS] != out:
                copy(dst, src, n)
        elif shape == PLAIN:
            add(dst, src, n)
        else:
            add_scaled(dst, src, now, n)
        book[FRESH] &= ~out
        book[SILENT] &= ~out
    elif desk[LAST] and book[FRESH] & out and not book[SILENT] & out:
        clear(dst, n)
        book[SILENT] |= out


def rendering(desk):
    """render(left, right) of a graph; desk: [schedule, flags, switch], see `graph`."""

    def render(left, right):
        if desk[1][0]:
            desk[2](left, right)
            return
        items, book, from_left, from_right, _ = desk[0]
        n = book[SIZE]
        if len(left) != n:
            raise ValueError("blocks of another size than the graph's")
        run(items, book)
        if not book[LEFT] & book[SILENT]:
            copy(left, from_left, n)
        if not book[RIGHT] & book[SILENT]:
            copy(right, from_right, n)

    return render
