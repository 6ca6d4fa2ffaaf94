"""A filter to play with: its cutoff may be patched, its kind changed while it sounds."""

from aether.checks import number
from aether.nodes.filters import choice
from aether.nodes.filters.filter_base import HIGHEST, LOWEST, TwoPoles

_MODES = ("low", "band", "high", "notch")


class Filter(TwoPoles):
    """A state-variable filter, 12 dB an octave.

    cutoff: 10 to 20000 Hz, held below 0.46 of the rate. q: 0.2 to 40; 0.7071 for no resonance.
    mode: "low", "band" (0 dB at the cutoff), "high" or "notch". channels: 1, or 2 for inlets and
    outlets `left` and `right`. An inlet `cutoff`, which may stay without a cord, moves the cutoff
    by its first sample of each block, in octaves, within 16 up and down.

    All may be set at any time and move without clicks. Main program only; allocates. Source: V.
    Zavalishin, The Art of VA Filter Design.
    """

    INLETS = ("in", "cutoff")
    OPTIONAL = ("cutoff",)

    def __init__(
        self, cutoff: float = 1000, q: float = 0.7071, mode: str = "low", channels: int = 1
    ):
        super().__init__(channels)
        if channels == 2:
            self.INLETS = ("left", "right", "cutoff")
        self._cutoff = _checked_cutoff(cutoff)
        self._q = _checked_q(q)
        self._mode = _checked_mode(mode)

    @property
    def cutoff(self) -> float:
        return self._cutoff

    @cutoff.setter
    def cutoff(self, cutoff: float):
        self._cutoff = _checked_cutoff(cutoff)
        self._set()

    @property
    def q(self) -> float:
        return self._q

    @q.setter
    def q(self, q: float):
        self._q = _checked_q(q)
        self._set()

    @property
    def mode(self) -> str:
        return self._mode

    @mode.setter
    def mode(self, mode: str):
        self._mode = _checked_mode(mode)
        self._set()

    def _shape(self):
        k = 1 / self._q
        mixes = {"low": (0, 0, 1), "band": (0, k, 0), "high": (1, -k, -1), "notch": (1, -k, 0)}
        return self._cutoff, 1, k, mixes[self._mode]

    def calls(self, ins, outs):
        calls = super().calls(ins, outs)
        if ins[-1] is not None:
            calls.insert(0, (choice.bend, self.state, ins[-1]))
        return calls

    def __str__(self):
        return "Filter %s %s Hz q %s" % (self._mode, self._cutoff, self._q)


def _checked_cutoff(cutoff):
    return number("cutoff", cutoff, LOWEST, HIGHEST, "Hz")


def _checked_q(q):
    return number("q", q, 0.2, 40)


def _checked_mode(mode):
    if mode not in _MODES:
        raise ValueError("mode must be one of %s, not %s" % (", ".join(_MODES), mode))
    return mode
