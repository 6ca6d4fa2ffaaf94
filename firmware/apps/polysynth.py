"""The app `polysynth`: a synthesiser of many voices, played by a MIDI file or a keyboard.

Without options it plays /piece.mid, once. At the prompt, `app.stop()` ends it, and this plays
another file, or what comes in by MIDI:

    import board
    from apps import polysynth
    app = polysynth.start(board, file="/song.mid", loop=True)
    app = polysynth.start(board, midi_in="uart")
"""

import gc
import sys
from array import array

import aether.midi
from aether import BUFFER_SIZE, I2SOut, SharedBufferPool, kernels
from aether.checks import number, whole
from aether.drivers import from_board
from aether.graph import Graph
from aether.midi import Player, Synth
from aether.nodes import Bank
from aether.ticks import sleep_ms
from apps import _polysynth_patches as patches

PIECE = "/piece.mid"
VOICES = 16
MOST_VOICES = 64
# Buffers: four of the patch, two of the stream, and two while another patch takes its place.
POOL = 8
# Seconds in which stop() fades out.
FADE = 0.03
_CELL = 4
# Bytes from one garbage collection to the next while all is made.
_OFTEN = 8192


def start(
    board,
    *,
    file=None,
    midi_in=None,
    channels=None,
    voices=VOICES,
    effects=True,
    loop=False,
    seconds=None,
    rate=None,
    bits=16,
):
    """Play, and return the Polysynth; it plays on behind the prompt.

    board: the board's module. file: path of a MIDI file of format 0 or 1, or None for /piece.mid,
    or for none where `midi_in` says where notes come from: "uart", the board's MIDI socket, or
    "usb", a computer. channels: the MIDI channels to be heard, an int of 0 to 15 or several, or
    None for all. voices: how many notes sound at once, 1 to 64. effects: False leaves out the
    filter, which controller 74 opens, and the reverb, with their time and memory. loop: the file
    again and again. seconds: 0.1 to 86,400, or None to play to the end of the file, or until
    stop(). rate: frames a second, or None for the board's. bits: 16 or 32.

    ValueError, TypeError or RuntimeError for anything else, and for a board without the memory,
    with nothing left open. Main program only; allocates.
    """
    often = _collect(_OFTEN)
    try:
        synth = Polysynth(
            board, file, midi_in, channels, voices, effects, loop, seconds, rate, bits
        )
    except MemoryError:
        raise ValueError("there is no memory for %d voices and their waves here" % voices)
    finally:
        _collect(often)
    synth.start()
    return synth


