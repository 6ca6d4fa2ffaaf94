"""The driver over `machine.I2S`, MicroPython's own, on every board that has it."""

import sys

from aether.drivers.machine_bus import MachineBus

# rp2 moves at most this many bytes from a write into its ring, all or nothing, each time its DMA
# has played a half of its buffer; and it plays halves only, so less than one can stay in the ring.
_RP2_CHUNK = 512
_RP2_HALF = 128
# Cycles of that interrupt, measured on stock v1.28 on an emulated RP2040: entry, a byte into the
# ring, a byte out of it. One that outlasts a half plays old samples and can swap the channels.
_RP2_IRQ = 375
_RP2_IN = 69
_RP2_OUT = 55
# An ESP32's DMA buffers have this many frames, and there are at least two.
_ESP32_FRAMES = 256


class MachineI2S(MachineBus):
    """One I2S transmitter: its pins and its format. Nothing is opened before open().

    i2s_id: the board's number of the peripheral. sck, ws, sd: GPIO numbers; on rp2, ws must be
    sck + 1. rate: frames a second, 1,000 to 192,000. bits: 16 or 32. channels: 1 or 2; a mono
    stream goes to both. ibuf: bytes of the ring buffer between program and DMA.

    TypeError or ValueError for anything else, for a peripheral that the chip has not, and on rp2
    for a rate that the clock divider does not reach within 1 %.
    """

    def __init__(self, i2s_id, sck, ws, sd, *, rate=44100, bits=16, channels=2, ibuf=8192):
        super().__init__(i2s_id, sck, ws, sd, rate, bits, channels, ibuf)

    def most_bytes(self) -> int:
        """The longest write that the driver's interrupt takes in safely, in bytes.

        ValueError where the rate is too high for any.
        """
        if sys.platform != "rp2":
            return 1 << 20
        import machine

        # A half lasts this many cycles; other interrupts may want a quarter of it.
        half = machine.freq() // self.rate * _RP2_HALF * 4 // self.bits
        out = _RP2_HALF // (3 - self.channels)
        for size in (_RP2_CHUNK, 256, 128):
            if _RP2_IRQ + size * _RP2_IN + out * _RP2_OUT <= half * 3 // 4:
                return 1 << 20 if size == _RP2_CHUNK else size
        raise ValueError(
            "rate must be lower for %d bits with a clock of %d Hz, not %d: the I2S interrupt of "
            "rp2 would not keep up" % (self.bits, machine.freq(), self.rate)
        )

    def check_write(self, size: int):
        """ValueError if writes of `size` bytes would get stuck or could not keep up.

        rp2 takes in at most one write each time it has played a half of its DMA buffer, and only
        when the ring has room for a chunk of it. On an ESP32 nothing gets stuck, but writes of
        less than its 256 frames may leave gaps.
        """
        if sys.platform == "esp32":
            return
        played = _RP2_HALF // (3 - self.channels)
        if size < played:
            raise ValueError(
                "a write must have at least %d bytes, not %d: use more blocks" % (played, size)
            )
        chunk = min(_RP2_CHUNK, size)
        least = chunk + 1
        if self.channels == 1 or size % _RP2_HALF:
            least = chunk + _RP2_HALF  # a rest that is too short to play may lie in the ring
        if self.ibuf < least:
            raise ValueError(
                "ibuf must be at least %d bytes for writes of %d, not %d: the stream would never "
                "start" % (least, size, self.ibuf)
            )

    def buffered_frames(self) -> int:
        """Frames between a write and the pins when everything is full: ring and DMA buffers."""
        if sys.platform == "esp32":
            return max(2, self.ibuf // (_ESP32_FRAMES * self.frame_bytes)) * _ESP32_FRAMES
        dma = 2 * _RP2_HALF // (self.bits // 4)  # stereo frames, mono or not
        return self.ibuf // self.frame_bytes + dma

    def outstanding(self) -> int:
        """How many writes can be on their way at once, if other code has made one of its own.

        rp2 forgets the first where a second one comes; an ESP32 puts it into a queue.
        """
        return 2 if sys.platform == "esp32" else 1

    def slack_frames(self) -> int:
        """Frames by which a write may take longer to be taken in than it lasts, buffers full."""
        if sys.platform == "esp32":
            # The task that does it waits for a buffer, and then for FreeRTOS to give it a turn.
            return 2 * _ESP32_FRAMES + self.rate // 100
        return _RP2_CHUNK // self.frame_bytes + 2 * _RP2_HALF // (self.bits // 4)

    def prefill(self, size: int) -> int:
        """How many writes of `size` bytes the empty buffers take in without waiting."""
        # An ESP32 plays round its empty buffers, and hands each out when it has been played.
        return 0 if sys.platform == "esp32" else max(0, self.ibuf // size - 1)

    def pieces(self):
        """How the DMA plays what is written, for a Meter, as a tuple. Allocates.

        It plays a piece after the other: on rp2 a half of its buffer, on an ESP32 one of its
        buffers. The tuple has: bytes of a write in a piece; 1/64 microseconds that one lasts,
        30 millionths more and rounded up; microseconds that the first has lasted when open()
        returns; bytes of silence before the first write; the fewest bytes of which a piece is
        played; the most that can lie ahead when a write has been taken in.
        """
        if sys.platform == "esp32":
            # A piece with less than it holds is played, filled up with silence.
            frames, least, early = _ESP32_FRAMES, 1, 0
            piece = frames * self.frame_bytes
            most = lead = (self.buffered_frames() - frames) * self.frame_bytes
        else:
            frames, least, lead = _RP2_HALF * 4 // self.bits, _RP2_HALF, 0
            piece = frames * self.frame_bytes
            # Its FIFO and shift register take nine samples at once.
            early = self.period_us(9) >> 9
            most = self.ibuf - 1 - piece
        time = self.period_us(frames) * 32769 // 131072 + 1
        return piece, time, early, lead, least, most

    def open(self):
        """Open the bus, which plays silence from now on; writes block until listen().

        Allocates. What `machine.I2S` raises for pins or rates it cannot serve is passed on.
        """
        self._open("TX")

    def write(self, frames):
        """Hand over a byte buffer; it must stay alive and unchanged until it is taken in.

        Allocates nothing. After listen() one write may be outstanding.
        """
        self._i2s.write(frames)
