"""A transmitter and a receiver on one clock, for RP2 boards: what comes in can be played on.

The transmitter makes the clocks; a second state machine of the same PIO reads them from their
pins, and the data that come in with them. Both rings have blocks of the same size and start with
the first frame: block k of the input is taken in while block k of the output is on the bus.
"""

import machine

import aether.drivers.rp2_chain as rp2_chain
import aether.drivers.rp2_programs as rp2_programs
from aether.drivers.rp2_bus import Bus, input_pin
from aether.drivers.rp2_dma import Rp2DMA
from aether.drivers.rp2_ring import Ring

# Cycles of the system clock that the follower needs in each half of a bit.
_HALF_BIT = 3


class Rp2Duplex(Rp2DMA):
    """One I2S bus with data out and data in: its pins and its format, the same both ways.

    sck, ws, sd: as for Rp2DMA. sd_in: the pin of the data that come in, pulled down; sd itself
    to hear what is sent, without a wire. channels: 2, or 1: what is sent goes to both sides, and
    of what comes in the left one is taken. Other arguments and errors: as for Rp2DMA.

    Claims two state machines of one PIO and five DMA channels. ValueError also where the system
    clock is less than six times the bit clock. Methods and slots of the output are as Rp2DMA's,
    those of the input have names that end in `_in`. Allocates. Main program only.
    """

    channels_needed = 5
    # Frames from block k of the output to block k of the input, both on the bus.
    distance = 0

    def __init__(
        self, sck, ws, sd, sd_in, *, rate=44100, bits=16, channels=2, hard=False, clock=None
    ):
        pins = {"sck": sck, "ws": ws, "sd": sd, "sd_in": sd_in}
        Bus.__init__(self, pins, rate, bits, channels, hard, clock)

    def _check(self, clock):
        super()._check(clock)
        most = clock // (_HALF_BIT * self.bits * 4)
        if self.rate > most:
            raise ValueError(
                "rate must be %d at most for %d bits both ways with a clock of %d Hz, not %d"
                % (most, self.bits, clock, self.rate)
            )

    def _assemble(self):
        return super()._assemble() + (rp2_programs.follower(self.channels, self.sck, self.ws),)

    def prepare(self, frames: int, blocks: int):
        """Make both rings, with as many blocks of as many frames: `slots` and `slots_in`.

        slots_in[k] holds block k of the input from when it has ended until all others have once
        more: then it is written over. Otherwise as for Rp2DMA. Allocates.
        """
        super().prepare(frames, blocks)
        self._ring_in = Ring(frames, self.frame_bytes, len(self.slots))
        self.slots_in = self._ring_in.slots
        # Samples that the DMA moves for a block of the input.
        self.transfers_in = self._ring_in.size // (self.bits // 8)

    def open(self):
        """As Rp2DMA.open(), with both rings. Allocates."""
        super().open()
        rp2_chain.reset(self.counters_in()[0])
        self._ring_in.clear()

    def run(self, ready):
        """Play and fill the rings; ready(dma) is called when a block of the input is full.

        The same block of the output has then been taken from its ring, and the next one is being
        played: what is made of this input can be heard two blocks later at the earliest.

        In the interrupt, once a block, unless interrupts are masked: then once for all. Allocates.
        """
        # Before the transmitter's pins: one of them may be the same.
        data = input_pin(self.sd_in)
        sender = self._set_sender()
        number, follower = self._machine(
            1, machine.freq(), in_base=data, jmp_pin=machine.Pin(self.ws)
        )
        chain = self._claim.channels[3:]
        rp2_chain.set_in(chain, self._ring_in, number, follower, self.bits == 16)
        self._interrupt(self.counters_in()[0], ready)
        chain[0].active(True)
        self._claim.channels[0].active(True)
        follower.active(1)
        sender.active(1)

    def ended_in(self) -> int:
        """Blocks of the input that are full since run(), modulo 32,768. Allocates nothing."""
        return rp2_chain.ended(self._claim.channels[4])

    def counters_in(self):
        """As counters(), of the input."""
        channels = self._claim.channels
        return channels[4], channels[3]
