"""What a state machine that receives does: when words come in, and who takes them out.

The receiver makes its own clocks, and waits where its queue of eight is full; the follower reads
by a sender's clocks, and loses what finds no room. A word is a sample, in mono the left one of a
frame, at the lower end of the queue's 32 bits. Nothing allocates.
"""

from virtual_board import board, dma_wires, engine, memory, pace, pio_echo, source

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
        # Samples on the wire for each word: the right one of mono is passed over.
        self._samples = 3 - program.channels
        # Words that the wire has had, that have come in, that a channel has taken of these.
        self._seen = self._came = self._taken = 0
        # Word `_first` begins at `_base`.
        self._base = self._first = 0
        self._queue = bytearray(4 * _DEPTH)
        self._queue_at = memory.addressof(self._queue)
        self._latch = bytearray(_FRAME * _AHEAD)
        self._at = memory.addressof(self._latch)
        self._next = len(self._latch)
        self._width = 0
        self._set_pace(clock)

    def _set_pace(self, clock):
        self._num, self._den = pace.sample_time(clock, self.div, self.bits * self._samples)
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
        """Notes how the words go out, bytes of one being 1 << size: the lower ones."""
        self._width = 1 << size
        return size <= 2

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
            # The left sample of mono is there after half a frame.
            self._base = now - self._num // self._den * (self._samples - 1) // 2
            self._first = self._came

    def stop(self, now):
        if self.running:
            self.flow(now)
            self.running = False

    def flow(self, now):
        """Lets everything happen up to now."""
        if self.running:
            self._receive(now)
        self._hand_out()

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
        while self._came < came:
            self._come()

    def _come(self):
        # There is room in the queue, or a channel that makes it.
        self._hand_out()
        at = self._queue_at + 4 * (self._came % _DEPTH)
        memory.move(at, self._sample(), 1, self.bits // 8)
        self._came += 1
        self._hand_out()

    def _hand_out(self):
        channel = self.channel
        while channel is not None and channel.count and self._taken < self._came:
            at = self._queue_at + 4 * (self._taken % _DEPTH)
            memory.move(channel.write, at, 1, self._width)
            self._taken += 1
            channel.advance(1)

    def _sample(self):
        # The address of the next sample that counts. The source has it in the upper bits of four
        # bytes.
        self._seen += 1
        if self._next == len(self._latch):
            self.source.pull(self._latch, 0, len(self._latch))
            self._next = 0
        at = self._at + self._next + 4 - self.bits // 8
        self._next += 4 * self._samples
        return at

    def finish(self):
        """Takes in what has come by the end."""
        self.flow(min(engine.now, engine.end_at))


class Follower(Receiver):
    """One that reads by the clocks of the sender on its pins, in the format of that.

    data: the pin it reads; where that is the sender's own, it hears what is sent.
    """

    def __init__(self, program, clock, div, data):
        self._pins = program.pins
        self._data = data
        self._sender = None
        self._echo = None
        # The wire's word 0 begins with this sample of the sender.
        self._since = 0
        # Samples by which a word is there before its frame has ended.
        self._early = 2 - program.channels
        # 1 where even and odd words are of two channels.
        self._sides = program.channels - 1
        super().__init__(program, clock, div)

    def _set_pace(self, clock):
        self.frame_rate = self.rate = 0

    def look(self, ports):
        for port in ports:
            if port.sends and port.pins == self._pins:
                if port is not self._sender:
                    self._follow(port)
                if port.frame_rate != self.frame_rate:
                    self.frame_rate = port.frame_rate
                    self.rate = dma_wires.nominal(port.frame_rate)

    def _follow(self, port):
        self._sender = port
        self.bits = port.bits
        for i in range(len(self._queue)):
            self._queue[i] = 0
        self._seen = 0
        self._since = self._frame_after(engine.now)
        if port.sd == self._data:
            self._echo = port.echo = pio_echo.Echo(port, self)
            self._early = 0
            self.source = None

    def _frame_after(self, now):
        # The sample with which the next frame begins that is heard whole.
        samples = self._sender.clocked(now)
        return samples + 2 & ~1 if samples or self._sender.running else 0

    def set_clock(self):
        self.flow(engine.now)

    def start(self, now):
        if self.running:
            return
        if self._sender is not None:
            self._sender.flow(now)
            if not self._seen:
                self._since = self._frame_after(now)
            while self._since + self._seen * self._samples < self._frame_after(now):
                self._sample()
        self.running = True

    def _time_of(self, words):
        if self._sender is None:
            return engine.FAR
        words += self._seen - self._came
        return self._sender.time_of(words * self._samples - self._early + self._since)

    def _receive(self, now):
        if self._sender is not None:
            self._sender.flow(now)
            if self._echo is None:
                self._hear(self._sender.clocked(now))

    def hear(self, samples):
        """So many have been sent, and can be heard."""
        if self.running:
            self._hear(samples)

    def _hear(self, samples):
        words = (samples - self._since + self._early) // self._samples
        while self._seen < words:
            # What finds no room is lost; after that a left one follows a right one all the same.
            if (self._seen ^ self._came) & self._sides or not self._has_room():
                self._sample()
            else:
                self._come()

    def _has_room(self):
        if self._came - self._taken < _DEPTH:
            return True
        return self.channel is not None and self.channel.count > 0

    def _sample(self):
        if self._echo is None:
            return super()._sample()
        self._seen += 1
        return self._echo.address_of(self._since + (self._seen - 1) * self._samples)
