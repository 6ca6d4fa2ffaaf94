"""A node that makes sines."""

from aether.nodes.sources.oscillator import Oscillator


class Sine(Oscillator):
    """A sine, from a table of 1,024 entries and straight lines between: all else is below -90 dB.

    Parameters, inlet and outlet are those of Oscillator.
    """

    WAVE = "sine"
