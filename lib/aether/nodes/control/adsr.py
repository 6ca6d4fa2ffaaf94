"""A node that gives a sound a beginning and an end."""

from math import exp, log

from aether import kernels
from aether.checks import number
from aether.nodes.control.adsr_words import (
    EVENTS,
    FRESH,
    HEAD,
    IDLE,
    NEXT,
    ONE,
    SIZE,
    TAIL,
    WORDS,
)
from aether.nodes.node import OWN, Node

try:
    from aether.nodes.control import adsr_viper as _hot
except (ImportError, SyntaxError, ValueError):
    from aether.nodes.control import adsr_portable as _hot

# How far beyond its goal a stage aims, as a part of the way there: half, and a 1,024th.
_UP, _DOWN = 1, 10
# A piece has at most 2**6 frames.
_LONGEST = 6


class ADSR(Node):
    """An envelope: attack to 1, decay to the sustain level, and from there release to 0.

    With a cord to its inlet it puts out that sound times the envelope, else the envelope itself;
    what is NaN stays NaN, for that sample.
    attack, decay, release: 0.001 to 60 seconds, exact to the frame; each is what a stage takes
    from wherever it begins. sustain: 0 to 1. All may be set at any time; a stage that goes on
    keeps its time, and a held note goes to another sustain level in the time of a decay. Main
    program only; allocates.

    A stage is an exponential as of a capacitor that is charged: the attack aims half its way
    beyond its goal, the others 1/1024. It is played in straight pieces, at least 32 of them, of a
    power of two of frames, at most 64. Nothing but times and goals are decided by numbers of
    frames: a stage always ends where the next begins, so that nothing clicks.
    """

    OPTIONAL = ("in",)
    RULE = OWN

    def __init__(
        self,
        attack: float = 0.005,
        decay: float = 0.2,
        sustain: float = 0.7,
        release: float = 0.3,
    ):
        super().__init__(WORDS)
        self._times = [_seconds("attack", attack), _seconds("decay", decay)]
        self._times.append(_seconds("release", release))
        self._sustain = number("sustain", sustain, 0, 1)

    def ready(self):
        self._scratch = bytearray(4 * self.n)
        self._write()

    def on(self, frame: int = 0):
        """Begin a note at a frame of the next block, from whatever the envelope is by then.

        on() and off(): in the main program or a soft callback, in one of them; they allocate
        nothing. What they say is done in their order, a frame that is too early or too late as
        soon or as late as can be; of more than seven in a block the last takes the place of the
        one before.
        """
        self._add(frame, 1)

    def off(self, frame: int = 0):
        """Let go of it at a frame of the next block. As on()."""
        self._add(frame, 0)

    def _add(self, frame, on):
        if self.n is None:
            return
        frame = min(max(frame, 0), self.n - 1)
        state = self.state
        head = state[HEAD]
        after = head + 1 & 7
        if after == state[TAIL]:
            state[EVENTS + (head - 1 & 7)] = 2 * frame + on
        else:
            state[EVENTS + head] = 2 * frame + on
            state[HEAD] = after
        state[IDLE] = 0

    @property
    def attack(self) -> float:
        return self._times[0]

    @attack.setter
    def attack(self, seconds: float):
        self._set(0, _seconds("attack", seconds))

    @property
    def decay(self) -> float:
        return self._times[1]

    @decay.setter
    def decay(self, seconds: float):
        self._set(1, _seconds("decay", seconds))

    @property
    def release(self) -> float:
        return self._times[2]

    @release.setter
    def release(self, seconds: float):
        self._set(2, _seconds("release", seconds))

    @property
    def sustain(self) -> float:
        return self._sustain

    @sustain.setter
    def sustain(self, sustain: float):
        self._sustain = number("sustain", sustain, 0, 1)
        self._write()

    def _set(self, which, seconds):
        self._times[which] = seconds
        self._write()

    def _write(self):
        if self.rate is None:
            return
        words = [int(self._sustain * 1073741823)]
        for seconds, beyond in zip(self._times, (_UP, _DOWN, _DOWN)):  # noqa: B905
            words += _stage(seconds, beyond, self.rate)
        state = self.state
        state[FRESH] = 0  # a block that begins now takes nothing that is half written
        for i in range(3 * SIZE + 1):
            state[NEXT + i] = min(words[i], ONE)
        state[FRESH] = 1
        state[IDLE] = 0

    def calls(self, ins, outs):
        out = outs[0]
        calls = [
            (_hot.envelope, self.state, self._scratch),
            (kernels.mono_from_pcm32, out, self._scratch),
        ]
        if ins[0] is not None:
            calls.append((kernels.multiply, out, ins[0]))
        return calls

    def __str__(self):
        attack, decay, release = self._times
        return "ADSR %s s, %s s, %s, %s s" % (attack, decay, self._sustain, release)


def _seconds(name, seconds):
    return number(name, seconds, 0.001, 60, "seconds")


def _stage(seconds, beyond, rate):
    # The words of a stage.
    frames = max(int(seconds * rate + 0.5), 1)
    length = 0
    while length < _LONGEST and frames >> length >= 64:
        length += 1
    # After all its frames, what is left of the way to the aim is what lies beyond the goal.
    x = log((1 << beyond) + 1) * (1 << length) / frames
    part = x * (1 - x / 2 * (1 - x / 3)) if x < 0.01 else 1 - exp(-x)
    down = 0
    while part < 0.5:
        part *= 2
        down += 1
    return [frames, length, int(part * 1073741823), down, beyond]
