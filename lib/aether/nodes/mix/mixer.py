"""A node that adds up what it gets."""

from aether.checks import check_channels, whole
from aether.nodes.fader import Fader, Sum, checked_gain


class Mixer(Sum):
    """The sum of its inputs, each with a gain.

    inputs: 1 to 64, or a list of their gains, -16 to 16; 1 if nothing is said. channels: 1, with
    inlets `1`, `2` and so on, or 2, with inlets `1 left`, `1 right` and outlets `left`, `right`.
    An input may stay without a cord. Nothing is clipped: floats have room. Main program only;
    allocates.
    """

    def __init__(self, inputs=2, channels: int = 1):
        check_channels(channels)
        gains = inputs
        if not isinstance(inputs, (list, tuple)):
            gains = [1.0] * whole("inputs", inputs, 1, 64)
        whole("the number of inputs", len(gains), 1, 64)
        faders = []
        names = []
        for i, gain in enumerate(gains):
            gain = checked_gain(gain)
            for channel in range(channels):
                faders.append(Fader(len(faders), channel, gain))
                names.append(str(i + 1) + ("", (" left", " right")[channel])[channels - 1])
        super().__init__(faders)
        self.INLETS = self.OPTIONAL = tuple(names)
        if channels == 2:
            self.OUTLETS = ("left", "right")

    def gain(self, number: int) -> float:
        """The gain of an input, counted from 1."""
        return self._of(number)[0].gain

    def set_gain(self, number: int, gain: float):
        """Move an input, counted from 1, to another gain over one block. Main program only."""
        gain = checked_gain(gain)
        for fader in self._of(number):
            self._move(fader, gain)

    def _of(self, number):
        channels = len(self.OUTLETS)
        number = whole("the number of an input", number, 1, len(self.faders) // channels)
        return self.faders[(number - 1) * channels :][:channels]

    def __str__(self):
        gains = [str(fader.gain) for fader in self.faders[:: len(self.OUTLETS)]]
        return "Mixer " + " ".join(gains)
