"""What a state machine that sends does with its words: when it takes them, when they are out.

Its queue holds eight words, and a DMA channel keeps it full as long as it has any left: then the
word that is fetched next goes in when the one eight before it is taken out. Nothing allocates.
"""

from virtual_board import board, dma_wires, engine, memory, pace, sink

_DEPTH = 8
# Words fetched at once, so that the latch holds them.
_CHUNK = 64


class Sender:
    """The transmitter program on one state machine, and the DMA channel that feeds it."""

    source = None
    sends = True

    def __init__(self, program, clock, div, sd, side):
        self.bits = program.bits
        self.words = program.words
        self.sd = sd
        # Those of the clocks, sck first; side: the lower one.
        self.pins = None if side is None else (side + program.sck - 1, side + program.ws - 1)
        self.div = div
        self.running = False
        self.channel = None
        self.sink = None
        # Who hears it; see pio_echo.
        self.echo = None
        self.rate = 0
        self.underruns = self.starved_frames = self.frames_played = 0
        # Words that the DMA has brought, that the machine has taken, that are in the WAV.
        self.fetched = self.pulled = self._written = 0
        # The machine takes word `_first` at `_base`, or stands still for want of it.
        self._base = self._first = 0
        self._starving = True
        self._heard = False
        self._mode = None
        self._width = 0
        self.words_a_frame = 0
        self._latch = bytearray(4 * (_CHUNK + 2 * _DEPTH))
        self._at = memory.addressof(self._latch)
        self._filled = 0
        self._set_pace(clock)

    def _set_pace(self, clock):
        self._num, self._den = pace.sample_time(clock, self.div, self.words)
        # Half a bit: from one step of the program to the next.
        self._step = self._num // self._den // (2 * self.words)
        self.frame_rate = clock * 256 / (4 * self.bits * self.div)

    def set_clock(self):
        """The system clock has changed; the divider stays."""
        self.flow(engine.now)
        self._rebase()
        self._set_pace(board.current.clock)

    @property
    def open(self):
        """Whether there is anything to come."""
        return self.running and (self.channel is not None or not self._starving)

    def look(self, ports):
        """The state machines have changed."""

    # What a receiver on the same clocks wants to know.

    def clocked(self, now):
        """Samples whose last bit has been on the wires by now."""
        return self._out(now) * self.words // self.bits

    def time_of(self, samples):
        """When that many will have been, as far as can be known."""
        if self._starving or not self.running:
            return engine.FAR
        words = -(-samples * self.bits // self.words)
        return self._base - (self._first - words) * self._num // self._den + self._step

    # The channel's side.

    def accepts(self, size):
        """Notes how the words come, bytes of one being 1 << size; False if that is not known."""
        mode = dma_wires.sending(self.bits, self.words, size)
        if mode is None:
            return False
        if mode != self._mode:
            self._mode = mode
            self._filled = 0
            self._written = self.fetched
            channels = 1 if self.words > self.bits and mode == 0 else 2
            self._width = 4 if mode in (1, 2) else 2
            self.words_a_frame = 2 if self.words == self.bits else 1
            self.rate = dma_wires.nominal(self.frame_rate)
            self.sink = sink.get((("sd", self.sd), self.rate, self.bits, channels))
        return True

    def feed(self, channel, now):
        """From now on `channel` brings words, until it has none left or lets go (None)."""
        self.flow(now)
        self.channel = channel
        if channel is not None and channel.count and self.running and self._starving:
            self._starving = False
            self._base = now
            self._first = self.pulled
            if self._heard:
                self.underruns += 1
        self.flow(now)

    def ends(self, now):
        """When the channel fetches its last word."""
        last = self.fetched + self.channel.count - _DEPTH - 1
        if self.channel.count == 0 or last < self.pulled:
            return now
        if not self.running:
            return engine.FAR
        return self._base - (self._first - last) * self._num // self._den

    # The machine's side.

    def start(self, now):
        if not self.running:
            self.flow(now)
            self.running = True
            self._starving = self.fetched == self.pulled
            self._base = now + self._step
            self._first = self.pulled
            self.flow(now)

    def stop(self, now):
        if self.running:
            self.flow(now)
            self.running = False

    def flow(self, now):
        """Lets everything happen up to now."""
        channel = self.channel
        if self.running and not self._starving:
            self._pull(now, 0 if channel is None else channel.count)
        if channel is not None:
            n = min(self.pulled + _DEPTH - self.fetched, channel.count)
            while n > 0:
                part = channel.run_of(min(n, _CHUNK))
                self._fetch(channel, part)
                n -= part
                self._write_out(now)
        self._write_out(now)

    def _pull(self, now, coming):
        if now < self._base:
            return
        if now - self._base > self._num:
            # Keeps the products small.
            whole = (now - self._base) // self._num
            self._base += whole * self._num
            self._first += whole * self._den
        target = self._first + (now - self._base) * self._den // self._num + 1
        if target > self.fetched + coming:
            target = self.fetched + coming
            self._starving = True
        if target > self.pulled:
            self.pulled = target

    def _fetch(self, channel, n):
        memory.gather(self._at + self._filled, channel.readable(), n, self._mode)
        self._filled += n * self._width
        self.fetched += n
        self._heard = True
        channel.advance(n)

    def _out(self, now):
        # Words whose last bit has been read by now; the machine holds the one it took last.
        if self._starving or not self.running:
            return self.pulled
        out = self._first + (now - self._step - self._base) * self._den // self._num
        return min(out, self.pulled)

    def _write_out(self, now):
        if not self.running:
            return
        out = min(self._out(now), self.fetched) - self._written
        out -= out % self.words_a_frame
        if out > 0:
            self._push(out)

    def _push(self, words):
        n = words * self._width
        if self.echo is not None:
            self.echo.put(self._at, n)
        self.sink.push(self._latch, n, 0)
        self._filled -= n
        memory.move(self._at, self._at + n, self._filled, 1 | 8 | 16)
        self._written += words
        self.frames_played += words // self.words_a_frame
        if self.echo is not None:
            self.echo.tell()

    def _rebase(self):
        # Before a change of pace: the next word is taken as if the new one had been there.
        self._base -= (self._first - self.pulled) * self._num // self._den
        self._first = self.pulled

    def finish(self):
        """Gives the sink what has left the pins by the end."""
        self.flow(min(engine.now, engine.end_at))
