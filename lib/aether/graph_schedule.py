"""A plan with its buffers: what a callback goes through, block by block."""

from array import array

import aether.graph_plan as plan
import aether.graph_state as at


class Schedule:
    """The items of a plan on buffers of a pool; `line` is what render() goes by.

    Acquires the buffers: RuntimeError with how many are missing, and then it has none. ValueError
    from a node that cannot be made ready. `before` is the schedule that it takes the place of.
    Main program only; allocates.
    """

    def __init__(self, graph, items, before=None):
        self.pool = graph.pool
        self.handles = []
        pinned = []
        if graph.input is not None:
            pinned = [(graph.input, k) for k in range(len(graph.input.OUTLETS))]
        self.items = [item for item in items if item.node is not graph.input]
        self.buffers, self.count = plan.shared_out(self.items, graph.heard, pinned)
        # In the order in which they are done.
        self.nodes = []
        for item in reversed(self.items):
            if item.node not in self.nodes:
                self.nodes.insert(0, item.node)
        for node in self.nodes:
            node.prepare(graph.rate, graph.n)
        self._acquire()
        try:
            self._bind(graph, pinned, before)
        except BaseException:
            self.release()
            raise

    def _bind(self, graph, pinned, before):
        pool = self.pool
        # Buffer by number; the last is of those that nobody writes to.
        self._views = [pool.get_mut(handle) for handle in self.handles] + [pool.silence()]
        book = array("i", [0] * at.BOOK)
        book[at.SILENT] = at.NOBODY
        book[at.SIZE] = graph.n
        heard = graph.heard + [None, None]  # noqa: RUF005, MicroPython has no other way
        book[at.LEFT] = self._bit(heard[0])
        book[at.RIGHT] = self._bit(heard[1])
        lines = tuple([self._line(item, graph.spare) for item in self.items])
        ins = tuple([self._view(signal) for signal in pinned])
        self.line = (lines, book, self._view(heard[0]), self._view(heard[1]), ins)
        # What both have is rendered twice while one fades into the other.
        self.kept = []
        for node in self.nodes:
            if before is not None and node in before.nodes:
                for live in node.kept():
                    self.kept.append((memoryview(live), memoryview(live[:])))

    def _acquire(self):
        if self.count > at.MOST_BUFFERS:
            raise ValueError(
                "the patch needs %d buffers at once, more than %d" % (self.count, at.MOST_BUFFERS)
            )
        while len(self.handles) < self.count:
            handle = self.pool.acquire()
            if handle is None:
                got = len(self.handles)
                self.release()
                raise RuntimeError(
                    "the patch needs %d buffers, the pool has %d free: %d missing"
                    % (self.count, got, self.count - got)
                )
            self.handles.append(handle)

    def release(self):
        """Give the buffers back. Any context that the pool allows; allocates nothing."""
        while self.handles:
            self.pool.release(self.handles.pop())

    def _number(self, signal):
        # -1, the last view, where there is no cord, or none that brings anything.
        return self.buffers.get(signal, -1)

    def _view(self, signal):
        return self._views[self._number(signal)]

    def _bit(self, signal):
        k = self._number(signal)
        return at.NOBODY if k < 0 else 1 << k

    def _line(self, item, spare):
        desk = array("i", [0] * at.DESK)
        for signal in item.ins:
            if signal is not None:
                desk[at.INS] |= self._bit(signal)
        for signal in item.outs:
            desk[at.OUTS] |= self._bit(signal)
        desk[at.FIRST] = desk[at.OUTS] * item.first
        desk[at.LAST] = desk[at.OUTS] * item.last
        ins = [None if signal is None else self._view(signal) for signal in item.ins]
        outs = tuple([self._view(signal) for signal in item.outs])
        if item.part == plan.ADDED:
            desk[at.RULE] = at.SUM
            fader = item.fader
            cells = (outs[0], ins[0], fader.now)
            return desk, fader.state, cells, (fader.ramp, fader.goal, spare)
        node = item.node
        desk[at.RULE] = node.RULE
        if item.part == plan.DELAYED:
            calls = node.delayed(outs)
        elif item.part == plan.TAKEN:
            calls = node.taken(ins)
        else:
            calls = node.calls(ins, outs)
        return desk, node.state, tuple([_call(call) for call in calls]), outs


def _call(call):
    # All of one length, with the number of arguments that count.
    function, arguments = call[0], list(call[1:])
    if not callable(function) or not 1 <= len(arguments) <= 3:
        raise TypeError("a call is a function with one to three arguments, not %s" % (call,))
    return tuple([function, len(arguments)] + arguments + [None] * (3 - len(arguments)))
