"""A node that makes a sound warmer and fuller: it clips, gently."""

from aether.checks import check_channels, number
from aether.nodes.effects.choice import best
from aether.nodes.effects.effect import Effect
from aether.nodes.effects.words import CLIP_WORDS, DRIVE, NEXT


class SoftClip(Effect):
    """Its inlet times `drive`, bent by a cubic curve that ends at -1 and 1, where it is level.

    y = (3 x - x**3) / 2 for x = drive * inlet, which is held within -1 to 1: soft sounds come out
    1.5 * drive as loud. drive: 1 to 64; it may be set at any time and moves over one block.
    channels: 1, or 2 for inlets and outlets `left` and `right`.

    The curve is odd. As long as drive * inlet stays within 1 it adds a third harmonic and nothing
    else, which is an alias where a tone lies above a sixth of the rate; beyond 1 there are higher
    ones, which fall by 18 dB an octave. Noise is below -90 dB of full scale. Main program only;
    allocates.
    """

    GAINS = (DRIVE,)

    def __init__(self, drive: float = 1.0, channels: int = 1):
        super().__init__(CLIP_WORDS)
        if check_channels(channels) == 2:
            self.INLETS = self.OUTLETS = ("left", "right")
        self.drive = drive

    @property
    def drive(self) -> float:
        return self._drive

    @drive.setter
    def drive(self, drive: float):
        self._drive = number("drive", drive, 1, 64)
        self.state[DRIVE + NEXT] = int(drive * 1024 + 0.5)

    def ready(self):
        super().ready()
        self._q = self._work(1)[0]

    def calls(self, ins, outs):
        calls = [(best("begin_soft"), self.state)]
        for i, block in enumerate(ins):
            calls += [
                (best("take"), self._q, block),
                (best("soft"), self.state, self._q),
                (best("give"), outs[i], self._q),
            ]
        return calls

    def __str__(self):
        return "SoftClip drive %s" % self.drive
