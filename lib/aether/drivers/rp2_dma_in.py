"""The receiver of RP2 boards: PIO makes the clocks, chained DMA channels fill a ring of blocks.

Nothing here waits for Python: blocks are filled one after the other, round and round. Slot k of n
holds block k from when it has ended until n - 1 more have: then it is written over.
"""

import aether.drivers.rp2_chain as rp2_chain
import aether.drivers.rp2_programs as rp2_programs
from aether.drivers.rp2_bus import Bus, clock_pins, input_pin
from aether.drivers.rp2_ring import MOST, Ring


class Rp2DMAIn(Bus):
    """One I2S receiver with clocks of its own: its pins and its format.

    sck, ws, sd: GPIO numbers, 0 to 29; ws is sck + 1 or sck - 1; sd is pulled down. channels: 2,
    or 1 for the left half of each frame alone. Samples are signed, little-endian, left first.
    rate, bits, clock, what is claimed and what is raised: as for Rp2DMA, with two DMA channels.

    A bit is read two cycles of the system clock before sck rises: what it comes from has a half
    of a bit but these to put it there. Allocates. Main program only.
    """

    channels_needed = 2
    # What waits in the ring costs no latency: 22 ms at 44.1 kHz, longer than a collection.
    blocks = 16

    def __init__(self, sck, ws, sd, *, rate=44100, bits=16, channels=2, clock=None):
        super().__init__({"sck": sck, "ws": ws, "sd": sd}, rate, bits, channels, True, clock)

    def _assemble(self):
        return (rp2_programs.receiver(self.bits, self.channels, *self._sides),)

    def usual_blocks(self, frames: int) -> int:
        """How many blocks of so many frames the ring has, unless a stream asks for others."""
        # Of a ring that is as long as can be, two would be much of an RP2040's heap.
        return max(self.fewest, min(self.blocks, MOST // 2 // (frames * self.frame_bytes)))

    def prepare(self, frames: int, blocks: int):
        """Make the ring: at least `blocks` blocks of `frames` frames, as `slots`.

        A slot is a memoryview of one block's bytes; the number of them is a power of two.
        ValueError if the DMA could not go round it. Allocates.
        """
        self._ring = Ring(frames, self.frame_bytes, blocks)
        self.slots = self._ring.slots
        # Samples that the DMA moves for a block.
        self.transfers = self._ring.size // (self.bits // 8)
        self._claim.bind()

    def run(self, ready):
        """Fill the ring from its first block on; ready(dma) is called when a block is full.

        In the interrupt, once a block, unless interrupts are masked: then once for all. Allocates.
        """
        number, sm = self._machine(
            0, self._frequency(), sideset_base=clock_pins(self), in_base=input_pin(self.sd)
        )
        rp2_chain.set_in(self._claim.channels, self._ring, number, sm, self.bits == 16)
        self._interrupt(self.counters()[0], ready)
        self._claim.channels[0].active(True)
        sm.active(1)

    def ended(self) -> int:
        """Blocks that are full since run(), modulo 32,768. Allocates nothing."""
        return rp2_chain.ended(self._claim.channels[1])

    def counters(self):
        """The DMA channels whose `read` counts blocks and whose `count` counts down a block."""
        take, count = self._claim.channels
        return count, take
