"""A node that is an instrument: many voices of band-limited waves, rendered in one call a block.

In a graph it is a source; without one, a stream plays it:

    bank = Bank(64)
    bank.prepare(driver.true_rate(), 64)
    bank.patch(0, wave="saw", attack=0.01, decay=0.3, sustain=0.5, release=0.4)
    stream = I2SOut(driver, pool, bank.render)
    bank.note_on(60, 100)

`places` says how it lies in memory, and `portable` what its kernels compute: whole numbers, until
the sums become float blocks.
"""

from array import array

from aether.checks import check_channels, number, whole
from aether.nodes.bank.choice import kernels, voices
from aether.nodes.bank.patches import patch_words
from aether.nodes.bank.places import (
    BEND_ZERO,
    BENDS,
    PATCH,
    PATCH_AT,
    PATCHES,
    PEDALS,
    RECORDS,
    SOUNDING,
    VOICE,
)
from aether.nodes.bank.waves import NAMES, build
from aether.nodes.bank.words import words_of
from aether.nodes.node import IDLE, Node

# A call of it needs a word less than one of `voices.begin`.
_begin = voices.begin

MOST_VOICES = 128
# A bend goes that far, in 8,192ths of a semitone: four octaves.
MOST_BEND = 48 * 8192


class Bank(Node):
    """`count` voices, and 16 patches that say how they sound.

    count: 1 to 128. waves: those that patches can name, of "sine", "triangle", "square" and "saw",
    or lists of the amplitudes of up to 170 harmonics, which patches name by their place; a wave
    takes 1 to 19 KB. channels: 2, with outlets `left` and `right`, or 1. headroom: so many voices
    at full level add up to 1; 1, 2, 4 and so on up to 128. interpolate: False leaves out what
    makes a wave smooth between the entries of its table, for a fifth more voices. tune: Hz of the
    note 69, 220 to 880.

    Notes, pedals and bends are for the main program and for soft callbacks; they allocate nothing
    and raise nothing: what cannot be played is not. In a render in a hard interrupt they must be
    called from there alone. The rest is for the main program, and allocates. ValueError or
    TypeError for anything else.
    """

    INLETS = ()
    OUTLETS = ("left", "right")

    def __init__(
        self,
        count: int = 32,
        waves=NAMES,
        *,
        channels: int = 2,
        headroom: int = 8,
        interpolate: bool = True,
        tune: float = 440.0,
    ):
        super().__init__()
        self.count = whole("count", count, 1, MOST_VOICES)
        self.channels = check_channels(channels)
        if headroom not in (1, 2, 4, 8, 16, 32, 64, 128):
            raise ValueError("headroom must be 1, 2, 4 and so on up to 128, not %s" % headroom)
        if channels == 1:
            self.OUTLETS = ("out",)
        self.interpolate = bool(interpolate)
        self._headroom = headroom
        self._tune = number("tune", tune, 220, 880, "Hz")
        if not isinstance(waves, (list, tuple)):
            raise TypeError("waves must be a list, not %s" % type(waves).__name__)
        if not waves:
            raise ValueError("a bank must have a wave")
        self._waves = list(waves)
        self._tables, self._lists = build(self._waves)
        name = "mono" if channels == 1 else "stereo"
        self._mix = getattr(kernels, "mix_%s%s" % (name, "" if interpolate else "_nearest"))
        self._drain = getattr(kernels, "drain_" + name)
        # Until the rate is known there are no voices; the first patch is there from the start.
        self._words = None
        self._patches = {}
        self.patch(0)

    def prepare(self, rate: float, n: int):
        """As for any node. rate: 1,000 to 200,000; n: 4 to 1,024."""
        super().prepare(number("rate", rate, 1000, 200000, "Hz"), whole("n", n, 4, 1024))

    def ready(self):
        self._words = words_of(
            self.rate, self.n, self.count, self.channels, self._headroom, self._tune
        )
        first = 4 * self._words[RECORDS]
        records = [first + 4 * VOICE * i for i in range(self.count)]
        self._every = array("I", [self.count] + records)
        self._todo = array("I", [0] + records)
        for index in self._patches:
            self._write(index)

    def patch(
        self,
        index: int,
        *,
        wave=0,
        attack: float = 0.005,
        decay: float = 0.3,
        sustain: float = 0.7,
        release: float = 0.2,
        level: float = 1.0,
        pan: int = 64,
    ):
        """Say how notes of a patch sound from now on.

        index: 0 to 15; before it is set, a patch is as the first. wave: one of the bank's, by its
        name or its place. attack, decay, release: 0 to 20 seconds, each at least 32 frames; in
        decay and release a voice gets 60 dB nearer to where it goes. sustain and level: 0 to 1.
        pan: 0, left, to 127, right, with the same power everywhere. Voices that sound keep what
        they began with, but that the next stage of an envelope takes the new times.
        """
        whole("index", index, 0, PATCHES - 1)
        for name, seconds in (("attack", attack), ("decay", decay), ("release", release)):
            number(name, seconds, 0, 20, "seconds")
        number("sustain", sustain, 0, 1, "of the peak")
        number("level", level, 0, 1, "of full level")
        whole("pan", pan, 0, 127)
        at = self._lists[self._place(wave)]
        self._patches[index] = (at, attack, decay, sustain, release, level, pan)
        if self._words is not None:
            self._write(index)

    def _place(self, wave):
        if isinstance(wave, str):
            if wave not in self._waves:
                known = ", ".join([str(name) for name in self._waves])
                raise ValueError("wave must be one of the bank's, %s, not '%s'" % (known, wave))
            return self._waves.index(wave)
        return whole("wave", wave, 0, len(self._waves) - 1)

    def _write(self, index):
        # Beside the words in use, which a single one then leaves behind.
        words = self._words
        at, attack, decay, sustain, release, level, pan = self._patches[index]
        new = patch_words(at, self.rate, attack, decay, sustain, release, level, pan)
        own = words[RECORDS] - 2 * PATCH * (PATCHES - index)
        if words[PATCH_AT + index] == own:
            own += PATCH
        for i in range(PATCH):
            words[own + i] = new[i]
        words[PATCH_AT + index] = own
        if index == 0:
            for other in range(PATCHES):
                if other not in self._patches:
                    words[PATCH_AT + other] = own

    def calls(self, ins, outs):
        return [(self.render, outs[0], outs[-1])]

    def kept(self):
        return [self.state, self._words]

    # Below, nothing allocates: frames have at most eleven words.

    def render(self, left, right=None, n=0):
        """Fill zeroed blocks, as a stream hands them over; n does not matter. Allocates nothing.

        In whatever context the stream renders.
        """
        words = self._words
        if words[SOUNDING]:
            if self._mix(words, self._tables, self._every, self._todo):
                self._go_on()
            self._drain(left, right, words)
            if not words[SOUNDING]:
                self.state[IDLE] = 1

    def _go_on(self):
        # Voices whose piece of an envelope ends within the block.
        todo = self._todo
        more = 1
        while more:
            voices.decide(self._words, todo)
            more = self._mix(self._words, self._tables, todo, todo)

    def note_on(
        self, note: int, velocity: int = 100, frame: int = 0, patch: int = 0, pan: int = -1
    ):
        """Begin a note at a frame of the next block: the number of its voice, or -1 for none.

        note: 0 to 127, 69 is `tune`; velocity: 1 to 127, whose square is the level; pan: 0 to 127,
        or -1 for the patch's. Where all voices sound, the quietest gives way, one that was let go
        before one that is held: it fades out, and the note begins 64 frames later.
        """
        if self._words is None or velocity < 1:
            return -1
        frame = frame & 1023 | (patch & 15) << 10
        frame |= (pan + 1 & 0xFF) << 14 | min(velocity, 127) << 22
        note = _begin(self._words, self._tables, note, frame)
        if note >= 0:
            self.state[IDLE] = 0
        return note

    def note_off(self, note: int, frame: int = 0, patch: int = 0):
        """Let go of a note at a frame of the next block; while the pedal is down, it sounds on."""
        if self._words is not None and 0 <= note < 128:
            note |= (patch & 15) << 8
            voices.let_go(self._words, note, 0xFFFF, 1, frame)

    def all_off(self, patch: int = -1):
        """Let go of all notes, of a patch or of all, whatever the pedal says."""
        if self._words is not None:
            if patch < 0:
                voices.let_go(self._words, 0, 0, 3, 0)
            else:
                voices.let_go(self._words, patch << 8, 0xFF00, 3, 0)

    def sustain(self, down: bool, patch: int = 0):
        """Press or lift the pedal of a patch."""
        words = self._words
        patch &= 15
        if words is None:
            return
        if down:
            words[PEDALS] |= 1 << patch
        else:
            words[PEDALS] &= ~(1 << patch)
            voices.let_go(words, patch << 8, 0xFF00, 2, 0)

    def bend(self, amount: int, patch: int = 0):
        """Bend all notes of a patch by so many 8,192ths of a semitone, and those to come."""
        words = self._words
        if words is None:
            return
        patch &= 15
        words[BENDS + patch] = min(max(amount, -MOST_BEND), MOST_BEND) + BEND_ZERO
        voices.tune(words, self._tables, 0, self.count, patch)

    def sounding(self) -> int:
        """How many voices sound."""
        return self._words[SOUNDING] if self._words is not None else 0

    def __str__(self):
        return "Bank of %d voices" % self.count
