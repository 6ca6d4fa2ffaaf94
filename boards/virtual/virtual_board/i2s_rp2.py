"""machine.I2S as the rp2 port drives it: PIO, two chained DMA halves of 128 bytes, a ring.

Read from the port's source and checked against its firmware: an interrupt at the end of each
half moves at most 512 bytes from the application's buffer to the ring, all or nothing, then
128 bytes from the ring to the half that has just ended, or silence.
"""

import array

from virtual_board import buffers, copies, costs, engine, sink, source

RX = 0
TX = 1
MONO = 0
STEREO = 1
BLOCKING = 0
NON_BLOCKING = 1
ASYNCIO = 2
HALF = 128
MOVE = 512
COUNT = 2
# The DMA runs ahead of the pins by the joined FIFO (8 words) and the shift register.
AHEAD = 9
# Bytes of a received 8-byte frame that reach the application, by bits and format.
_KEEP = {(16, MONO): 0x0C, (32, MONO): 0x0F, (16, STEREO): 0xCC, (32, STEREO): 0xFF}


def divider(clock, rate, bits):
    """The PIO's clock divider in 1/256, out of a float32 and cut off, as the SDK does."""
    wanted = _float32(_float32(clock) / _float32(rate * 4 * bits)) if rate else 65536.0
    whole = min(max(int(wanted), 0), 65535)
    if whole == 0:
        return 65536 * 256
    return whole * 256 + min(int((wanted - whole) * 256), 255)


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


def _float32(x):
    return array.array("f", (x,))[0]


