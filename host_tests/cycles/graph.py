"""What a graph costs on an RP2040 beyond its kernels: `aether cycles host_tests/cycles/graph.py`.

Ten nodes more, less ten kernels, are what ten nodes cost.
"""

from array import array

from aether import BufferPool, Graph, kernels
from aether.nodes import Gain, Node


class Source(Node):
    INLETS = ()

    def __init__(self, idle):
        super().__init__()
        self.state[0] = idle

    def calls(self, ins, outs):
        return [(kernels.clear, outs[0])]


class Clear(Node):
    def calls(self, ins, outs):
        return [(kernels.clear, outs[0])]


def chain(length, make, idle=0):
    graph = Graph(BufferPool(4))
    last = graph.add(Source(idle))
    for _ in range(length):
        node = graph.add(make())
        graph.connect(last, node)
        last = node
    graph.output(last)
    graph.compile()
    graph.render(left, right)  # takes up the patch
    return graph.render


left = memoryview(array("f", bytes(256)))
right = memoryview(array("f", bytes(256)))
one, eleven = chain(1, Clear), chain(11, Clear)
one_gain, eleven_gains = chain(1, lambda: Gain(0.5)), chain(11, lambda: Gain(0.5))
one_silent, eleven_silent = chain(1, Clear, 1), chain(11, Clear, 1)
clear, scale, half = kernels.clear, kernels.scale, array("f", [0.5])

# %% a graph of one node
one(left, right)

# %% of eleven nodes
# against: a graph of one node
eleven(left, right)

# %% a graph of one gain
one_gain(left, right)

# %% of eleven gains
# against: a graph of one gain
eleven_gains(left, right)

# %% a graph of one silent node
one_silent(left, right)

# %% of eleven silent nodes
# against: a graph of one silent node
eleven_silent(left, right)

# %% clear, of a graph
clear(left, 64)

# %% scale, of a graph
scale(left, left, half, 64)
