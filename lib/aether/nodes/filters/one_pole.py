"""Filters of one pole: 6 dB an octave."""

from aether.checks import number
from aether.nodes.filters.filter_base import HIGHEST, LOWEST, TwoPoles


class _OnePole(TwoPoles):
    # With k = 2 both poles are the same, and a zero of the mix takes one away.
    def __init__(self, cutoff: float = 1000, channels: int = 1):
        super().__init__(channels)
        self._cutoff = number("cutoff", cutoff, LOWEST, HIGHEST, "Hz")

    @property
    def cutoff(self) -> float:
        return self._cutoff

    @cutoff.setter
    def cutoff(self, cutoff: float):
        self._cutoff = number("cutoff", cutoff, LOWEST, HIGHEST, "Hz")
        self._set()

    def _shape(self):
        return self._cutoff, 1, 2, self._MIX

    def __str__(self):
        return "%s %s Hz" % (type(self).__name__, self._cutoff)


class LowPass1(_OnePole):
    """A low pass of 6 dB an octave.

    cutoff: 10 to 20000 Hz, held below 0.46 of the rate, where it has -3 dB; it may be set at any
    time and moves without clicks. channels: 1, or 2 for inlets and outlets `left` and `right`.
    Main program only; allocates. Source: 1 / (1 + s), by the bilinear transform.
    """

    _MIX = (0, 1, 1)


class HighPass1(_OnePole):
    """A high pass of 6 dB an octave: s / (1 + s); see LowPass1."""

    _MIX = (1, -1, -1)
