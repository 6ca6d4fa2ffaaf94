"""Builds patches and plays them block by block; runs on either Python, beside the program.

A patch is a list of nodes, [kind, parameter], and of cords, [source, outlet, target, inlet], by
number. Steps: ["render"], ["gain", node, input, gain], ["quiet", node, 0 or 1],
["patch", cords, output], which compiles. `numbers` says what a source plays.
"""

import binascii
from array import array

from aether import BufferPool, Graph
from aether.nodes import Gain, Mixer, Multiply, Node, Pan

N = 64


def numbers(seed, block):
    """What a source plays: 64 numbers from -1 to 1 with no rounding."""
    return [((seed * 7919 + block * 104729 + i * i * 31) % 257 - 128) / 128 for i in range(N)]


class Source(Node):
    """Plays `numbers`, one block after the other."""

    INLETS = ()

    def __init__(self, seed):
        super().__init__(2)
        self.seed = seed
        self.state[0] = 0

    def calls(self, ins, outs):
        return [(self.play, outs[0], self.state)]

    def play(self, out, state, n):
        for i, x in enumerate(numbers(self.seed, state[1])):
            out[i] = x
        state[1] += 1


class Late(Node):
    """Its input, a block later."""

    DELAYS = True

    def __init__(self):
        super().__init__()
        self.samples = array("f", bytes(4 * N))
        self.line = memoryview(self.samples)
        self.state[0] = 0

    def calls(self, ins, outs):
        return [(self.swap, outs[0], ins[0])]

    def delayed(self, outs):
        return [(self.move, outs[0], self.line)]

    def taken(self, ins):
        return [(self.move, self.line, ins[0])]

    def move(self, dst, src, n):
        dst[:] = src

    def swap(self, out, source, n):
        out[:] = self.line
        self.line[:] = source

    def kept(self):
        return [self.state, self.samples]


KINDS = {
    "source": Source,
    "gain": Gain,
    "mixer": Mixer,
    "pan": Pan,
    "multiply": lambda _: Multiply(),
    "late": lambda _: Late(),
}


class Player:
    """Plays one patch; `graph` is it."""

    def __init__(self, nodes, capacity=24):
        self.pool = BufferPool(capacity)
        self.graph = Graph(self.pool)
        self.nodes = [self.graph.add(KINDS[kind](what)) for kind, what in nodes]
        self.blocks = [memoryview(array("f", bytes(4 * N))) for _ in range(2)]

    def patch(self, cords, output):
        graph, nodes = self.graph, self.nodes
        graph.cords.clear()
        for source, outlet, target, inlet in cords:
            graph.connect(nodes[source], nodes[target], outlet + 1, inlet + 1)
        graph.heard = [(nodes[k], outlet) for k, outlet in output]
        return graph.compile()

    def gain(self, node, number, gain):
        node = self.nodes[node]
        if isinstance(node, Mixer):
            node.set_gain(number, gain)
        else:
            node.gain = gain

    def quiet(self, node, quiet):
        self.nodes[node].state[0] = quiet

    def render(self):
        for block in self.blocks:
            block[:] = self.pool.silence()
        self.graph.render(*self.blocks)
        return [binascii.hexlify(bytes(block)).decode() for block in self.blocks]


def play(nodes, steps):
    """What each step returns."""
    player = Player(nodes)
    return [getattr(player, name)(*rest) for name, *rest in steps]
