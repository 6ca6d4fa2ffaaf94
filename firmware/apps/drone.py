"""The app `drone`: a patch that sounds for ever, to be played with at the prompt while it does.

    print(app.graph)
    app.note = 41                  # glides there; 36 is the C two octaves below the middle one
    app.filter.q = 4
    app.lfo.frequency = 0.5
    app.reverb.mix = 0.6

And patched anew while it plays:

    from aether.nodes import Delay
    echo = app.graph.add(Delay(0.5, feedback=0.6))
    app.graph.disconnect(app.filter, app.reverb)
    app.graph.connect(app.filter, echo)
    app.graph.connect(echo, app.reverb)
    app.graph.compile()
"""

import gc

from aether import Graph, I2SOut, SharedBufferPool, kernels
from aether.checks import number
from aether.drivers import from_board
from aether.nodes import LFO, Filter, Gain, Mixer, Reverb, Saw, Square
from aether.ticks import sleep_ms

# Patching anew takes the buffers of two patches.
POOL = 20
# Ratios: two saws that beat slowly, and a square an octave below.
_DETUNE = 1.004


def start(board, *, note=36, level=0.5, rate=None, bits=16):
    """Play, and return the Drone; it plays on behind the prompt.

    board: the board's module. note: 24 to 72, as MIDI counts them, in parts of a semitone if you
    like. level: 0 to 1. rate: frames a second, or None for the board's. bits: 16 or 32.
    ValueError or TypeError for anything else. Main program only; allocates.
    """
    drone = Drone(board, note, level, rate, bits)
    drone.stream.start()
    return drone


class Drone:
    """A patch that plays: `graph`, its nodes by name, `status`, and `stream`, its I2SOut."""

    def __init__(self, board, note, level, rate, bits):
        level = number("level", level, 0, 1, "of full scale")
        driver = from_board(board, rate=board.RATE if rate is None else rate, bits=bits)
        try:
            self._patch(driver, level)
            self.note = note
            gc.collect()  # the rings of a bus want their room in one piece
            self.stream = I2SOut(driver, self.graph.pool, self.graph.render)
        except BaseException:
            driver.deinit()
            raise
        self.status = "drone on %s, %d Hz, %d bit stereo, kernels %s: print(app.graph)" % (
            board.NAME,
            driver.rate,
            bits,
            kernels.backend,
        )

    def _patch(self, driver, level):
        self.graph = graph = Graph(SharedBufferPool(POOL), driver.true_rate())
        self.saw = graph.add(Saw(level=0.5), "saw")
        self.other = graph.add(Saw(level=0.5), "other")
        self.sub = graph.add(Square(level=0.3), "sub")
        self.mixer = graph.add(Mixer(3), "mixer")
        self.lfo = graph.add(LFO(0.07, depth=1.5), "lfo")
        self.filter = graph.add(Filter(400, q=2.5), "filter")
        self.reverb = graph.add(Reverb(room=0.8, mix=0.4), "reverb")
        self.volume = graph.add(Gain(level, channels=2), "volume")
        for wave in (self.saw, self.other, self.sub):
            graph.connect(wave, self.mixer)
        graph.connect(self.mixer, self.filter, inlet="in")
        graph.connect(self.lfo, self.filter, inlet="cutoff")
        graph.connect(self.filter, self.reverb)
        graph.connect(self.reverb, self.volume)
        graph.output(self.volume)
        graph.compile()

    @property
    def note(self) -> float:
        """What it plays: 24 to 72. Main program only; setting it allocates."""
        return self._note

    @note.setter
    def note(self, note: float):
        self._note = number("note", note, 24, 72)
        hertz = 440 * 2 ** ((note - 69) / 12)
        self.saw.frequency = hertz
        self.other.frequency = hertz * _DETUNE
        self.sub.frequency = hertz / 2

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
