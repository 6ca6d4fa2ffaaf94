"""A transmitter and a receiver over `machine.I2S`, on two peripherals of a chip.

Each has a ring and clocks of its own; both clocks come from the same crystal. What lies between
them is counted in time, as `machine.I2S` tells nobody how far it is.
"""

import sys

# Frames of the two rings, unless somebody asks for others.
_ESP32_RING, _RING = 1024, 512
# Bytes of half a DMA buffer on rp2, and frames on their way from there to the pins.
_RP2_HALF = 128
_RP2_AHEAD = 5
_ESP32_FRAMES = 256
# Cycles of the interrupts of rp2, as the two drivers have them: for a half, and for a byte.
_RP2_OUT = (375, 69 + 55)
_RP2_IN = (512, 73 + 77)
# A frame in the input's ring.
_FRAME = 8


def output_ring(options) -> int:
    """Bytes of the output's ring: what the options of a driver say, or some frames' worth."""
    frames = _ESP32_RING if sys.platform == "esp32" else _RING
    frame_bytes = options.get("bits", 16) // 8 * options.get("channels", 2)
    return options.get("ibuf") or frames * frame_bytes


def input_ring(output) -> int:
    """Bytes of an input's ring that holds as many frames as that of an output."""
    return output.ibuf // output.frame_bytes * _FRAME


class MachineDuplex:
    """One MachineI2S and one MachineI2SIn with the same format, each on pins of its own.

    ValueError where the two do not go together, or, on rp2, where their interrupts would take
    more than 40 % of the time; TypeError for what is no such driver. Opens nothing. Allocates.
    """

    fewest = 1

    def __init__(self, output, input):
        if not hasattr(output, "write") or not hasattr(output, "i2s_id"):
            raise TypeError("output must be a MachineI2S, not %s" % type(output).__name__)
        if not hasattr(input, "read") or not hasattr(input, "i2s_id"):
            raise TypeError("input must be a MachineI2SIn, not %s" % type(input).__name__)
        if output.i2s_id == input.i2s_id:
            raise ValueError(
                "input must be on another I2S than output: both are on %d" % input.i2s_id
            )
        for name in ("rate", "bits", "channels"):
            ours, theirs = getattr(output, name), getattr(input, name)
            if ours != theirs:
                raise ValueError(
                    "input must have the %s of output: %d, not %d" % (name, ours, theirs)
                )
        for name in ("sck", "ws", "sd"):
            if getattr(input, name) in (output.sck, output.ws, output.sd):
                raise ValueError(
                    "input's %s must be a pin of its own, not %d" % (name, getattr(input, name))
                )
        self.output = output
        self.input = input
        self.rate = output.rate
        self.bits = output.bits
        self.channels = output.channels
        self.frame_bytes = output.frame_bytes
        # How many blocks make one transfer, unless a stream asks for others.
        self.blocks = 4
        self.slots = None
        if sys.platform == "rp2":
            self.blocks = 2
            self._check_load()

    def true_rate(self) -> float:
        """Frames a second of the output, as its clock divider makes them."""
        return self.output.true_rate()

    def _check_load(self):
        import machine

        half = self.half_frames()
        out = _RP2_OUT[0] + _RP2_HALF // (3 - self.channels) * _RP2_OUT[1]
        frame = out // half + (_RP2_IN[0] + _RP2_HALF * _RP2_IN[1]) * _FRAME // _RP2_HALF
        most = machine.freq() * 2 // 5 // frame
        if self.rate > most:
            raise ValueError(
                "rate must be %d at most for machine.I2S both ways on rp2, not %d: the driver "
                "'dma' can do it" % (most, self.rate)
            )

    def half_frames(self) -> int:
        """Frames that the output's DMA takes at once."""
        if sys.platform == "esp32":
            return _ESP32_FRAMES
        return _RP2_HALF * 4 // self.bits

    def lead_frames(self) -> int:
        """Frames by which a write must come before it can be heard."""
        return 0 if sys.platform == "esp32" else self.half_frames() + _RP2_AHEAD

    def waiting_frames(self) -> int:
        """Frames of input that can wait behind a read."""
        frames = self.input.buffered_frames()
        return frames - _ESP32_FRAMES if sys.platform == "esp32" else frames

    def first_frames(self) -> int:
        """Frames of silence from the opening of the output to what is written right then."""
        if sys.platform == "esp32":
            return self.output.buffered_frames()
        return 2 * self.half_frames()

    def deinit(self):
        """Close both buses."""
        self.output.close()
        self.input.close()

    close = deinit
