"""A node that plays a WAV file."""

from array import array

from aether import kernels
from aether.const import const
from aether.nodes.node import IDLE, Node
from aether.wav.decode import Frames
from aether.wav.file import open_wav

# Words of the state: what happens at the end of the next block, which fades out if it is not 0.
_THEN = const(1)
_STOP = const(1)
_AGAIN = const(2)
_WORDS = const(2)


class WavPlayer(Node):
    """Plays a WAV file of the board's file system on its outlet `out`, or on `left` and `right`.

    file: a path: 8, 16, 24 or 32 bits of PCM, or float32; mono or stereo, which decides what
    outlets there are; it must have the rate of the graph. loop: begin again, without a gap, for
    ever; it may be set at any time. It is silent until play(). Floats are played as they are, but
    held within -1 to 1, and NaN becomes 0.

    A block of the file is read as it is needed, by readinto(), with no allocation; a card that is
    slower than a block needs a stream of more blocks. What cannot be read ends the sound, and
    `errors` counts it. While a new patch is faded in, a block of the file is left out.

    ValueError for a file that is missing or cannot be played, and from compile() if its rate is
    another. Main program only; allocates.
    """

    INLETS = ()

    def __init__(self, file: str, loop: bool = False):
        super().__init__(_WORDS)
        if not isinstance(file, str):
            raise TypeError("file must be a path, not %s" % type(file).__name__)
        self.path = file
        self._file, self.form = open_wav(file)
        if self.form.channels == 2:
            self.OUTLETS = ("left", "right")
        self._loop = bool(loop)
        self._frames = self._reader = None
        self._playing = False

    def ready(self):
        form = self.form
        # A divider seldom makes the very rate that was asked for.
        if abs(self.rate - form.rate) > form.rate / 1000:
            raise ValueError(
                "'%s' has %d frames a second, this graph %s" % (self.path, form.rate, self.rate)
            )
        self._frames = Frames(self._file, form, self._loop, self.n)
        self._reader = self._frames.reader
        self._down = array("f", [1.0, -1 / self.n, 0.0, 0.0])
        self._cell = array("f", bytes(16))
        self._words = bytearray(4 * self.n)
        if self._playing:
            self.state[IDLE] = 0

    @property
    def loop(self) -> bool:
        return self._loop

    @loop.setter
    def loop(self, loop: bool):
        self._loop = bool(loop)
        if self._reader:
            self._reader.loop = self._loop

    @property
    def errors(self) -> int:
        """How often the sound ended as the file could not be read."""
        return self._reader.errors if self._reader else 0

    def playing(self) -> bool:
        """Whether it is heard, or will be in the next block. Any context; allocates nothing."""
        return not self.state[IDLE] if self._reader else self._playing

    def play(self):
        """Play from the beginning; what is playing fades out over a block first.

        OSError if the file cannot be read any more. Main program, soft callbacks.
        """
        self._playing = True
        state = self.state
        if self._reader is None:
            return
        if not state[IDLE]:
            state[_THEN] = _AGAIN
        if state[IDLE]:
            self._reader.rewind()
            state[_THEN] = 0
            state[IDLE] = 0

    def stop(self):
        """Fade out over a block, and be silent. Any context; allocates nothing."""
        self._playing = False
        self.state[_THEN] = _STOP

    def close(self):
        """Close the file, when no graph plays any more."""
        self.stop()
        self.state[IDLE] = 1
        self._file.close()

    def calls(self, ins, outs):
        if len(outs) == 2:
            return [(self._stereo, outs[0], outs[1])]
        return [(self._mono, outs[0])]

    # The path of a callback: allocates nothing.

    def _mono(self, out, n):
        if not self._next():
            kernels.clear(out, n)
            return
        self._frames.decode(out, self._frames.frames, n)
        self._finish(out, n)
        self._end()

    def _stereo(self, left, right, n):
        if not self._next():
            kernels.clear(left, n)
            kernels.clear(right, n)
            return
        self._frames.decode(left, right, self._frames.frames, n)
        self._finish(left, n)
        self._finish(right, n)
        self._end()

    def _next(self):
        if self.state[IDLE]:
            return False
        if self._frames.read():
            return True
        self.state[IDLE] = 1
        return False

    def _finish(self, block, n):
        if self.form.floating:
            # Anything may stand in a file: NaN, infinity.
            kernels.mono_to_pcm32(self._words, block, n)
            kernels.mono_from_pcm32(block, self._words, n)
        if self.state[_THEN]:
            kernels.copy(self._cell, self._down, 4)
            kernels.ramp(block, block, self._cell, n)

    def _end(self):
        state = self.state
        then = state[_THEN]
        state[_THEN] = 0
        if then == _AGAIN:
            self._rewind()
        elif then or self._reader.over:
            state[IDLE] = 1

    def _rewind(self):
        try:
            self._reader.rewind()
        except Exception:
            self.state[IDLE] = 1

    def __str__(self):
        return "WavPlayer %s" % self.path
