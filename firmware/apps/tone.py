"""The app `tone`: one pure tone or a chord, or a test of the channels, without a click.

Without options it plays a chord whose notes come in one after another. At the prompt,
`app.stop()` ends it, and this starts another:

    import board
    from apps import tone
    app = tone.start(board, notes=440)
"""

from array import array

from aether import BUFFER_SIZE, I2SOut, SharedBufferPool, kernels
from aether.drivers import from_board
from aether.ticks import sleep_ms
from apps import _tone_tables as tables

try:
    from apps._tone_viper import drain, fade, sines
except (ImportError, SyntaxError, ValueError):
    from apps._tone_portable import drain, fade, sines

# Hz: harmonics 2, 3, 4 and 5 of one tone, which do not beat.
CHORD = (220, 330, 440, 550)
MOST_NOTES = 6
# Seconds: what takes away the click, and the entry of the chord.
DECLICK = 0.015
CHORD_ENTRY = 1.2
CHORD_SPREAD = 0.8
# Seconds of the channel test: sound on a side, and silence after it.
_SIDE = 1
_PAUSE = 0.25
_LEFT, _RIGHT, _BOTH = 0, 1, 2


def start(
    board,
    *,
    notes=None,
    level=0.5,
    seconds=None,
    entry=None,
    spread=None,
    channel_test=False,
    rate=None,
    bits=16,
):
    """Play, and return the Tone; it plays on behind the prompt.

    board: the board's module. notes: Hz, one or several (at most 6), below half the rate; none
    for the chord 220, 330, 440, 550. level: the peak of all notes together, 0 to 1 of full scale
    (0.5 is -6 dBFS). seconds: 0.1 to 86,400, or None to play until stop(). entry: seconds in
    which a note comes in, and all go out when `seconds` are over: 0.005 to 60. spread: seconds
    from one note's entry to the next one's, 0 to 60. channel_test: left, right and both in turn,
    a second each. rate: frames a second, or None for the board's. bits: 16 or 32. Notes count in
    256ths of a Hz, times in milliseconds.

    ValueError or TypeError for anything else. Main program only; allocates.
    """
    tone = Tone(board, notes, level, seconds, entry, spread, channel_test, rate, bits)
    tone.start()
    return tone