class Driver:
    """One I2S block: its state, and its DMA as a source of events."""

    def __init__(self, board, i2s_id, shell):
        self._board = board
        self.shell = shell
        self.i2s_id = i2s_id
        self.due = engine.FAR
        self.open = False
        self.dma = bytearray(2 * HALF)
        # The halves that are on their way through the FIFO, in the order of their halves.
        self._latch = bytearray(2 * HALF)
        self.state = array.array("i", (0, 0, 1, 0))
        self.ring = bytearray(1)
        self.io = BLOCKING
        self.handler = None
        self._buf = None
        self._len = 0
        self.copying = False
        self._half = 0
        self._pending = 0
        self._fresh = 3
        self.sink = None
        self.source = None
        self._halves = 0
        self._starving = False
        self.heard = False
        self.underruns = 0
        self.starved_frames = 0
        self.frames_played = 0
        self._open_at = 0
        engine.add_source(self)

    def check(self, sck, ws, sd, mode, bits, form, rate, ibuf):
        if ws != sck + 1:
            raise ValueError("invalid ws (must be sck+1)")
        if mode != RX and mode != TX:
            raise ValueError("invalid mode")
        if bits != 16 and bits != 32:
            raise ValueError("invalid bits")
        if form != MONO and form != STEREO:
            raise ValueError("invalid format")
        if ibuf <= 0:
            raise ValueError("invalid ibuf")

    def init(self, sck, ws, sd, mode, bits, form, rate, ibuf):
        self.check(sck, ws, sd, mode, bits, form, rate, ibuf)
        self.ring = bytearray(ibuf)
        self.state[0] = self.state[1] = 0
        self.state[2] = ibuf
        self.tx = mode == TX
        self.mode = mode
        self.bits = bits
        self.format = form
        self.rate = rate
        self.ibuf = ibuf
        self.handler = None
        self.copying = False
        self.io = BLOCKING
        self._wire_bits = bits if self.tx else 32
        # Bytes a frame of the application's buffer, and of DMA memory.
        self.app_frame = bits // 8 * (2 if form == STEREO else 1)
        self._dma_frame = self._wire_bits // 4
        self._unit = bits // 8 if form == MONO else 0
        self._keep = _KEEP[(bits, form)]
        self._half = 0
        self._pending = 0
        self._fresh = 3
        self._halves = 0
        self._starving = False
        self.heard = False
        self.set_clock()
        if self.tx:
            self.sink = sink.get((self.i2s_id, rate, bits, 2 if form == STEREO else 1))
        else:
            self.source = source.get()
        self.open = True
        self._open_at = engine.now
        self._frac = 0
        self.due = engine.now + self._step
        if self.tx:
            copies.copy(self._latch, self.dma, HALF, 0)
            self.due -= AHEAD * self._sample // self._den
        engine.rearm()

    def set_clock(self):
        """Derives the pace from the system clock; also when that changes during play."""
        clock = self._board.clock
        div = divider(clock, self.rate, self._wire_bits)
        # Nanoseconds of a sample are _sample / _den.
        self._den = 256 * clock
        self._sample = 2 * self._wire_bits * div * 1_000_000_000
        common = gcd(self._den, self._sample)
        self._den //= common
        self._sample //= common
        half = self._sample * (HALF * 8 // self._wire_bits)
        self._step = half // self._den
        self._rest = half % self._den
        self.frame_rate = clock * 256 / (4 * self._wire_bits * div)

    def deinit(self):
        if not self.open:
            return
        self.finish()
        self.open = False
        self.due = engine.FAR
        self._pending = 0
        engine.rearm()

    def finish(self):
        """Gives the sink the frames that have left the pins by now."""
        if not self.tx:
            return
        halves = self._halves
        half_frames = HALF // self._dma_frame
        if halves == 0:
            samples = (engine.now - self._open_at) * self._den // self._sample
            n = min(samples // 2, half_frames) * self._dma_frame
            self._push(n, 0)
            return
        # At the last event the DMA had read `halves` halves, of which AHEAD samples were to come.
        since = (engine.now - (self.due - self._step)) * self._den // self._sample
        frames = (halves * half_frames * 2 - AHEAD + since) // 2 - (halves - 1) * half_frames
        n = min(frames, 2 * half_frames) * self._dma_frame
        first = (halves - 1) % 2 * HALF
        self._push(min(n, HALF), first)
        self._push(n - HALF, HALF - first)

    def _push(self, n, at):
        if n > 0 and not self.sink.closed:
            if self._unit:
                self.sink.push_left(self._latch, n, at)
            else:
                self.sink.push(self._latch, n, at)
            self.frames_played += n // self._dma_frame

    # The DMA, from here on without allocation.

    def fire(self):
        """The end of a half: the other one begins, the handler refills this one."""
        half = self._half
        self._half = other = 1 - half
        self._halves += 1
        self.due += self._step
        self._frac += self._rest
        if self._frac >= self._den:
            self._frac -= self._den
            self.due += 1
        self._fresh &= ~(1 << half)
        if self.tx:
            self._begin(other)
        else:
            self.source.pull(self.dma, half * HALF, HALF)
        if engine.masked:
            self._pending |= 1 << half
        else:
            self._handle(half)

    def _begin(self, half):
        # Two halves back is out by now; its place in the latch takes the half that begins.
        if self._halves > 1:
            self._push(HALF, half * HALF)
        # A half whose interrupt is late reads on behind the other: old data.
        start = half if self._fresh & 1 << half else 1
        copies.copy(self._latch, self.dma, HALF, half * HALF << 31 | start * HALF)

    def unmasked(self):
        while self._pending:
            half = 0 if self._pending & 1 else 1
            self._pending &= ~(1 << half)
            self._handle(half)

    def _handle(self, half):
        if self.tx:
            if self.copying and self.io == NON_BLOCKING:
                self._move()
            self._feed(half)
        else:
            if self.space() >= HALF:
                self._empty(half)
            if self.copying and self.io == NON_BLOCKING:
                self._fill()
        self._fresh |= 1 << half

    def available(self):
        state = self.state
        n = state[1] - state[0]
        return n if n >= 0 else n + state[2]

    def space(self):
        return self.state[2] - 1 - self.available()

    def _move(self):
        n = self._len - self.state[3]
        if n > MOVE:
            n = MOVE
        if self.space() >= n:
            copies.ring_put(self.ring, self.state, self._buf, n)
            self._moved()

    def _moved(self):
        if self.state[3] >= self._len:
            self.copying = False
            engine.schedule(self.handler, self.shell, self._board.meter)

    def _feed(self, half):
        if self.available() >= HALF:
            copies.ring_get(self.dma, self.ring, self.state, half * HALF << 8 | self._unit)
            if self._starving:
                self._starving = False
                self.underruns += 1
            self.heard = True
        else:
            copies.clear(self.dma, HALF, half * HALF)
            if self.heard:
                self._starving = True
                self.starved_frames += HALF // self._dma_frame

    def _empty(self, half):
        # ring_put reads at the application's offset: lend it the half's.
        state = self.state
        kept = state[3]
        state[3] = half * HALF
        copies.ring_put(self.ring, state, self.dma, HALF)
        state[3] = kept

    def _fill(self):
        n = (self._len - self.state[3]) // self.app_frame * 8
        if n > MOVE:
            n = MOVE
        if self.available() >= n:
            copies.ring_read(self._buf, self.ring, self.state, n << 8 | self._keep)
            self._moved()

    # What write() and readinto() do.

    def submit(self, buf, start, n):
        """Non-blocking: the one outstanding transfer; a second abandons the first."""
        self._buf = buf
        self._len = start + n
        self.state[3] = start
        self.copying = True

    def write(self, buf, n, start):
        """Blocking or asyncio: returns the bytes that went into the ring."""
        done = 0
        while True:
            part = min(self.space(), n - done)
            if part:
                self._put(buf, start + done, part)
                done += part
            if done == n or self.io == ASYNCIO:
                return done
            engine.spin()

    def _put(self, buf, start, n):
        # The offset slot belongs to a non-blocking transfer that may resume.
        state = self.state
        kept = state[3]
        state[3] = start
        copies.ring_put(self.ring, state, buf, n)
        state[3] = kept

    def read(self, buf, n, start):
        """Blocking or asyncio: returns the bytes that reached the buffer."""
        done = 0
        while True:
            part = min(self.available() // 8, (n - done) // self.app_frame)
            if part:
                kept = self.state[3]
                self.state[3] = start + done
                copies.ring_read(buf, self.ring, self.state, part * 8 << 8 | self._keep)
                self.state[3] = kept
                done += part * self.app_frame
            if done == n or self.io == ASYNCIO:
                return done
            engine.spin()

    def readable(self):
        return self.available() > 0

    def writable(self):
        return self.space() > 0

    def irq_update(self):
        pass
