"""A node that puts a sound between left and right."""

from math import cos, pi, sin

from aether.checks import number
from aether.nodes.fader import Fader, Sum


class Pan(Sum):
    """Its inlet on two outlets, `left` and `right`, with the same power wherever it is.

    position: -1, left, to 1, right; it may be set at any time and moves over one block. At 0 both
    sides have 0.7071 of the sound: sine and cosine of the position. Main program only; allocates.
    """

    OUTLETS = ("left", "right")

    def __init__(self, position: float = 0.0):
        left, right = _gains(position)
        super().__init__([Fader(0, 0, left), Fader(0, 1, right)])
        self._position = float(position)

    @property
    def position(self) -> float:
        return self._position

    @position.setter
    def position(self, position: float):
        gains = _gains(position)
        for fader, gain in zip(self.faders, gains):  # noqa: B905, MicroPython has no strict
            self._move(fader, gain)
        self._position = float(position)

    def __str__(self):
        return "Pan %s" % self._position


def _gains(position):
    angle = (number("position", position, -1, 1, "(left to right)") + 1) * pi / 4
    # Exactly nothing on the far side, so that it is left out.
    return cos(angle) if position < 1 else 0.0, sin(angle)
