"""What a node is: inlets, outlets, and the calls that a graph makes for it at every block.

A node of your own is a class with INLETS, OUTLETS and calls(); what it has to compute for a block
stands in functions of buffers that allocate nothing: kernels, viper, assembler.
"""

from array import array

from aether.const import const

# The word of `state` that says whether a node has nothing to say of its own: 1 or 0.
IDLE = const(0)

# RULE: when an idle node is skipped, and silence takes its place.
ALL = const(0)  # all its inlets are silent: filters, effects; sources, which have none
ANY = const(1)  # one of them is: products
OWN = const(2)  # always: what an inlet brings cannot wake it, as an envelope's


class Node:
    """A part of a patch, for one graph.

    INLETS, OUTLETS: their names. Every inlet takes one cord, and must have it if it is not in
    OPTIONAL. IN_PLACE: the first outlet's block may be the first inlet's, written over. DELAYS:
    what it puts out depends on no input of the same block, see `delayed`. RULE: see above.

    state: an array of int that the graph and the node's calls share; state[IDLE] is 1 while a
    node, with silent inputs, would put out silence. A filter sets it when it has died away, and a
    source when it is off; for what only does arithmetic it is 1 for ever.
    """

    INLETS = ("in",)
    OPTIONAL = ()
    OUTLETS = ("out",)
    IN_PLACE = False
    DELAYS = False
    RULE = ALL

    def __init__(self, words: int = 1):
        self.state = array("i", bytes(4 * words))
        self.state[IDLE] = 1
        self.rate = self.n = self.graph = None

    def prepare(self, rate: float, n: int):
        """Get ready for blocks of n samples, `rate` of them a second; a graph calls it once.

        May allocate. A node that computes something of the rate does so in ready(); if that fails,
        it is asked again the next time. ValueError if it was made ready for another rate or size
        before.
        """
        if self.rate is None:
            self.rate, self.n = rate, n
            try:
                self.ready()
            except BaseException:
                self.rate = self.n = None
                raise
        elif (self.rate, self.n) != (rate, n):
            raise ValueError(
                "%s is in use at %s Hz in blocks of %d, this graph has %s Hz and %d"
                % (type(self).__name__, self.rate, self.n, rate, n)
            )

    def ready(self):
        """Rate and block size are known: `self.rate` and `self.n`. May allocate."""

    def calls(self, ins, outs):
        """What to do for a block: a list of tuples of a function and one to three arguments.

        The graph calls function(arguments…, n) for each, in their order, at every block at which
        the node is not skipped. ins, outs: a view of n float32 samples for each inlet and outlet;
        None for an inlet that is OPTIONAL and has no cord. A silent input is a block of zeros.
        All outputs must be written. With IN_PLACE outs[0] may be ins[0]; else all views differ.
        """
        raise NotImplementedError

    def delayed(self, outs):
        """For DELAYS: the calls that write the outputs, of a node that lies in a loop.

        The graph makes them first, and those of taken(ins) once the inputs are there.
        """
        raise NotImplementedError

    def taken(self, ins):
        """For DELAYS: the calls that take in the inputs of a block; see delayed()."""
        raise NotImplementedError

    def kept(self):
        """Arrays that a block changes and the next goes on with, without the delay lines.

        While a new patch takes an old one's place, a block is rendered by both: what the first
        has changed is put back for the second.
        """
        return [self.state]

    def __str__(self):
        return type(self).__name__
