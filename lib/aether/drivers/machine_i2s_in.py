"""The receiver over `machine.I2S`, MicroPython's own, on every board that has it."""

import sys

from aether.drivers.machine_bus import MachineBus

# What comes in is 32-bit stereo in the ring, whatever of it the program asks for.
_FRAME = 8
# rp2 moves at most this many bytes from its ring into a read, all or nothing, each time its DMA
# has filled a half of its buffer.
_RP2_CHUNK = 512
_RP2_HALF = 128
# Cycles of that interrupt, measured on stock v1.28 on an emulated RP2040: with nothing to move,
# and for each byte out of the ring. Where they outlast halves, one after the other, the DMA runs
# on behind its buffer, over the ring's own pointers: the chip crashes.
_RP2_IRQ = 8300
_RP2_OUT = 78
# An ESP32's DMA buffers have this many frames, and there are at least two.
_ESP32_FRAMES = 256


class MachineI2SIn(MachineBus):
    """One I2S receiver with clocks of its own. Nothing is opened before open().

    channels: 2, or 1 for the left one alone. On the bus a sample always has 32 bits; bits=16 are
    the upper half of them. ibuf: bytes of the ring between DMA and program, eight of them a frame.
    Other arguments and errors: as for MachineI2S. Allocates.

    On rp2 the rate can be 37,000 at most with a clock of 125 MHz, and interrupts must not be
    masked for longer than ten frames, as a write to the flash does: what the DMA goes on to write
    over is not its own. Rp2DMAIn has neither limit.
    """

    def __init__(self, i2s_id, sck, ws, sd, *, rate=44100, bits=16, channels=2, ibuf=8192):
        super().__init__(i2s_id, sck, ws, sd, rate, bits, channels, ibuf)
        if sys.platform == "rp2":
            self._check_rate()

    def wire_bits(self) -> int:
        return 32

    def _check_rate(self):
        # ValueError if the interrupt of rp2 could outlast a half of its buffer.
        import machine

        clock = machine.freq()
        cycles = _RP2_IRQ + _RP2_CHUNK * _RP2_OUT
        most = clock * 9 // 10 * _RP2_HALF // _FRAME // cycles
        if self.rate > most:
            raise ValueError(
                "rate must be %d at most with a clock of %d Hz, not %d: the I2S interrupt of rp2 "
                "would not keep up, DMA does" % (most, clock, self.rate)
            )

    def check_read(self, frames: int):
        """ValueError if reads of so many frames would get stuck, for want of room in the ring."""
        if sys.platform == "esp32":
            return
        size = frames * _FRAME
        chunk = min(_RP2_CHUNK, size)
        # Where reads end between two halves, less than one may lie in the ring.
        least = chunk + (_RP2_HALF if size % _RP2_HALF else 1)
        if self.ibuf < least:
            raise ValueError(
                "ibuf must be at least %d bytes for reads of %d frames, not %d: the stream would "
                "never start" % (least, frames, self.ibuf)
            )

    def buffered_frames(self) -> int:
        """Frames that wait for a read at most: one more, and sound is lost."""
        if sys.platform == "esp32":
            return max(2, self.ibuf // (_ESP32_FRAMES * _FRAME)) * _ESP32_FRAMES
        return ((self.ibuf - 1) // _RP2_HALF + 1) * _RP2_HALF // _FRAME

    def step_frames(self) -> int:
        """Frames that come into the ring at once."""
        return _ESP32_FRAMES if sys.platform == "esp32" else _RP2_HALF // _FRAME

    def outstanding(self) -> int:
        """How many reads can be on their way at once, if other code has made one of its own.

        rp2 forgets the first where a second one comes; an ESP32 puts it into a queue.
        """
        return 2 if sys.platform == "esp32" else 1

    def open(self):
        """Open the bus, which takes in sound from now on; reads block until listen().

        Allocates. What `machine.I2S` raises for pins or rates it cannot serve is passed on.
        """
        self._open("RX")

    def read(self, frames):
        """Have a byte buffer of whole frames filled; it must stay alive until ready() is called.

        Allocates nothing. After listen() one read may be outstanding.
        """
        self._i2s.readinto(frames)
