"""A node that puts a sound into a room."""

from array import array
from math import sqrt

from aether.checks import check_channels, number
from aether.nodes.effects.choice import best
from aether.nodes.effects.effect import Effect
from aether.nodes.effects.words import (
    ALLPASSES,
    COMBS,
    DAMPING,
    DAMPING_NEXT,
    DRY,
    FEED,
    LONGEST,
    NEXT,
    QUIET,
    RECORD,
    RECORDS,
    REVERB_WORDS,
    ROOM,
    ROOM_NEXT,
    WET,
)

# Milliseconds of the combs and allpasses, left and right in turn: no two have a common part.
_TIMES = (25.9, 27.1, 30.7, 32.3, 36.1, 37.9, 12.7, 11.3, 4.7, 5.3)


class Reverb(Effect):
    """Its inlet, and a room around it, on the outlets `left` and `right`.

    room: 0, a bathroom, to 1, a church: what a comb keeps of a sound, 0.7 to 0.98. damping: 0 to
    1, how much of the high tones is lost at every turn. mix: 0, only the inlet, to 1, only the
    room. These may be set at any time, and move over one block and some. size: 0.25 to 1.5, times
    the delays of the room; for good. channels: 1, or 2 for inlets `left` and `right`.

    After Schroeder (1962) and Moorer (1979): six parallel combs, each with a low-pass in its loop,
    and twice two allpasses in series. A sound is as loud as it came, whatever the room is. Its
    lines have 16 bits and clip at 2; noise and distortion of the room are below -68 dB of full
    scale, and end in nothing, where the node rests. They take 22 KB at 44.1 kHz and size 1, from
    when its graph is compiled on. Main program only; allocates.
    """

    OUTLETS = ("left", "right")
    GAINS = (DRY, WET, FEED)

    def __init__(self, room=0.5, damping=0.4, mix=0.3, size: float = 1.0, channels: int = 1):
        super().__init__(REVERB_WORDS)
        if check_channels(channels) == 2:
            self.INLETS = self.OUTLETS
        self.size = number("size", size, 0.25, 1.5)
        self.room = room
        self.damping = damping
        self.mix = mix

    @property
    def room(self) -> float:
        return self._room

    @room.setter
    def room(self, room: float):
        self._room = number("room", room, 0, 1)
        keep = 0.7 + 0.28 * room
        self.state[ROOM_NEXT] = int(keep * 32768)
        # As much power comes out of all combs as goes in.
        self.state[FEED + NEXT] = int(sqrt((1 - keep * keep) / COMBS) * 32768)

    @property
    def damping(self) -> float:
        return self._damping

    @damping.setter
    def damping(self, damping: float):
        self._damping = number("damping", damping, 0, 1)
        self.state[DAMPING_NEXT] = int(0.9 * damping * 32768)

    def ready(self):
        super().ready()
        state, n = self.state, self.n
        state[ROOM] = state[ROOM_NEXT]
        state[DAMPING] = state[DAMPING_NEXT]
        end = 0
        for k in range(COMBS + ALLPASSES):
            # Fours, so that assembler need not look for a line's end at every sample.
            delay = max(1, int(_TIMES[k] * self.size * self.rate / 4000)) * 4
            # A block more than the delay, in whole blocks, see lines_portable.
            length = -(-delay // n) * n + n
            at = RECORDS + RECORD * k
            state[at], state[at + 1], state[at + 2] = end, length, delay
            end += length
            state[LONGEST] = max(state[LONGEST], 2 * length)
        state[QUIET] = state[LONGEST]
        self._lines = array("h", bytes(2 * end))
        self._q = self._work(5)

    def calls(self, ins, outs):
        state, q = self.state, self._q
        return [
            (best("begin"), state),
            (best("take"), q[0], ins[0]),
            (best("take"), q[2], ins[-1]),
            (best("spread"), state, q[0]),
            (best("room"), state, self._lines, q[0]),
            (best("sides"), state, q[0]),
            (best("blend"), state, q[0]),
            (best("blend"), state, q[2]),
            (best("give"), outs[0], q[0]),
            (best("give"), outs[1], q[2]),
        ]

    def __str__(self):
        return "Reverb room %s damping %s mix %s" % (self.room, self.damping, self.mix)
