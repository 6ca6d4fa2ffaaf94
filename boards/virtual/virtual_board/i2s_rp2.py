"""machine.I2S as the rp2 port drives it: PIO, two chained DMA halves of 128 bytes, a ring.

Read from the port's source and checked against its firmware: an interrupt at the end of each
half moves at most 512 bytes from the application's buffer to the ring, all or nothing, then
128 bytes from the ring to the half that has just ended, or silence.
"""

from virtual_board import copies, costs, engine, i2s_driver, pace, pio, source
from virtual_board.i2s_driver import ASYNCIO, BLOCKING, MONO, NON_BLOCKING, STEREO

RX = 0
TX = 1
COUNT = 2
HALF = 128
MOVE = 512
# The DMA runs ahead of the pins by the joined FIFO (8 words) and the shift register.
AHEAD = 9


class Driver(i2s_driver.Driver):
    RX = RX
    TX = TX

    def __init__(self, board, i2s_id, shell):
        super().__init__(board, i2s_id, shell)
        # Never cleared: a bus opened again begins with what the last one left.
        self.dma = bytearray(2 * HALF)
        # The halves that are on their way to the pins.
        self._latch = bytearray(2 * HALF)
        self.ring = bytearray(1)
        self.copying = False
        self._ends = engine.FAR
        self._pending = 0

    def check(self, sck, ws, sd, mode, bits, form, rate, ibuf):
        if ws != sck + 1:
            raise ValueError("invalid ws (must be sck+1)")
        super().check(sck, ws, sd, mode, bits, form, rate, ibuf)
        if ibuf <= 0:
            raise ValueError("invalid ibuf")

    def open_cost(self, ibuf):
        return max(ibuf, 0) // 16 * costs.I2S_RING

    def close_cost(self):
        return costs.I2S_CLOSE + self.ibuf // 16 * costs.I2S_FREE

    def open_port(self):
        self._claim = pio.Claim()
        self.ring = bytearray(self.ibuf)
        self.state[0], self.state[1], self.state[2] = 0, 0, self.ibuf
        self.copying = False
        self._wire_bits = self.bits if self.tx else 32
        self._dma_frame = self._wire_bits // 4
        # Bytes of a mono sample, which goes to both channels.
        self._unit = self.bits // 8 if self.format == MONO else 0
        # The half that the DMA is at, and how many have ended.
        self._half = 0
        self._halves = 0
        # Bit for each half: an interrupt is pending; its channel's address has been set back.
        self._pending, self._fresh = 0, 3
        self._frac = 0
        self._div = pace.divider(self.board.clock, self.rate, self._wire_bits)
        self.set_clock()
        self._open_at = engine.now
        # WS does not change where the first frame begins: no DAC takes it for a whole one.
        self._cut = True
        self._ends = engine.now + self._step
        if self.tx:
            copies.copy(self._latch, self.dma, HALF, 0)
            self._ends -= AHEAD * self._sample // self._den
        else:
            self.source = source.get()
        self._set_due()

    def set_clock(self):
        """Derives the pace from the system clock; the divider stays when that changes."""
        clock = self.board.clock
        div = self._div
        self._sample, self._den = pace.sample_time(clock, div, self._wire_bits)
        half = self._sample * (HALF * 8 // self._wire_bits)
        self._step = half // self._den
        self._rest = half % self._den
        self.frame_rate = clock * 256 / (4 * self._wire_bits * div)
        self._irq_base = costs.I2S_IRQ * 125_000_000 // clock
        self._irq_put = costs.I2S_IRQ_PUT * 125_000_000 // clock
        self._irq_fill = costs.I2S_IRQ_FILL * 125_000_000 // clock
        self._copy = costs.I2S_COPY * 125_000_000 // clock
        self._copy_out = costs.I2S_COPY_OUT * 125_000_000 // clock
        get = HALF // 2 if self._unit and self.tx else HALF
        self._irq_get = get * costs.I2S_IRQ_GET * 125_000_000 // clock

    def close_port(self):
        self._ends, self._pending = engine.FAR, 0
        self._claim.release()

    def finish(self):
        """Gives the sink the frames that have left the pins by now, or by the end of the run."""
        if not self.tx or self.sink.closed:
            return
        n = self._left_pins(min(engine.now, engine.end_at)) * self._dma_frame
        first = max(self._halves - 1, 0) % 2 * HALF
        self._push(min(n, HALF), first)
        self._push(n - HALF, HALF - first)

    def _left_pins(self, now):
        """Frames that have left the pins by `now`, and that the sink has not got."""
        half = HALF // self._dma_frame
        if self._halves == 0:
            return min((now - self._open_at) * self._den // self._sample // 2, half)
        # At the last event the DMA had read `_halves` halves, of which AHEAD samples were to come.
        samples = (now - (self._ends - self._step)) * self._den // self._sample - AHEAD
        samples += self._halves * half * 2
        return min(samples // 2 - (self._halves - 1) * half, 2 * half)

    # From here on nothing allocates: not a function has more than eleven words of state.

    def _push(self, n, at):
        if self._cut and n > 0:
            self._cut = False
            n -= self._dma_frame
            at += self._dma_frame
        if n > 0 and not self.sink.closed:
            if self._unit:
                self.sink.push_left(self._latch, n, at)
            else:
                self.sink.push(self._latch, n, at)
            self.played(n // self._dma_frame)

    def fire(self):
        """Lets the DMA run up to now; then one interrupt is served, if any is let through."""
        while self._ends <= engine.now:
            self._chain()
        if self._pending and not engine.masked:
            self._serve()
        self._set_due()

    def unmasked(self):
        self._set_due()

    def _set_due(self):
        if self._pending and not engine.masked:
            self.due = engine.now
        else:
            self.due = self._ends

    def _chain(self):
        # The hardware at the end of a half: the other half begins, an interrupt is raised.
        half = self._half
        self._half = 1 - half
        self._halves += 1
        self._ends += self._step
        self._frac += self._rest
        if self._frac >= self._den:
            self._frac -= self._den
            self._ends += 1
        self._fresh &= ~(1 << half)
        self._pending |= 1 << half
        if self.tx:
            self._begin(1 - half)
        else:
            self.source.pull(self.dma, half * HALF, HALF)

    def _begin(self, half):
        # Two halves back is out by now; its place in the latch takes the half that begins.
        if self._halves > 1:
            self._push(HALF, half * HALF)
        # A channel not set back in time reads on behind its half: old data.
        start = half if self._fresh & 1 << half else 1
        copies.copy(self._latch, self.dma, HALF, half * HALF << 31 | start * HALF)

    def _serve(self):
        # The interrupt handler; it takes the processor for a while before it has its effect.
        half = 0 if self._pending & 1 else 1
        self._pending &= ~(1 << half)
        if self.tx:
            self._serve_tx(half)
        else:
            self._serve_rx(half)
        self._fresh |= 1 << half

    def _take(self, ns):
        engine.steal(self._irq_base + ns)
        while self._ends <= engine.now:
            self._chain()

    def _serve_tx(self, half):
        n = self._to_move(self.len - self.state[3], self.space())
        plays = self.available() + n >= HALF
        self._take(n * self._irq_put + (self._irq_get if plays else 0))
        if n:
            copies.ring_put(self.ring, self.state, self.buf, n)
            self._moved()
        self._feed(half)

    def _serve_rx(self, half):
        there = self.available()
        room = self.space() >= HALF
        if room:
            there += HALF
        n = self._to_move((self.len - self.state[3]) // self.app_frame * 8, there)
        self._take(n * self._irq_fill + (self._irq_get if room else 0))
        if room:
            self._put(self.dma, half * HALF, HALF)
        if n:
            self._hand_out(n)

    def _hand_out(self, n):
        copies.ring_read(self.buf, self.ring, self.state, n << 8 | self.keep)
        self._moved()

    def _to_move(self, n, limit):
        # Bytes of the application's transfer that this interrupt moves, all or nothing.
        if not self.copying or self.io != NON_BLOCKING:
            return 0
        if n > MOVE:
            n = MOVE
        return n if n <= limit else 0

    def _moved(self):
        if self.state[3] >= self.len:
            self.copying = False
            engine.schedule(self.handler, self.shell, self.board.meter)

    def available(self):
        n = self.state[1] - self.state[0]
        return n if n >= 0 else n + self.state[2]

    def space(self):
        return self.state[2] - 1 - self.available()

    def _feed(self, half):
        if self.available() >= HALF:
            copies.ring_get(self.dma, self.ring, self.state, half * HALF << 8 | self._unit)
            self.full()
        else:
            copies.clear(self.dma, HALF, half * HALF)
            self.starved(HALF // self._dma_frame)

    def _put(self, buf, start, n):
        # The offset slot belongs to a non-blocking transfer, which may go on later.
        kept = self.state[3]
        self.state[3] = start
        copies.ring_put(self.ring, self.state, buf, n)
        self.state[3] = kept

    def submit(self, buf, start, n):
        """Non-blocking: the one outstanding transfer; a second abandons the first."""
        self.buf = buf
        self.len = start + n
        self.state[3] = start
        self.copying = True

    def write(self, buf, n, start):
        """Blocking or asyncio: returns the bytes that went into the ring."""
        done = 0
        while True:
            part = self._before_event(min(self.space(), n - done), self._copy)
            if part:
                self._put(buf, start + done, part)
                done += part
                engine.spend(part * self._copy)
            elif done == n or self.io == ASYNCIO:
                return done
            else:
                engine.spin()

    def read(self, buf, n, start):
        """Blocking or asyncio: returns the bytes that reached the buffer."""
        done = 0
        state = self.state
        while True:
            part = min(self.available() // 8, (n - done) // self.app_frame)
            part = self._before_event(part, 8 * self._copy_out)
            if part:
                kept = state[3]
                state[3] = start + done
                copies.ring_read(buf, self.ring, state, part * 8 << 8 | self.keep)
                state[3] = kept
                done += part * self.app_frame
                engine.spend(part * 8 * self._copy_out)
            elif done == n or self.io == ASYNCIO:
                return done
            else:
                engine.spin()

    @staticmethod
    def _before_event(n, each):
        # So many of n things, that take `each` ns, as the next interrupt finds done.
        return min(n, max(engine.next_due - engine.now, 0) // each + 1)

    def readable(self):
        return self.available() > 0

    def writable(self):
        return self.space() > 0


__all__ = ("ASYNCIO", "BLOCKING", "COUNT", "MONO", "NON_BLOCKING", "RX", "STEREO", "TX", "Driver")
