"""A patch: nodes and cords, made into a schedule that renders blocks without allocating."""

from array import array

import aether.graph_cords as cords
import aether.graph_plan as plan
from aether.checks import check_channels, number, whole
from aether.graph_schedule import Schedule
from aether.graph_text import described
from aether.kernels import add, clear, copy, ramp
from aether.nodes.node import Node

try:
    from aether.graph_viper import rendering
except (ImportError, SyntaxError, ValueError):
    from aether.graph_portable import rendering


# The graph compiled last, so that the prompt can ask for it: `print(aether.graph.last)`.
last = None


class Graph:
    """Nodes and cords between them, on the buffers of a pool.

    pool: blocks of its size are rendered; a graph holds as many of its buffers as the patch
    needs, from compile() to close(). rate: frames a second, 1,000 to 192,000, of the stream that
    plays it; `driver.true_rate()` says it to the last digit. channels: 2, or 1, of the output.
    inputs: channels that come in, 0 to 2, for I2SDuplex: their signals are those of `input`.

    Give `render` to a stream: render(left, right), or as the stream's channels and inputs have
    it. It may be called in any context in which the nodes may, and allocates nothing; until
    compile() it is silent. All else is for the main program, and allocates.
    """

    def __init__(self, pool, rate: float = 44100, channels: int = 2, inputs: int = 0):
        if not hasattr(pool, "acquire"):
            raise TypeError("pool must be a buffer pool, not %s" % type(pool).__name__)
        self.pool = pool
        self.rate = number("rate", rate, 1000, 192000, "Hz")
        self.channels = check_channels(channels)
        self.n = len(pool.silence())
        self.nodes = []  # in the order in which they came, as a dict on a board has none
        self.names = {}
        self.cords = {}
        self.heard = []
        self.input = None
        # Where sums ramp an input, and where a new patch is rendered while it fades in.
        self.spare, self._left, self._right = [_block(self.n) for _ in range(3)]
        self._down = array("f", [1, -1 / self.n, 0, 0])
        self._up = array("f", [0, 1 / self.n, 0, 0])
        self._slope = array("f", [0, 0, 0, 0])
        self.schedule = self._nothing = Schedule(self, [])
        if whole("inputs", inputs, 0, 2):
            self.input = self.add(Input(inputs), "input")
        self._waiting = None
        # What render goes by: the schedule, whether another one waits, and what takes that up.
        self._flags = array("i", [0])
        self._desk = [self.schedule.line, self._flags, self._take_over]
        self._both = rendering(self._desk)
        self.render = self._fitting(len(self.input.OUTLETS) if self.input else 0)

    def add(self, node, name=None):
        """Add a node, and return it. name: how messages call it; else it gets one of its class.

        TypeError for what is no node, ValueError for one that is in a graph already, or a name
        that another one has.
        """
        if not isinstance(node, Node):
            raise TypeError("a node is wanted, not %s" % type(node).__name__)
        if node.graph is not None:
            raise ValueError("%s is in a graph already" % node)
        if name is None:
            name = cords.fresh_name(type(node).__name__, self.names.values())
        elif name in self.names.values():
            raise ValueError("there is a node '%s' already" % name)
        self.nodes.append(node)
        self.names[node] = str(name)
        node.graph = self
        return node

    def remove(self, node):
        """Take a node and its cords out of the patch; it plays on until the next compile()."""
        self._known(node)
        if node is self.input:
            raise ValueError("the input cannot be removed")
        for key, source in list(self.cords.items()):
            if node in (key[0], source[0]):
                del self.cords[key]
        self.heard = [source for source in self.heard if source[0] is not node]
        self.nodes.remove(node)
        del self.names[node]
        node.graph = None

    def connect(self, source, target, outlet=None, inlet=None):
        """Lay cords from one node to another.

        outlet, inlet: names of theirs, or numbers from 1. Without an inlet: the next free one, or
        `left` and `right` together, where outlets of these names go to each, and a single outlet
        to both. ValueError for a node that was not added, a name that is none, an inlet that has
        a cord already, a second cord between the same two.
        """
        self._known(source)
        self._known(target)
        for key, signal in cords.laid(source, target, outlet, inlet, self.cords, self._name):
            self.cords[key] = signal

    def disconnect(self, source, target, outlet=None, inlet=None):
        """Take out all cords from one node to another, or those of an outlet, or an inlet."""
        self._known(source)
        self._known(target)
        gone = cords.between(source, target, outlet, inlet, self.cords, self._name)
        if not gone:
            raise ValueError("no cord from %s to %s" % (self._name(source), self._name(target)))
        for key in gone:
            del self.cords[key]

    def output(self, left, right=None):
        """What is heard: a node with one outlet, on both sides, or one with two, or two nodes.

        A node with several outlets is given as (node, outlet) where they are not left and right.
        ValueError for a node that was not added. It may be called again, before a compile().
        """
        heard = cords.heard(left, right, self.channels)
        for node, _ in heard:
            self._known(node)
        self.heard = heard

    def compile(self):
        """Make the patch what is played, and return the number of buffers that it takes.

        Orders the nodes and shares out buffers of the pool. While a stream plays, the patch that
        was compiled before plays on until the next block, which fades from it to the new one and
        gives its buffers back: until then the pool must have those of both. Nodes in both go on.

        ValueError for a loop without a delay, a missing cord, a node made for another rate or
        block size; RuntimeError if the pool lacks buffers. What was played then plays on.
        """
        global last
        items = plan.ordered(self.cords, self._roots(), self._name)
        flags = self._flags
        flags[0] = 0  # from here on nothing is taken up meanwhile
        waiting = new = self._waiting
        try:
            self._waiting = new = Schedule(self, items, self.schedule)
        finally:
            flags[0] = new is not None
        if new is not waiting and waiting is not None:
            waiting.release()
        last = self
        return new.count

    def close(self):
        """Give the pool its buffers back; render() is silent then. Stop the stream first."""
        self._flags[0] = 0
        self._desk[0] = self._nothing.line
        for schedule in (self._waiting, self.schedule):
            if schedule is not None:
                schedule.release()
        self._waiting = None
        self.schedule = self._nothing

    def __str__(self):
        return described(self)

    def _name(self, node):
        return self.names.get(node) or str(node)

    def _known(self, node):
        if node not in self.names:
            raise ValueError("unknown node %s: add() it first" % (node,))

    def _roots(self):
        # What must run: what is heard, and what listens itself.
        roots = []
        for node in [node for node, _ in self.heard] + [
            node for node in self.nodes if not node.OUTLETS
        ]:
            if node not in roots:
                roots.append(node)
        return roots

    def _fitting(self, inputs):
        # As a stream with these channels and inputs calls it.
        if inputs == 2 and self.channels == 2:
            return self._through
        if inputs:
            if inputs != self.channels:
                raise ValueError(
                    "inputs must be %d, as the channels, not %d" % (self.channels, inputs)
                )
            return self._one_through
        if self.channels == 2:
            return self._both
        both = self._both
        return lambda mono: both(mono, mono)

    # The path of a callback, beside `rendering`: nothing below allocates.

    def _through(self, in_left, in_right, left, right):
        ins = self._desk[0][4]
        if ins:  # from the first block on that a patch has played
            copy(ins[0], in_left, self.n)
            copy(ins[1], in_right, self.n)
        self._both(left, right)

    def _one_through(self, mono, out):
        ins = self._desk[0][4]
        if ins:
            copy(ins[0], mono, self.n)
        self._both(out, out)

    def _take_over(self, left, right):
        # A new patch takes the place of the one that plays, over this block.
        self._flags[0] = 0
        new = self._waiting
        old = self.schedule
        self._waiting = None
        if old is self._nothing:
            self._desk[0] = new.line
            self._move(old.line[4], new.line[4])
            self._both(left, right)
        else:
            self._fade(left, right, new)
        self.schedule = new
        old.release()

    def _fade(self, left, right, new):
        _save(new.kept)
        self._both(left, right)
        _restore(new.kept)
        self._move(self._desk[0][4], new.line[4])
        self._desk[0] = new.line
        clear(self._left, self.n)
        clear(self._right, self.n)
        self._both(self._left, self._right)
        self._blend(left, self._left)
        if right is not left:
            self._blend(right, self._right)

    def _blend(self, out, new):
        copy(self._slope, self._down, 4)
        ramp(out, out, self._slope, self.n)
        copy(self._slope, self._up, 4)
        ramp(new, new, self._slope, self.n)
        add(out, new, self.n)

    def _move(self, old, new):
        # What came in, for the patch that has not been given it.
        for k in range(len(old) and len(new)):
            copy(new[k], old[k], self.n)


class Input(Node):
    """What comes in, of a Graph with inputs: its `input`."""

    INLETS = ()

    def __init__(self, channels):
        super().__init__()
        self.OUTLETS = ("left", "right") if channels == 2 else ("out",)


# Loops of their own: a frame of more than eleven words would come from the heap.


def _save(kept):
    for pair in kept:
        pair[1][:] = pair[0]


def _restore(kept):
    for pair in kept:
        pair[0][:] = pair[1]


def _block(n):
    return memoryview(array("f", bytes(4 * n)))
