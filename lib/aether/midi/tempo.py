"""From the ticks of a MIDI file to frames, exactly."""

# Microseconds a quarter note until a file says another: 120 of them a minute.
_TEMPO = 500000
# Thousandths of a frame: a rate need not be whole.
_SCALE = 1000


class TempoMap:
    """The frame of each tick, at `rate` frames a second.

    division: as in a file's header, ticks a quarter note, or frames a second of SMPTE and ticks
    for each; ValueError for what is neither. Whole numbers all the way, so that nothing adds up.
    Main program only; allocates.
    """

    def __init__(self, division: int, rate):
        self._rate = int(rate * _SCALE + 0.5)
        # A tick lasts `_step / _whole` frames, from `_from` on, which is `_base / _whole`.
        self._from = self._base = 0
        self._metric = not division & 0x8000
        if self._metric:
            self._whole = division * 1000000 * _SCALE
            self._step = _TEMPO * self._rate
        else:
            self._whole, self._step = self._smpte(256 - (division >> 8), division & 0xFF)
        if not self._whole:
            raise ValueError("is damaged: byte 12: a division of 0")

    def _smpte(self, second, ticks):
        if second not in (24, 25, 29, 30):
            raise ValueError("has %d frames a second; allowed: 24, 25, 29, 30" % second)
        if second == 29:  # 30 / 1.001
            return 30 * ticks * 1000 * _SCALE, self._rate * 1001
        return second * ticks * _SCALE, self._rate

    def frame(self, tick: int) -> int:
        """The frame nearest to a tick, which is not before the last change."""
        return (2 * (self._base + (tick - self._from) * self._step) + self._whole) // (
            2 * self._whole
        )

    def change(self, tick: int, tempo: int):
        """From a tick on, `tempo` microseconds a quarter note; SMPTE has none."""
        if self._metric:
            self._base += (tick - self._from) * self._step
            self._from = tick
            self._step = tempo * self._rate
