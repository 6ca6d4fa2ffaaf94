"""What both I2S drivers have in common: the state that a program sets, and the books."""

import array

from virtual_board import costs, engine, sink

MONO = 0
STEREO = 1
BLOCKING = 0
NON_BLOCKING = 1
ASYNCIO = 2
# Bytes of a received 8-byte frame that reach the application, by bits and format.
KEEP = {(16, MONO): 0x0C, (32, MONO): 0x0F, (16, STEREO): 0xCC, (32, STEREO): 0xFF}


class Driver:
    """One I2S peripheral. A driver of a port adds open_port(), close_port() and the transfers."""

    over = False

    def __init__(self, board, i2s_id, shell):
        self.board = board
        self.shell = shell
        self.i2s_id = i2s_id
        self.due = engine.FAR
        self.open = False
        self.tx = True
        self.mode = -1
        self.sck = self.ws = self.sd = 0
        self.bits = 16
        self.format = STEREO
        self.rate = 0
        self.ibuf = 0
        self.app_frame = 4
        self.io = BLOCKING
        self.handler = None
        self.sink = None
        self.source = None
        self.frame_rate = 0
        # head, tail, size, and the offset in the application's buffer: see copies.py.
        self.state = array.array("i", (0, 0, 1, 0))
        self.buf = None
        self.len = 0
        self._heard = False
        self._starving = False
        self.underruns = 0
        self.starved_frames = 0
        self.frames_played = 0
        engine.add_source(self)

    def init(self, sck, ws, sd, mode, bits, form, rate, ibuf):
        """Opens the bus; ValueError where the port refuses."""
        bits &= 0xFF  # as the port keeps it
        self.check(sck, ws, sd, mode, bits, form, rate, ibuf)
        self.sck = sck
        self.ws = ws
        self.sd = sd
        self.mode = mode
        self.bits = bits
        self.format = form
        self.rate = rate
        self.ibuf = ibuf
        self.tx = mode == self.TX
        # Bytes a frame of the application's buffer.
        self.app_frame = bits // 8 * (2 if form == STEREO else 1)
        self.keep = KEEP[(bits, form)]
        self.handler = None
        self.io = BLOCKING
        self._heard = False
        self._starving = False
        if self.tx:
            channels = 2 if form == STEREO else 1
            self.sink = sink.get((self.i2s_id, rate, bits, channels))
        self.open_port()
        self.open = True
        engine.rearm()

    def check(self, sck, ws, sd, mode, bits, form, rate, ibuf):
        if mode != self.RX and mode != self.TX:
            raise ValueError("invalid mode")
        if bits != 16 and bits != 32:
            raise ValueError("invalid bits")
        if form != MONO and form != STEREO:
            raise ValueError("invalid format")

    def deinit(self):
        if not self.open:
            return
        self.finish()
        self.close_port()
        self.open = False
        self.due = engine.FAR
        engine.rearm()

    def open_cost(self, ibuf):
        """ns that opening takes beyond what it always does."""
        return 0

    def close_cost(self):
        """ns that closing goes on after the bus has stopped."""
        return costs.I2S_CLOSE

    def set_clock(self):
        """The system clock has changed."""

    def irq_update(self):
        """The callback has been set."""

    def ready(self):
        """OSError if a closed bus takes no transfer."""

    def played(self, frames):
        """Notes frames with sound."""
        self.frames_played += frames

    def full(self):
        """A piece with data is about to be played."""
        if self._starving:
            self._starving = False
            self.underruns += 1
        self._heard = True

    def starved(self, frames):
        """`frames` of silence are about to be played for want of data."""
        if self._heard:
            self._starving = True
            self.starved_frames += frames
