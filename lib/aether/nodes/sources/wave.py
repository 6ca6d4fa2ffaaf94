"""Nodes that make the waves of synthesisers, with no harmonic above half the rate."""

from aether.nodes.sources.oscillator import Oscillator


class Saw(Oscillator):
    """A falling saw: all harmonics, the h-th with an amplitude of 1 / h.

    It has tables for each octave, up to 85 harmonics; where the pitch goes to another table, a
    block fades from one to the other. All that use a wave share its tables, 4 to 19 KB.
    Parameters, inlet and outlet are those of Oscillator.
    """

    WAVE = "saw"


class Square(Oscillator):
    """A square: the odd harmonics, with amplitudes of 1 / h. Else as Saw."""

    WAVE = "square"


class Triangle(Oscillator):
    """A triangle: the odd harmonics up to the 41st, of 1 / h**2 in turns of sign. Else as Saw."""

    WAVE = "triangle"
