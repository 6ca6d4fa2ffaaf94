"""The app `wav_player`: plays a WAV file from the board's file system, once or round and round.

16-bit sound leaves the I2S bit for bit as it is in the file. At the prompt, `app.stop()` ends it,
and this plays another:

    import board
    from apps import wav_player
    app = wav_player.start(board, file="/sd/music.wav", loop=True)
"""

import math
import os
from array import array

from aether import BUFFER_SIZE, I2SOut, SharedBufferPool, kernels
from aether.drivers import from_board
from aether.ticks import sleep_ms
from aether.wav.decode import Frames
from aether.wav.file import is_folder, open_wav

# Seconds in which stop() fades out.
DECLICK = 0.015
# Floats to a cell of the fade-out: [g, step] and two more, as kernels copy by fours.
_CELL = 4


def start(board, *, file=None, loop=False, bits=None):
    """Play, and return the Player; it plays on behind the prompt.

    board: the board's module. file: path of a WAV file on the board, or None for the first that
    is found: 8, 16, 24 or 32 bits of PCM or float32, mono or stereo, of 1,000 to 192,000 frames
    a second. loop: begin again, without a gap, until stop(). bits: 16 or 32 on the bus, or None
    for 16 from files of 8 and 16 bits, and 32 from others; but 16 from stereo files on an RP2040
    over machine.I2S, which does not keep up with 32 bits of both channels there.

    ValueError for a file that is missing or cannot be played, ValueError or TypeError for bad
    options, in one line that says what is allowed. Main program only; allocates.
    """
    player = Player(board, file, loop, bits)
    player.start()
    return player


class Player:
    """A file being played: `status`, a line of text, and `stream`, its I2SOut."""

    def __init__(self, board, file, loop, bits):
        if file is None:
            file = first_wav("/")
            if file is None:
                raise ValueError("there is no .wav file on the board: copy one to it")
        if not isinstance(file, str):
            raise TypeError("file must be a path, not %s" % type(file).__name__)
        if bits not in (None, 16, 32):
            raise ValueError("bits must be 16 or 32, not %s" % bits)
        opened, form = open_wav(file)
        if bits is None:
            # machine.I2S does not keep up with 32 bits of both channels on an RP2040.
            slow = board.MCU == "RP2040" and board.DRIVER == "machine" and form.channels == 2
            bits = 16 if form.bits <= 16 or slow else 32
        try:
            driver = from_board(board, rate=form.rate, bits=bits, channels=form.channels)
            render = self._mono if form.channels == 1 else self._stereo
            self.stream = I2SOut(driver, SharedBufferPool(board.POOL), render)
        except ValueError as error:
            opened.close()
            raise ValueError("'%s': %s" % (file, error))
        except BaseException:
            opened.close()
            raise
        source = Frames(opened, form, bool(loop), BUFFER_SIZE)
        self._reader = source.reader
        self._decode = source.decode
        self._read = source.read
        self._frames = source.frames
        # Of the fade-out, a cell for each of its blocks; -1 while there is none.
        self._fade_blocks = max(1, int(DECLICK * form.rate / BUFFER_SIZE))
        self._cells = _fade_cells(self._fade_blocks)
        self._cell = array("f", bytes(4 * _CELL))
        self._fade = -1
        self._over = self._started = False
        self.status = "wav_player on %s, %s, %d Hz, %s %s, kernels %s" % (
            board.NAME,
            file,
            form.rate,
            "float" if form.floating else "%d bit" % form.bits,
            "mono" if form.channels == 1 else "stereo",
            kernels.backend,
        )

    def start(self):
        """Begin to play; once only."""
        self.stream.start()
        self._started = True

    def stop(self):
        """Fade out in 15 ms, play what is buffered, close bus and file; returns after that.

        Does nothing if it is stopped. Main program only.
        """
        if self._fade < 0:
            self._fade = 0
        patience = 200 + 1000000 // self.stream.driver.rate
        while self.stream.playing() and not self._over and patience:
            sleep_ms(1)
            self.stream.poll()
            patience -= 1
        self.stream.stop()
        self._reader.close()

    def stats(self) -> dict:
        """The stream's counters, see I2SOut.stats(), and read_errors."""
        stats = self.stream.stats()
        stats["read_errors"] = self._reader.errors
        return stats

    # The path of a callback: allocates nothing.

    def _stereo(self, left, right):
        if self._over or not self._read():
            self._end()
            return
        self._decode(left, right, self._frames, BUFFER_SIZE)
        if self._fade >= 0:
            self._fade_out(left)
            self._fade_out(right)
            self._fade += 1
        self._over = self._reader.over or self._fade == self._fade_blocks

    def _mono(self, out):
        if self._over or not self._read():
            self._end()
            return
        self._decode(out, self._frames, BUFFER_SIZE)
        if self._fade >= 0:
            self._fade_out(out)
            self._fade += 1
        self._over = self._reader.over or self._fade == self._fade_blocks

    def _fade_out(self, block):
        # What is beyond full scale fades from there, even infinity. A ramp moves its cell on.
        kernels.clip(block, block, BUFFER_SIZE)
        kernels.copy(self._cell, self._cells[self._fade], _CELL)
        kernels.ramp(block, block, self._cell, BUFFER_SIZE)

    def _end(self):
        self._over = True
        # Not from within start(): a stream cannot be stopped while it starts.
        if self._started:
            self.stream.stop()


def first_wav(folder, depth=3):
    """Path of the first .wav file, by name, in a folder or up to `depth` below it, or None."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return None
    paths = [folder.rstrip("/") + "/" + name for name in names if name[0] != "."]
    folders = [path for path in paths if is_folder(path)]
    for path in paths:
        if path.lower().endswith(".wav") and path not in folders:
            return path
    for path in folders if depth else ():
        found = first_wav(path, depth - 1)
        if found:
            return found
    return None


def _fade_cells(blocks):
    # Half a wave of a cosine from 1 to 0, a straight line for each block: its gain and its step.
    gains = [0.5 + 0.5 * math.cos(math.pi * i / blocks) for i in range(blocks + 1)]
    cells = memoryview(array("f", bytes(4 * _CELL * blocks)))
    for i in range(blocks):
        cells[_CELL * i] = gains[i]
        cells[_CELL * i + 1] = (gains[i + 1] - gains[i]) / BUFFER_SIZE
    return [cells[i : i + _CELL] for i in range(0, _CELL * blocks, _CELL)]
