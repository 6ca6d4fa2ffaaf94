"""The driver of RP2 boards: PIO makes the bus, chained DMA channels play a ring of blocks.

Three DMA channels, each of which starts the next when it is done, round and round:

    play    one block from the ring to the PIO, as fast as that takes samples
    wipe    zeros over the block just played
    count   one byte to nowhere, from an address that moves on by one each time; interrupts

The ring's size is a power of two and it lies on a multiple of it, so the addresses of `play` and
`wipe` wrap round by themselves. Nothing here waits for Python: what was rendered is played once,
what was not is silence, and the last 15 bits of `count`'s address say how many blocks have ended.
The PIO's queue of eight samples bridges the time that `wipe` takes.
"""

import machine
import rp2
from uctypes import addressof

import aether.drivers.rp2_clock as rp2_clock
import aether.drivers.rp2_programs as rp2_programs
from aether.const import const
from aether.drivers.machine_i2s import _whole
from aether.drivers.rp2_claims import Claim

_CHANNELS = const(3)
# The DMA wraps addresses round at 32 KB at most.
_MOST_RING = const(32768)
_MOST_WRAP = const(15)
# RAM that `count` reads for nothing, on a multiple of 32 KB.
_RAM = const(0x20000000)
_HALFWORD, _WORD = const(1), const(2)


def _power(n):
    # n is 2 to the power of this, or None.
    bits = 0
    while 1 << bits < n:
        bits += 1
    return bits if 1 << bits == n else None


class Rp2DMA:
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

    # How many blocks are rendered ahead: together they outlast a garbage collection of 5.4 ms.
    blocks = 6
    # The one that is played, and the next.
    fewest = 2

    def __init__(self, sck, ws, sd, *, rate=44100, bits=16, channels=2, hard=False, clock=None):
        self.sck = _whole("sck", sck, 0, 29)
        self.ws = _whole("ws", ws, 0, 29)
        self.sd = _whole("sd", sd, 0, 29)
        self.rate = _whole("rate", rate, 1000, 192000)
        if bits not in (16, 32):
            raise ValueError("bits must be 16 or 32, not %s" % bits)
        if channels not in (1, 2):
            raise ValueError("channels must be 1 or 2, not %s" % channels)
        if ws - sck not in (1, -1):
            raise ValueError("ws must be the pin next to sck (%d), not %d" % (sck, ws))
        if sd in (sck, ws):
            raise ValueError("sd must be a pin of its own, not %d" % sd)
        self.bits = bits
        self.channels = channels
        self.hard = bool(hard)
        self.clock = clock
        # A 16-bit sample that the DMA writes alone fills both halves of the PIO's word, so a mono
        # frame is one sample; 32-bit samples have to be there twice.
        self.doubled = channels == 1 and bits == 32
        self.frame_bytes = bits // 8 * channels
        self.slots = None
        self._claim = None
        rp2_clock.frequency(rate, bits)  # refuses a rate
        self._take()

    def _take(self):
        low = self.sck < self.ws
        sck, ws = (1, 2) if low else (2, 1)
        words = 32 if self.channels == 1 else self.bits
        program = rp2_programs.transmitter(self.bits, words, sck, ws)
        pins = {"sck": self.sck, "ws": self.ws, "sd": self.sd}
        self._claim = Claim(pins, (program,), _CHANNELS, 1 + 1000000 // self.rate)
        self._program = program

    def prepare(self, frames: int, blocks: int):
        """Make the ring: at least `blocks` blocks of `frames` frames, as `slots`.

        A slot is a memoryview of one block's bytes; the number of them is a power of two.
        ValueError if the DMA could not go round it. Allocates.
        """
        size = frames * self.frame_bytes * (2 if self.doubled else 1)
        if _power(frames) is None:
            raise ValueError(
                "the pool's buffers must have a power of two of samples for DMA, not %d" % frames
            )
        count = 4  # one is played, one is the last that a late block can reach
        while count < blocks:
            count *= 2
        if count * size > _MOST_RING:
            raise ValueError(
                "blocks must be %d at most with %d bytes each, not %d"
                % (_MOST_RING // size, size, blocks)
            )
        ring = count * size
        store = bytearray(2 * ring)
        start = -addressof(store) % ring
        self._ring = memoryview(store)[start : start + ring]
        self._size = size
        self.slots = [self._ring[i : i + size] for i in range(0, ring, size)]
        self._claim.bind()
        # The period of a block in 1/256 us; ticks of the margin, see late().
        self.transfers = size // (2 if self.bits == 16 else 4)

    def period_us(self, frames: int) -> int:
        """1/256 microseconds that `frames` frames last, at the rate the clock divider reaches."""
        steps = frames * self.bits * 4 * rp2_clock.divider(self._frequency())
        return steps * 1000000 // machine.freq()

    def _frequency(self):
        return rp2_clock.frequency(self.rate, self.bits)

    def open(self):
        """Take what close() gave back, set the clock if asked. Allocates."""
        if self.clock is not None and machine.freq() != self.clock:
            machine.freq(self.clock)
        if not self._claim.held:
            self._claim.release()
            self._take()
            self._claim.bind()
        # Before the first block, none is being played: one less than none has ended.
        self._claim.channels[2].read = _RAM | 0x7FFF
        self._ring[:] = bytes(len(self._ring))

    def run(self, ready):
        """Play the ring from its first block on; ready(dma) is called when a block has ended.

        In the interrupt, once a block, unless interrupts are masked: then once for all. Allocates.
        """
        claim = self._claim
        play, wipe, count = claim.channels
        number = claim.machines[0]
        sm = rp2.StateMachine(
            number,
            self._program,
            freq=self._frequency(),
            sideset_base=machine.Pin(min(self.sck, self.ws)),
            out_base=machine.Pin(self.sd),
        )
        wrap = _power(len(self._ring))
        self._zero = bytes(4)
        self._bin = bytearray(4)
        play.config(
            read=self._ring,
            write=sm,
            count=self.transfers,
            ctrl=play.pack_ctrl(
                size=_HALFWORD if self.bits == 16 else _WORD,
                inc_write=False,
                ring_size=wrap,
                ring_sel=False,
                treq_sel=number // 4 * 8 + number % 4,
                chain_to=wipe.channel,
            ),
        )
        wipe.config(
            read=self._zero,
            write=self._ring,
            count=self._size // 4,
            ctrl=wipe.pack_ctrl(
                inc_read=False, ring_size=wrap, ring_sel=True, chain_to=count.channel
            ),
        )
        count.config(
            read=_RAM,
            write=self._bin,
            count=1,
            ctrl=count.pack_ctrl(
                size=0,
                inc_write=False,
                ring_size=_MOST_WRAP,
                ring_sel=False,
                irq_quiet=False,
                chain_to=play.channel,
            ),
        )
        claim.interrupt = count
        count.irq(ready, hard=True)
        play.active(True)
        sm.active(1)

    def ended(self) -> int:
        """Blocks that have been played since run(), modulo 32,768. Allocates nothing."""
        return self._claim.channels[2].read & 0x7FFF

    def counters(self):
        """The DMA channels whose `read` counts blocks and whose `count` counts down a block."""
        play, _, count = self._claim.channels
        return count, play

    def close(self):
        """Stop at once and give everything back. Allocates nothing; any context."""
        self._claim.release()

    deinit = close
