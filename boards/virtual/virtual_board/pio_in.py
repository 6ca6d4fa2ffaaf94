"""What a state machine that receives does: when words come in, and who takes them out.

The receiver makes its own clocks, and waits where its queue of eight is full; the follower reads
by a sender's clocks, and loses what finds no room. Nothing allocates.
"""

from virtual_board import board, dma_wires, engine, memory, pace, source

_DEPTH = 8
# Bytes of a frame as the source has them, and how many are fetched at once.
_FRAME = 8
_AHEAD = 8


class Receiver:
    """A receiving program on one state machine, and the DMA channel that empties its queue."""

    sends = False
    sink = None
    underruns = starved_frames = frames_played = 0

    def __init__(self, program, clock, div):
        self.bits = program.bits
        self.div = div
        self.running = False
        self.channel = None
        self.source = source.get()
        # Words that have come in, and those of them that a channel has taken.
        self._came = self._taken = 0
        # Word `_first` begins at `_base`.
        self._base = self._first = 0
        self._latch = bytearray(_FRAME * _AHEAD)
        self._at = memory.addressof(self._latch)
        self._next = len(self._latch)
        self._width = 0
        self._set_pace(clock)

    def _set_pace(self, clock):
        self._num, self._den = pace.sample_time(clock, self.div, self.bits)
        self.frame_rate = clock * 256 / (4 * self.bits * self.div)
        self.rate = dma_wires.nominal(self.frame_rate)

    def set_clock(self):
        """The system clock has changed; the divider stays."""
        self.flow(engine.now)
        self._base, self._first = engine.now, self._came
        self._set_pace(board.current.clock)

    def look(self, ports):
        """The state machines have changed."""

    @property
    def open(self):
        """Whether what comes in goes anywhere."""
        return self.running and self.channel is not None

    # The channel's side.

    def accepts(self, size):
        """Notes how the words go out, bytes of one being 1 << size; False if that cannot be."""
        self._width = 1 << size
        return size == 2 or (size == 1 and self.bits == 16)

    def feed(self, channel, now):
        """From now on `channel` takes what comes; None: nobody does."""
        self.flow(now)
        self.channel = channel
        self.flow(now)

    def ends(self, now):
        """When the channel gets its last word, as far as can be known."""
        if self.channel.count == 0:
            return now
        if not self.running:
            return engine.FAR
        return max(self._time_of(self._taken + self.channel.count), now + 1)

    def _time_of(self, words):
        return self._base - (self._first - words) * self._num // self._den

    # The machine's side.

    def start(self, now):
        if not self.running:
            self.running = True
            self._base, self._first = now, self._came

    def stop(self, now):
        if self.running:
            self.flow(now)
            self.running = False

    def flow(self, now):
        """Lets everything happen up to now."""
        if self.running:
            self._receive(now)
        channel = self.channel
        if channel is not None:
            while channel.count and self._taken < self._came:
                self._hand_out(channel)

    def _receive(self, now):
        if now - self._base > self._num:
            # Keeps the products small.
            whole = (now - self._base) // self._num
            self._base += whole * self._num
            self._first += whole * self._den
        came = self._first + (now - self._base) * self._den // self._num
        most = self._taken + _DEPTH
        if self.channel is not None:
            most += self.channel.count
        if came > most:
            # It stands still until there is room.
            came = most
            self._base, self._first = now, came
        if came > self._came:
            self._came = came

    def _hand_out(self, channel):
        # A word of the source is a sample, its top bits the ones that count.
        if self._next == len(self._latch):
            self.source.pull(self._latch, 0, len(self._latch))
            self._next = 0
        top = 4 - self.bits // 8
        memory.move(channel.write, self._at + self._next + top, 1, self.bits // 8)
        if self._width > self.bits // 8:
            memory.move(channel.write + 2, memory.zeros_at, 1, 2)
        self._next += 4
        self._taken += 1
        channel.advance(1)

    def finish(self):
        """Takes in what has come by the end."""
        self.flow(min(engine.now, engine.end_at))


class Follower(Receiver):
    """One that reads by the clocks of the sender on its pins."""

    def __init__(self, program, clock, div):
        self._pins = program.pins
        self._sender = None
        self._since = 0
        super().__init__(program, clock, div)

    def look(self, ports):
        for port in ports.values():
            if port is not None and port.sends and port.pins == self._pins:
                if port is not self._sender:
                    self._sender = port
                    self._since = port.clocked(engine.now) - self._came
                self.frame_rate = port.frame_rate
                self.rate = dma_wires.nominal(port.frame_rate)

    def set_clock(self):
        self.flow(engine.now)

    def start(self, now):
        self.running = True
        if self._sender is not None:
            self._since = self._sender.clocked(now) - self._came

    def _time_of(self, words):
        if self._sender is None:
            return engine.FAR
        return self._sender.time_of(words + self._since)

    def _receive(self, now):
        if self._sender is None:
            return
        self._sender.flow(now)
        came = self._sender.clocked(now) - self._since
        most = self._taken + _DEPTH
        if self.channel is not None:
            most += self.channel.count
        if came > most:
            # Whole frames are lost, so that the channels stay as they are.
            lost = came - most + ((came - most) & 1)
            self._since += lost
            came -= lost
        if came > self._came:
            self._came = came
