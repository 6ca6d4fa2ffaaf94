"""The app `groovebox`: drums, a bass and chords in sixteen steps, to be changed while they play.

At the prompt:

    app.tempo = 128
    app.kick = "x...x...x...x.x."        # sixteen steps: a dot is a rest
    app.snare = "....x.......x..x"
    app.hat = "..x...x...x...x."
    app.bass = [36, 0, 36, 48] * 4       # notes, 36 is the low C; 0 is a rest
    app.chords = [(60, 63, 67), (58, 62, 65)]   # one a bar
    app.mute("hat")
    app.filter.cutoff = 3000
"""

import gc

from aether import BUFFER_SIZE, Graph, I2SOut, SharedBufferPool, kernels
from aether.checks import number, whole
from aether.drivers import from_board
from aether.nodes import (
    ADSR,
    BandPass,
    Bank,
    Gain,
    HighPass,
    LowPass,
    Mixer,
    Noise,
)
from aether.ticks import sleep_ms

POOL = 14
STEPS = 16
# Harmonics of bass and chords: below a low pass, 24 are enough, in half the tables of a "saw".
SAW = [1 / h for h in range(1, 25)]
KICK = "x...x...x...x..."
SNARE = "....x.......x..."
HAT = "x.x.x.xxx.x.x.xx"
BASS = [36, 0, 0, 36, 0, 36, 0, 0, 39, 0, 0, 39, 0, 34, 0, 36]
CHORDS = [(60, 63, 67, 70), (56, 60, 63, 67), (58, 62, 65, 68), (55, 58, 62, 65)]
# Patches of the bank.
_BASS, _CHORDS = 0, 1
_DRUMS = ("kick", "snare", "hat")
# The note of the drum, and from how far above it falls, in 8,192ths of a semitone.
_DRUM = 31
_HIGH = 36 * 8192


def start(board, *, tempo=112, level=0.7, rate=None, bits=16):
    """Play, and return the Groovebox; it plays on behind the prompt.

    board: the board's module. tempo: 40 to 240 quarters a minute, of four steps each. level: 0 to
    1. rate: frames a second, or None for the board's. bits: 16 or 32. ValueError or TypeError for
    anything else. Main program only; allocates.
    """
    box = Groovebox(board, tempo, level, rate, bits)
    box.stream.start()
    return box