class Tone:
    """A tone being played: `status`, a line of text, and `stream`, its I2SOut."""

    def __init__(self, board, notes, level, seconds, entry, spread, channel_test, rate, bits):
        chord = notes is None and not channel_test
        if notes is None:
            notes = CHORD if chord else 440
        if entry is None:
            entry = CHORD_ENTRY if chord else DECLICK
        if spread is None:
            spread = CHORD_SPREAD if chord else 0
        if channel_test and spread:
            raise ValueError("spread must be 0 in a channel test, not %s" % spread)
        if rate is None:
            rate = board.RATE
        driver = from_board(board, rate=rate, bits=bits)
        notes = _checked_notes(notes, rate)
        level = _number("level", level, 0, 1, "of full scale")
        entry = _number("entry", entry, 0.005, 60, "seconds")
        spread = _number("spread", spread, 0, 60, "seconds")
        self._to_go = 0
        if seconds is not None:
            seconds = _number("seconds", seconds, 0.1, 86400, "seconds, or None for ever")
            entry = min(entry, seconds / 2)
            self._to_go = _blocks(seconds - entry, rate)
        peak = tables.peak_of(level, len(notes))
        self._bank = tables.bank_of(notes, peak, rate, entry, spread, BUFFER_SIZE)
        self._sine = tables.sine_table(peak)
        self._ramp = tables.ramp_table()
        self._declick = tables.steps(DECLICK, rate)
        self._acc = array("I", bytes(4 * BUFFER_SIZE))
        self._frames = bytearray(4 * BUFFER_SIZE)
        self._side = _LEFT if channel_test else _BOTH
        self._side_blocks = _blocks(_SIDE, rate) if channel_test else 0
        self._pause_blocks = _blocks(_PAUSE, rate)
        self._turn_in = self._side_blocks
        self._pause = 0
        self._fading = self._ending = self._silent = self._over = self._started = False
        # Nothing to count, nothing to end: most blocks of most tones.
        self._steady = not self._to_go and not channel_test
        self._voices = list(range(tables.HEAD, len(self._bank), tables.STRIDE))
        self.stream = I2SOut(driver, SharedBufferPool(board.POOL), self._render)
        self.status = "%s on %s, %d Hz, %d bit stereo, kernels %s" % (
            "channel test" if channel_test else "tone",
            board.NAME,
            rate,
            bits,
            kernels.backend,
        )

    def start(self):
        """Begin to play; once only."""
        self.stream.start()
        self._started = True

    def stop(self):
        """Fade out in 15 ms, play what is buffered, close the bus; returns when that is done.

        Does nothing if it is stopped. Main program only.
        """
        self._bank[tables.FADE_STEP] = self._declick
        self._ending = True
        self._steady = False
        patience = 200 + 1000000 // self.stream.driver.rate
        while self.stream.playing() and not self._over and patience:
            sleep_ms(1)
            self.stream.poll()
            patience -= 1
        self.stream.stop()

    def stats(self) -> dict:
        """The stream's counters, see I2SOut.stats()."""
        return self.stream.stats()

    # The path of a callback: allocates nothing.

    def _render(self, left, right):
        if not self._silent:
            acc = self._acc
            sines(acc, self._sine, self._ramp, self._bank, BUFFER_SIZE)
            if self._fading:
                fade(acc, self._ramp, self._bank, BUFFER_SIZE)
            drain(self._frames, acc, self._bank, BUFFER_SIZE)
            if self._side != _RIGHT:
                kernels.mono_from_pcm32(left, self._frames, BUFFER_SIZE)
                if self._side == _BOTH:
                    right[:] = left
            else:
                kernels.mono_from_pcm32(right, self._frames, BUFFER_SIZE)
        if not self._steady:
            self._advance()

    def _advance(self):
        # What comes next is decided block by block.
        if self._over:
            # Not from within start(): a stream cannot be stopped while it starts.
            if self._started:
                self.stream.stop()
            return
        if self._to_go:
            self._to_go -= 1
            self._ending = self._ending or not self._to_go
        if self._pause:
            self._pause -= 1
            self._over = self._ending
            self._silent = self._over or self._pause > 0
        elif self._fading:
            if not self._bank[tables.FADE]:
                self._turn()
        else:
            self._fading = self._ending
            if self._turn_in:
                self._turn_in -= 1
                self._fading = self._ending or not self._turn_in

    def _turn(self):
        # All has faded away: the end, or the next side from the beginning.
        self._silent = True
        self._over = self._ending
        self._fading = False
        self._side = (self._side + 1) % 3
        self._pause = self._pause_blocks
        self._turn_in = self._side_blocks
        bank = self._bank
        bank[tables.FADE] = tables.END
        for v in self._voices:
            bank[v + tables.PHASE] = 0
            bank[v + tables.AT] = 0


def _blocks(seconds, rate):
    return max(1, tables.milliseconds(seconds) * rate // (1000 * BUFFER_SIZE))


def _number(name, value, low, high, unit):
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("%s must be a number, not %s" % (name, type(value).__name__))
    if not low <= value <= high:
        raise ValueError("%s must be %s to %s %s, not %s" % (name, low, high, unit, value))
    return value


def _checked_notes(notes, rate):
    if not isinstance(notes, (list, tuple)):
        notes = (notes,)
    if not 1 <= len(notes) <= MOST_NOTES:
        raise ValueError("notes must be 1 to %d, not %d" % (MOST_NOTES, len(notes)))
    for hertz in notes:
        _number("a note", hertz, 1, rate // 2 - 1, "Hz at %d frames a second" % rate)
    return notes
