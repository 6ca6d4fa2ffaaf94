"""The filters of R. Bristow-Johnson's Audio EQ Cookbook, with its parameters.

Their transfer functions are those of the Cookbook; they are computed as state-variable filters,
which stay exact at low cutoffs and quiet while they move. A is 10 ** (gain / 40).
"""

from aether.checks import number
from aether.nodes.filters.filter_base import HIGHEST, LOWEST, TwoPoles

# What the shelves do to a cutoff must leave it at 10 Hz or more.
_SHELF = 20
_DB = 18


class _Biquad(TwoPoles):
    _LOWEST = LOWEST
    _LEAST_Q = 0.2

    def __init__(self, cutoff: float = 1000, q: float = 0.7071, channels: int = 1):
        super().__init__(channels)
        self._cutoff = number("cutoff", cutoff, self._LOWEST, HIGHEST, "Hz")
        self._q = number("q", q, self._LEAST_Q, 40)

    @property
    def cutoff(self) -> float:
        return self._cutoff

    @cutoff.setter
    def cutoff(self, cutoff: float):
        self._cutoff = number("cutoff", cutoff, self._LOWEST, HIGHEST, "Hz")
        self._set()

    @property
    def q(self) -> float:
        return self._q

    @q.setter
    def q(self, q: float):
        self._q = number("q", q, self._LEAST_Q, 40)
        self._set()

    def _shape(self):
        k = 1 / self._q
        return self._cutoff, 1, k, self._mix(k)

    def __str__(self):
        return "%s %s Hz q %s" % (type(self).__name__, self._cutoff, self._q)


class LowPass(_Biquad):
    """A low pass of 12 dB an octave.

    cutoff: 10 to 20000 Hz, held below 0.46 of the rate. q: 0.2 to 40, the gain at the cutoff;
    0.7071 for no resonance. Both may be set at any time and move without clicks. channels: 1, or 2
    for inlets and outlets `left` and `right`. Main program only; allocates. Source: Cookbook, LPF.
    """

    def _mix(self, k):
        return 0, 0, 1


class HighPass(_Biquad):
    """A high pass of 12 dB an octave; parameters of LowPass. Source: Cookbook, HPF."""

    def _mix(self, k):
        return 1, -k, -1


class BandPass(_Biquad):
    """A band pass, 0 dB at its cutoff; parameters of LowPass. Source: Cookbook, BPF (0 dB)."""

    def _mix(self, k):
        return 0, k, 0


class Notch(_Biquad):
    """It takes out what is at its cutoff; parameters of LowPass. Source: Cookbook, notch."""

    def _mix(self, k):
        return 1, -k, 0


class _Equalizer(_Biquad):
    _LEAST_Q = 0.5

    def __init__(
        self, cutoff: float = 1000, q: float = 0.7071, gain: float = 0, channels: int = 1
    ):
        super().__init__(cutoff, q, channels)
        self._gain = _checked_gain(gain)

    @property
    def gain(self) -> float:
        return self._gain

    @gain.setter
    def gain(self, gain: float):
        self._gain = _checked_gain(gain)
        self._set()

    def __str__(self):
        return "%s %s dB" % (super().__str__(), self._gain)


class Peak(_Equalizer):
    """Louder or softer around its cutoff.

    cutoff: 10 to 20000 Hz, held below 0.46 of the rate. q: 0.5 to 40. gain: -18 to 18 dB, at the
    cutoff. All may be set at any time and move without clicks. channels: 1, or 2 for inlets and
    outlets `left` and `right`. Main program only; allocates. Source: Cookbook, peakingEQ.
    """

    def _shape(self):
        a = 10 ** (self._gain / 40)
        k = 1 / (self._q * a)
        return self._cutoff, 1, k, (1, k * (a * a - 1), 0)


class LowShelf(_Equalizer):
    """Louder or softer below its cutoff, 20 to 20000 Hz, where it has half of its gain in dB.

    Other parameters are those of Peak; q 0.7071 is the steepest with no bump. Source: Cookbook,
    lowShelf.
    """

    _LOWEST = _SHELF

    def _shape(self):
        a = 10 ** (self._gain / 40)
        k = 1 / self._q
        return self._cutoff, a**-0.5, k, (1, k * (a - 1), a * a - 1)


class HighShelf(_Equalizer):
    """Louder or softer above its cutoff; see LowShelf. Source: Cookbook, highShelf."""

    _LOWEST = _SHELF

    def _shape(self):
        a = 10 ** (self._gain / 40)
        k = 1 / self._q
        return self._cutoff, a**0.5, k, (a * a, k * (1 - a) * a, 1 - a * a)


def _checked_gain(gain):
    return number("gain", gain, -_DB, _DB, "dB")