class Polysynth:
    """A synthesiser that plays: `status`, a line of text, and `stream`, its I2SOut.

    graph is its patch, bank the voices, and synth what MIDI makes of them: a note at the prompt is
    `app.synth.note_on(0, 60, 100, 0)`.
    """

    def __init__(self, board, file, midi_in, channels, voices, effects, loop, seconds, rate, bits):
        if midi_in not in (None, "uart", "usb"):
            raise ValueError("midi_in must be 'uart', 'usb' or None, not %s" % repr(midi_in))
        if rate is None:
            rate = board.RATE
        if file is None and midi_in is None:
            file = PIECE
        driver = from_board(board, rate=rate, bits=bits)
        self._socket = None
        try:
            self._make(board, driver, file, midi_in, channels, voices, effects, loop, seconds)
        except BaseException:
            self._close()
            raise
        self._ending = self._over = self._started = False
        self.status = "polysynth on %s, %s, %d voices, %d Hz, %d bit stereo, kernels %s" % (
            board.NAME,
            " and ".join([name for name in (file, midi_in) if name]),
            voices,
            rate,
            bits,
            kernels.backend,
        )

    def _make(self, board, driver, file, midi_in, channels, voices, effects, loop, seconds):
        whole("voices", voices, 1, MOST_VOICES)
        # Blocks up to the fade-out, of which each has a gain and a step; two more, as kernels copy
        # by fours.
        self._to_go = 0
        if seconds is not None:
            seconds = number("seconds", seconds, 0.1, 86400)
            self._to_go = _blocks(seconds - FADE, driver.rate)
        self._fade_blocks = _blocks(FADE, driver.rate)
        self._cell = array("f", [1.0] + (_CELL - 1) * [0.0])
        self._cell[1] = -1.0 / (self._fade_blocks * BUFFER_SIZE)
        self._other = array("f", bytes(4 * _CELL))
        pool = SharedBufferPool(POOL)
        self._patch(pool, driver.true_rate(), voices, effects)
        self.player = self._source = None
        if file is not None:
            song = _song(file, driver.true_rate())
            self.player = Player(song, self.synth, loop=loop, channels=channels)
        if midi_in is not None:
            self._listen(board, midi_in, channels)
        # Nothing but a file plays, and when that is over, all is.
        self._alone = midi_in is None
        self.stream = I2SOut(driver, pool, self._render)

    def _patch(self, pool, rate, voices, effects):
        self.graph = Graph(pool, rate)
        self.bank = self.graph.add(Bank(voices, patches.WAVES, headroom=1))
        patches.fill(self.bank)
        self.synth = Synth(self.bank)
        if effects:
            from apps import _polysynth_effects

            _polysynth_effects.add(self.graph, self.bank, self.synth)
        else:
            self.graph.output(self.bank)
        self.graph.compile()

    def _listen(self, board, midi_in, channels):
        from aether.midi import Parser, UartIn

        parser = Parser(self.synth, channels)
        if midi_in == "uart":
            self._socket = UartIn(board, parser)
            self._source = self._socket.poll
        else:
            from aether.midi.usb import usb_in

            usb_in(parser)

    def start(self):
        """Begin to play; once only."""
        gc.collect()  # the rings of a bus want their room in one piece
        if self.player is not None:
            self.player.start()
        self.stream.start()
        self._started = True

    def stop(self):
        """Fade out in 30 ms, play what is buffered, close the bus; returns when that is done.

        Does nothing if it is stopped. Main program only.
        """
        self._ending = True
        patience = 200 + 1000000 // self.stream.driver.rate
        while self.stream.playing() and not self._over and patience:
            sleep_ms(1)
            self.stream.poll()
            patience -= 1
        self.stream.stop()
        self._close()

    def _close(self):
        self._source = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def stats(self) -> dict:
        """The stream's counters, see I2SOut.stats(), and voices, those that sound."""
        stats = self.stream.stats()
        stats["voices"] = self.bank.sounding()
        return stats

    # The path of a callback: allocates nothing.

    def _render(self, left, right):
        if self._over:
            # Not from within start(): a stream cannot be stopped while it starts.
            if self._started:
                self.stream.stop()
            return
        if self._source is not None:
            self._source()
        if self.player is not None:
            self.player.advance(BUFFER_SIZE)
        self.synth.advance(BUFFER_SIZE)
        self.graph.render(left, right)
        if self._ending:
            self._fade(left, right)
        else:
            self._count()

    def _count(self):
        # Whether this was the last block at full level.
        if self._to_go:
            self._to_go -= 1
            self._ending = not self._to_go
        elif self._alone:
            self._ending = not self.player.playing()

    def _fade(self, left, right):
        # A ramp moves its cell on.
        kernels.copy(self._other, self._cell, _CELL)
        kernels.ramp(left, left, self._other, BUFFER_SIZE)
        kernels.ramp(right, right, self._cell, BUFFER_SIZE)
        self._fade_blocks -= 1
        self._over = not self._fade_blocks


def _song(file, rate):
    from aether.midi.song import Song

    song = Song(file, rate)
    # What reads a file has done all there is to do: a Pico has 5 KB more without it.
    for name in ("song", "smf", "track", "tempo"):
        if sys.modules.pop("aether.midi." + name, None) is not None:
            delattr(aether.midi, name)
    return song


def _collect(every):
    # Collected after so many bytes, what is made lies close together: a board has just the room.
    # CPython counts otherwise, and has plenty.
    before = gc.threshold() if hasattr(gc, "threshold") else None
    if before is not None:
        gc.threshold(every)
    return before


def _blocks(seconds, rate):
    return max(1, int(seconds * 1000) * rate // (1000 * BUFFER_SIZE))
