"""What effects cost an RP2040, a block: `aether cycles host_tests/cycles/nodes_effects.py`.

Each in a patch of its own, behind a node that copies a sound; the first has nothing else.
"""

from array import array

from aether import BufferPool, Graph, kernels
from aether.nodes import Delay, Meter, Node, Reverb, SoftClip

N = 64
# A sawtooth: no silence.
wave = array("f", [0.9 * (i - 32) / 32 for i in range(N)])
left = memoryview(array("f", bytes(4 * N)))
right = memoryview(array("f", bytes(4 * N)))
pool = BufferPool(16)


class Wave(Node):
    """The sawtooth."""

    INLETS = ()

    def __init__(self):
        super().__init__()
        self.state[0] = 0

    def calls(self, ins, outs):
        return [(kernels.copy, outs[0], wave)]


def playing(node=None):
    """What renders a block of a patch, once its first block is over."""
    graph = Graph(pool)
    source = graph.add(Wave())
    graph.output(source)
    if node:
        graph.add(node)
        for inlet in node.INLETS:
            graph.connect(source, node, inlet=inlet)
        if node.OUTLETS:
            graph.output(node)
    graph.compile()
    for _ in range(3):
        graph.render(left, right)
    return graph.render


nothing = playing()
delay = playing(Delay(0.1))
reverb = playing(Reverb(size=0.5))
both = playing(Reverb(size=0.5, channels=2))
soft = playing(SoftClip(2))
meter = playing(Meter())


# %% a sound alone
nothing(left, right)

# %% a delay
# against: a sound alone
delay(left, right)

# %% a reverb of one channel
# against: a sound alone
reverb(left, right)

# %% a reverb of two channels
# against: a sound alone
both(left, right)

# %% a soft clip
# against: a sound alone
soft(left, right)

# %% a meter
# against: a sound alone
meter(left, right)
