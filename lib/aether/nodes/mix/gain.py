"""A node that makes sound louder or softer."""

from aether.checks import check_channels
from aether.nodes.fader import Fader, Sum, checked_gain


class Gain(Sum):
    """Its inlet times a gain.

    gain: -16 to 16, 1 for none; it may be set at any time and moves over one block. channels: 1,
    or 2 for inlets and outlets `left` and `right`. Main program only; allocates.
    """

    def __init__(self, gain: float = 1.0, channels: int = 1):
        gain = checked_gain(gain)
        super().__init__([Fader(i, i, gain) for i in range(check_channels(channels))])
        if channels == 2:
            self.INLETS = self.OUTLETS = ("left", "right")

    @property
    def gain(self) -> float:
        return self.faders[0].gain

    @gain.setter
    def gain(self, gain: float):
        gain = checked_gain(gain)
        for fader in self.faders:
            self._move(fader, gain)

    def __str__(self):
        return "Gain %s" % self.gain
