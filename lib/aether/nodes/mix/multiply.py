"""A node that multiplies two sounds: ring modulation, or a gain that is itself a signal."""

from aether import kernels
from aether.nodes.node import ANY, Node


class Multiply(Node):
    """The product of its inlets `a` and `b`, sample by sample. Main program only; allocates."""

    INLETS = ("a", "b")
    IN_PLACE = True
    RULE = ANY

    def calls(self, ins, outs):
        a, b = ins
        out = outs[0]
        product = (kernels.multiply, out, b)
        return [product] if out is a else [(kernels.copy, out, a), product]
