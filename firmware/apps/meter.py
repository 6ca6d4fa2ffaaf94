"""The app `meter`: how loud the microphone is, as a bar at the prompt.

It shows ten seconds of it, and listens on. At the prompt `app.show()` shows more, until Ctrl-C,
`app.level()` is one figure, and `app.stop()` ends it.
"""

from array import array
from math import log10

from aether import BUFFER_SIZE, I2SIn, SharedBufferPool, kernels
from aether.drivers import input_from_board
from aether.ticks import sleep_ms

try:
    from apps._meter_viper import spread
except (ImportError, SyntaxError, ValueError):
    from apps._meter_portable import spread

# dBFS at which the bar begins, and dB for each of its marks.
FLOOR = -60
STEP = 2
# Milliseconds from one bar to the next.
_EVERY = 100


def start(board, *, seconds=10, rate=16000, bits=32):
    """Listen to the left channel, show it for `seconds`, and return the Meter.

    board: the board's module. seconds: 0 to 86,400. rate: frames a second. bits: 16 or 32.
    ValueError or TypeError for anything else. Main program only; allocates.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise TypeError("seconds must be a number, not %s" % type(seconds).__name__)
    if not 0 <= seconds <= 86400:
        raise ValueError("seconds must be 0 to 86400, not %s" % seconds)
    meter = Meter(board, rate, bits)
    meter.start()
    try:
        meter.show(seconds)
    except BaseException:
        meter.stop()
        raise
    return meter


class Meter:
    """A microphone that is listened to: `status`, a line of text, and `stream`, its I2SIn."""

    def __init__(self, board, rate, bits):
        driver = input_from_board(board, rate=rate, bits=bits, channels=1)
        self._frames = bytearray(2 * BUFFER_SIZE)
        # The lowest and the highest sample since level() was asked, of 16 bits.
        self._range = array("i", [0, 0])
        self.stream = I2SIn(driver, SharedBufferPool(board.POOL), self._receive)
        self.status = "meter on %s, %d Hz, %d bit mono" % (board.NAME, rate, bits)

    def start(self):
        """Begin to listen."""
        self._forget()
        self.stream.start()

    def stop(self):
        """Close the bus. Does nothing if it is closed."""
        self.stream.stop()

    def stats(self) -> dict:
        """The stream's counters, see I2SIn.stats()."""
        return self.stream.stats()

    def level(self) -> float:
        """The peak since it was last asked, in dBFS, without an offset; FLOOR at least."""
        low, high = self._range
        self._forget()
        # Half the distance of both: a microphone's zero may lie anywhere.
        return max(FLOOR, 20 * log10(max(1, high - low) / 65535))

    def show(self, seconds=None):
        """Print a bar ten times a second, over the one before; None: until Ctrl-C."""
        turns = None if seconds is None else int(seconds * 1000) // _EVERY
        try:
            while turns is None or turns > 0:
                sleep_ms(_EVERY)
                level = self.level()
                marks = int(level - FLOOR) // STEP
                room = -FLOOR // STEP - marks
                print("\r%6.1f dBFS |%s%s|" % (level, "#" * marks, " " * room), end="")
                if turns is not None:
                    turns -= 1
        except KeyboardInterrupt:
            if seconds is not None:
                raise
        finally:
            print()

    def _forget(self):
        self._range[1] = -32768
        self._range[0] = 32767

    # The path of a callback: allocates nothing.

    def _receive(self, samples):
        kernels.mono_to_pcm16(self._frames, samples, BUFFER_SIZE)
        spread(self._range, self._frames, BUFFER_SIZE)