class Groovebox:
    """Drums, bass and chords: `graph` is their patch, `stream` its I2SOut."""

    def __init__(self, board, tempo, level, rate, bits):
        level = number("level", level, 0, 1, "of full scale")
        driver = from_board(board, rate=board.RATE if rate is None else rate, bits=bits)
        try:
            self._patch(driver, level)
            self._lines(driver, tempo)
            gc.collect()  # the rings of a bus want their room in one piece
            self.stream = I2SOut(driver, self.graph.pool, self._render)
        except BaseException:
            driver.deinit()
            raise
        self.status = "groovebox on %s, %d Hz, %d bit stereo, kernels %s" % (
            board.NAME,
            driver.rate,
            bits,
            kernels.backend,
        )

    def _patch(self, driver, level):
        self.graph = graph = Graph(SharedBufferPool(POOL), driver.true_rate())
        add, connect = graph.add, graph.connect
        # A drum is a low sine that falls from three octaves above.
        self.kicks = add(Bank(2, ["sine"], channels=1, headroom=1), "kicks")
        self.kicks.patch(0, attack=0.001, decay=0.5, sustain=0, release=0.1)
        # The others are noise of which a filter leaves a part.
        self.noise = add(Noise(0.8), "noise")
        self.rattle = add(BandPass(1900, q=0.8), "rattle")
        self.snares = add(ADSR(0.001, 0.14, 0, 0.05), "snares")
        self.sizzle = add(HighPass(7500), "sizzle")
        self.hats = add(ADSR(0.001, 0.04, 0, 0.02), "hats")
        connect(self.noise, self.rattle)
        connect(self.rattle, self.snares)
        connect(self.noise, self.sizzle)
        connect(self.sizzle, self.hats)
        self.bank = add(Bank(12, [SAW], channels=1, headroom=4), "bank")
        self.bank.patch(_BASS, attack=0.003, decay=0.25, sustain=0.3, level=0.9)
        self.bank.patch(_CHORDS, attack=0.03, decay=0.8, sustain=0.5, release=0.6, level=0.35)
        self.filter = add(LowPass(1200, q=1.6), "filter")
        connect(self.bank, self.filter)
        self.mixer = add(Mixer([0.9, 0.6, 0.35, 0.8]), "mixer")
        for each in (self.kicks, self.snares, self.hats, self.filter):
            connect(each, self.mixer)
        self.volume = add(Gain(level), "volume")
        connect(self.mixer, self.volume)
        graph.output(self.volume)
        graph.compile()

    def _lines(self, driver, tempo):
        # Per drum a byte a step; what is muted is kept.
        self._hits = [bytearray(STEPS) for _ in _DRUMS]
        self._muted = [0, 0, 0]
        self._fall = 0
        self._bass = bytearray(STEPS)
        self._chords = ()
        self._rate = driver.true_rate()
        self.tempo = tempo
        self.kick, self.snare, self.hat = KICK, SNARE, HAT
        self.bass, self.chords = BASS, CHORDS
        # In 256ths of a frame: when the next step begins, from the start of the next block.
        self._due = 0
        self._step = self._bar = self._low = 0
        self._play = self.graph.render

    @property
    def tempo(self) -> float:
        """Quarters a minute, 40 to 240; it may be set at any time."""
        return self._tempo

    @tempo.setter
    def tempo(self, tempo: float):
        self._tempo = number("tempo", tempo, 40, 240, "quarters a minute")
        self._length = int(self._rate * 256 * 15 / tempo + 0.5)

    def _set_drum(self, name, pattern):
        if not isinstance(pattern, str) or len(pattern) != STEPS:
            raise ValueError("%s must be a text of %d steps, as 'x...x...'" % (name, STEPS))
        hits = self._hits[_DRUMS.index(name)]
        for i, mark in enumerate(pattern):
            hits[i] = mark not in ". -"

    def _pattern(self, name):
        return "".join(["x" if hit else "." for hit in self._hits[_DRUMS.index(name)]])

    kick = property(lambda s: s._pattern("kick"), lambda s, p: s._set_drum("kick", p))
    snare = property(lambda s: s._pattern("snare"), lambda s, p: s._set_drum("snare", p))
    hat = property(lambda s: s._pattern("hat"), lambda s, p: s._set_drum("hat", p))

    @property
    def bass(self):
        """Sixteen notes, 0 for a rest."""
        return list(self._bass)

    @bass.setter
    def bass(self, notes):
        if len(notes) != STEPS:
            raise ValueError("bass must have %d notes, not %d" % (STEPS, len(notes)))
        for i, note in enumerate([whole("a note", note, 0, 127) for note in notes]):
            self._bass[i] = note

    @property
    def chords(self):
        """A chord for each bar, which then begin again: tuples of notes."""
        return [tuple(chord) for chord in self._chords]

    @chords.setter
    def chords(self, chords):
        self._chords = tuple(
            [bytes([whole("a note", note, 1, 127) for note in chord]) for chord in chords]
        )

    def mute(self, drum: str, muted: bool = True):
        """Leave "kick", "snare" or "hat" out, or let it in again."""
        if drum not in _DRUMS:
            raise ValueError("drum must be one of %s, not '%s'" % (", ".join(_DRUMS), drum))
        self._muted[_DRUMS.index(drum)] = int(muted)

    def stop(self):
        """Fade out, play what is buffered, close the bus. Does nothing if it is stopped."""
        if self.stream.playing():
            self.volume.gain = 0
            sleep_ms(10)
        self.stream.stop()
        self.graph.close()

    def stats(self) -> dict:
        """The stream's counters, see I2SOut.stats()."""
        return self.stream.stats()

    # The path of a callback: allocates nothing.

    def _render(self, left, right):
        while self._due < BUFFER_SIZE << 8:
            self._begin(self._due >> 8)
            self._due += self._length
        self._due -= BUFFER_SIZE << 8
        if self._fall:
            self._fall = self._fall * 7 >> 3
            self.kicks.bend(self._fall)
        self._play(left, right)

    def _begin(self, frame):
        # One step, at a frame of the block.
        step = self._step
        self._drum(step, frame)
        self._note(self._bass[step], frame)
        if step == 0:
            self._chord(frame)
        self._step = (step + 1) % STEPS

    def _drum(self, step, frame):
        if self._hits[0][step] and not self._muted[0]:
            self.kicks.note_on(_DRUM, 127, frame)
            self._fall = _HIGH
        self._noise(self.snares, self._hits[1][step] and not self._muted[1], frame)
        self._noise(self.hats, self._hits[2][step] and not self._muted[2], frame)

    def _noise(self, envelope, hit, frame):
        if hit:
            envelope.on(frame)
        else:
            envelope.off(frame)

    def _note(self, note, frame):
        if self._low:
            self.bank.note_off(self._low, frame, _BASS)
        self._low = note
        if note:
            self.bank.note_on(note, 110, frame, _BASS)

    def _chord(self, frame):
        self.bank.all_off(_CHORDS)
        chords = self._chords
        if chords:
            self._notes = chords[self._bar % len(chords)]
            self._bar = (self._bar + 1) % len(chords)
            for k in range(len(self._notes)):
                self._add(k, frame)

    def _add(self, k, frame):
        # By itself: with it, the frame above would come from the heap.
        self.bank.note_on(self._notes[k], 90, frame, _CHORDS)
