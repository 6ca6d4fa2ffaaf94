"""A gain that moves on a ramp over one block, and the nodes that are sums of what they get."""

from array import array

from aether.checks import number
from aether.const import const
from aether.nodes.node import Node

# The words of a fader's state.
WAITING = const(0)  # 1: a ramp is ready for the next block
SHAPE = const(1)  # what the gain is now: one of those below
NEXT = const(2)  # and will be behind the ramp
NOTHING = const(0)
PLAIN = const(1)  # a gain of 1
SCALED = const(2)

# +24 dB.
MOST = const(16)


class Fader:
    """The gain between an inlet and an outlet of a Sum.

    gain: -16 to 16. Both methods are for the main program, and allocate; a graph reads the rest.
    """

    def __init__(self, inlet: int, outlet: int, gain: float):
        self.inlet = inlet
        self.outlet = outlet
        self.state = array("i", [0, 0, 0])
        # Cells of kernels: the gain in use, a ramp's gain and step, and where the ramp leads.
        self.now = array("f", [0.0])
        self.ramp = array("f", [0.0, 0.0])
        self.goal = array("f", [0.0])
        self.begin(gain)

    def begin(self, gain: float):
        """Have a gain from the beginning."""
        self.gain = self.now[0] = gain
        self.state[SHAPE] = _shape(gain)

    def set(self, gain: float, n: int):
        """Move to another gain over the next block, of n samples, with no click."""
        state = self.state
        state[WAITING] = 0  # what is not taken up by now, is not: the cells are free
        start = self.now[0]
        self.ramp[0] = start
        self.ramp[1] = (gain - start) / n
        self.goal[0] = gain
        self.gain = gain
        state[NEXT] = _shape(gain)
        state[WAITING] = 1


def _shape(gain):
    return NOTHING if gain == 0 else PLAIN if gain == 1 else SCALED


class Sum(Node):
    """A node whose outlets are sums of its inlets, each with a gain; `faders` says which.

    A graph adds an input up as soon as it is there, so that a sum of any number takes two
    buffers; what is silent or has a gain of 0 is left out, and a gain of 1 is not multiplied.
    """

    IN_PLACE = True

    def __init__(self, faders):
        super().__init__()
        self.faders = faders

    def kept(self):
        kept = []
        for fader in self.faders:
            kept += [fader.state, fader.now, fader.ramp]
        return kept

    def _move(self, fader, gain):
        if self.n is None:  # not in a patch yet: there is nothing to click
            fader.begin(gain)
        else:
            fader.set(gain, self.n)


def checked_gain(gain) -> float:
    """A gain as a float; TypeError or ValueError if it is none from -16 to 16."""
    return number("gain", gain, -MOST, MOST)
