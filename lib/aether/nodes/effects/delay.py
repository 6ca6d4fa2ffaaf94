"""A node that repeats what it hears, softer and softer."""

from array import array

from aether.checks import number
from aether.nodes.effects.choice import best
from aether.nodes.effects.effect import Effect
from aether.nodes.effects.words import (
    DELAY_WORDS,
    DRY,
    FEED,
    LENGTH,
    NEXT,
    QUIET,
    TAP,
    TAP_NEXT,
    WET,
)

_LONGEST = 60


class Delay(Effect):
    """Its inlet, and echoes of it: a line that is read `seconds` behind, and fed with itself.

    seconds: 0 to `longest`, rounded to a sample, never less than a block. feedback: 0 to 0.98,
    what an echo has of the one before. mix: 0, only the inlet, to 1, only echoes; a straight line
    in between. All three may be set at any time: gains move over one block, and one distance
    fades into the other. longest: seconds up to 60, for good; `seconds` if nothing is said. The
    line takes two bytes a sample, 88 KB a second at 44.1 kHz, from when its graph is compiled on.

    The line has 16 bits and clips at 2: its noise is -95 dB of full scale, its echoes' distortion
    below -85 dB. An echo ends in nothing, and the node rests then.

    In a loop it puts out echoes only, whatever `mix` is, and they begin a block later at least.
    Main program only; allocates.
    """

    DELAYS = True
    GAINS = (DRY, WET, FEED)

    def __init__(self, seconds=0.25, feedback: float = 0.4, mix: float = 0.5, longest=None):
        super().__init__(DELAY_WORDS)
        if longest is None:
            longest = number("seconds", seconds, 0, _LONGEST)
        self.longest = number("longest", longest, 0, _LONGEST, "seconds")
        self.seconds = seconds
        self.feedback = feedback
        self.mix = mix

    @property
    def seconds(self) -> float:
        return self._seconds

    @seconds.setter
    def seconds(self, seconds: float):
        self._seconds = number("seconds", seconds, 0, self.longest)
        if self.n:
            self.state[TAP_NEXT] = self._samples(seconds)

    @property
    def feedback(self) -> float:
        return self._feedback

    @feedback.setter
    def feedback(self, feedback: float):
        self._feedback = number("feedback", feedback, 0, 0.98)
        self.state[FEED + NEXT] = int(feedback * 32768)

    def _samples(self, seconds):
        return max(self.n, int(seconds * self.rate + 0.5))

    def ready(self):
        super().ready()
        # A block more than the delay, see lines_portable.
        length = self._samples(self.longest) + self.n
        self._line = array("h", bytes(2 * length))
        self._q, self._wet = self._work(2)
        state = self.state
        state[LENGTH] = state[QUIET] = length
        state[TAP] = state[TAP_NEXT] = self._samples(self._seconds)

    def calls(self, ins, outs):
        return [
            (best("begin"), self.state),
            (best("take"), self._q, ins[0]),
            (best("echo"), self.state, self._line, self._q),
            (best("feed"), self.state, self._line, self._q),
            (best("blend"), self.state, self._q),
            (best("give"), outs[0], self._q),
        ]

    def delayed(self, outs):
        return [
            (best("begin"), self.state),
            (best("echo"), self.state, self._line, self._q),
            (best("give"), outs[0], self._wet),
        ]

    def taken(self, ins):
        return [
            (best("take"), self._q, ins[0]),
            (best("feed"), self.state, self._line, self._q),
        ]

    def __str__(self):
        return "Delay %s s feedback %s mix %s" % (self.seconds, self.feedback, self.mix)
