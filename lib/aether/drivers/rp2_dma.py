"""The transmitter of RP2 boards: PIO makes the bus, chained DMA channels play a ring of blocks.

Nothing here waits for Python: what was rendered is played once, what was not is silence, and how
many blocks have ended is known at any time. See `rp2_chain` for how.
"""

import machine

import aether.drivers.rp2_chain as rp2_chain
import aether.drivers.rp2_programs as rp2_programs
from aether.drivers.rp2_bus import Bus, clock_pins
from aether.drivers.rp2_ring import Ring


class Rp2DMA(Bus):
    """One I2S transmitter: its pins and its format.

    sck, ws, sd: GPIO numbers, 0 to 29; ws is sck + 1 or sck - 1. rate: frames a second, 1,000 to
    192,000, which the clock divider must reach within 1 %. bits: 16 or 32. channels: 1 or 2; a
    mono stream goes to both. hard: render in the interrupt itself instead of a soft callback: it
    then goes on while garbage is collected, but may not allocate, any code can be in the middle
    of something, and nothing else runs where it takes longer than its block lasts. clock: the
    system clock in Hz that is set when the bus is opened, for instance one of
    `rp2_clock.CLOCKS`; None leaves it alone.

    Claims a state machine, PIO memory and three DMA channels; close() gives them back, as does a
    stream that stops or whose constructor fails. ValueError or TypeError for a bad argument,
    RuntimeError for what is lacking or a pin in use. Allocates. Main program only.
    """

    channels_needed = 3

    def __init__(self, sck, ws, sd, *, rate=44100, bits=16, channels=2, hard=False, clock=None):
        super().__init__({"sck": sck, "ws": ws, "sd": sd}, rate, bits, channels, hard, clock)

    @property
    def doubled(self):
        """Whether a block has each sample twice: mono ones of 32 bits.

        A 16-bit sample that the DMA writes alone fills both halves of the PIO's word, so that a
        mono frame is one sample.
        """
        return self.channels == 1 and self.bits == 32

    def _assemble(self):
        words = 32 if self.channels == 1 else self.bits
        return (rp2_programs.transmitter(self.bits, words, *self._sides),)

    def prepare(self, frames: int, blocks: int):
        """Make the ring: more than `blocks` blocks of `frames` frames, as `slots`.

        A slot is a memoryview of one block's bytes; the number of them is a power of two.
        ValueError if the DMA could not go round it. Allocates.
        """
        self._ring = Ring(frames, self.frame_bytes * (2 if self.doubled else 1), blocks, 1)
        self.slots = self._ring.slots
        # Samples that the DMA moves for a block.
        self.transfers = self._ring.size // (2 if self.bits == 16 else 4)
        self._claim.bind()

    def run(self, ready):
        """Play the ring from its first block on; ready(dma) is called when a block has ended.

        In the interrupt, once a block, unless interrupts are masked: then once for all. Allocates.
        """
        sm = self._set_sender()
        self._interrupt(self.counters()[0], ready)
        self._claim.channels[0].active(True)
        sm.active(1)

    def _set_sender(self):
        number, sm = self._machine(
            0, self._frequency(), sideset_base=clock_pins(self), out_base=machine.Pin(self.sd)
        )
        chain = self._claim.channels[:3]
        rp2_chain.set_out(chain, self._ring, number, sm, self.bits == 16)
        return sm

    def ended(self) -> int:
        """Blocks that have been played since run(), modulo 32,768. Allocates nothing."""
        return rp2_chain.ended(self._claim.channels[2])

    def counters(self):
        """The DMA channels whose `read` counts blocks and whose `count` counts down a block."""
        channels = self._claim.channels
        return channels[2], channels[0]
