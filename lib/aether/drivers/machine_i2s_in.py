"""The receiver over `machine.I2S`, MicroPython's own, on every board that has it."""

import sys

from aether.drivers.machine_bus import MachineBus

# What comes in is 32-bit stereo in the ring, whatever of it the program asks for.
_FRAME = 8
# rp2 moves at most this many bytes from its ring into a read, all or nothing, each time its DMA
# has filled a half of its buffer.
_RP2_CHUNK = 512
_RP2_HALF = 128
# Cycles of that interrupt, measured on stock v1.28 on an emulated RP2040: entry, a byte into the
# ring, a byte out of it.
_RP2_IRQ = 512
_RP2_IN = 73
_RP2_OUT = 77
# An ESP32's DMA buffers have this many frames, and there are at least two.
_ESP32_FRAMES = 256


class MachineI2SIn(MachineBus):
    """One I2S receiver with clocks of its own. Nothing is opened before open().

    channels: 2, or 1 for the left one alone. On the bus a sample always has 32 bits; bits=16 are
    the upper half of them. ibuf: bytes of the ring between DMA and program, eight of them a frame.
    Other arguments and errors: as for MachineI2S. Allocates.
    """

    def __init__(self, i2s_id, sck, ws, sd, *, rate=44100, bits=16, channels=2, ibuf=8192):
        super().__init__(i2s_id, sck, ws, sd, rate, bits, channels, ibuf)

    def wire_bits(self) -> int:
        return 32

    def most_frames(self) -> int:
        """The longest read that the driver's interrupt hands out safely, in frames.

        An interrupt may outlast a half of the DMA buffer, if those after it make up for that
        before the next half but one. ValueError where the rate is too high for any. Allocates.
        """
        if sys.platform != "rp2":
            return 1 << 16
        import machine

        half = machine.freq() // self.rate * _RP2_HALF // _FRAME
        idle = _RP2_IRQ + _RP2_HALF * _RP2_IN
        # The program gets half of the time at least.
        if (idle + _RP2_HALF * _RP2_OUT) * 2 <= half:
            for chunk in (_RP2_CHUNK, 256, 128):
                over = idle + chunk * _RP2_OUT - half
                if over <= 0:
                    return 1 << 16 if chunk == _RP2_CHUNK else chunk // _FRAME
                moves = half // 2 // over
                if chunk < _RP2_CHUNK and moves:
                    return chunk // _FRAME
                if moves:
                    return moves * chunk // _FRAME
        raise ValueError(
            "rate must be lower with a clock of %d Hz, not %d: the I2S interrupt of rp2 would "
            "not keep up" % (machine.freq(), self.rate)
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
