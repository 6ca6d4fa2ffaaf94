"""What the drivers over `machine.I2S` have in common: peripheral, pins, format, clock."""

import sys

from aether.checks import whole
from aether.drivers.arguments import check_format

# I2S peripherals of the chips that have not two, by how MicroPython names them.
_COUNTS = {"ESP32S2": 1, "ESP32C3": 1, "ESP32C5": 1, "ESP32C6": 1, "ESP32H2": 1, "ESP32P4": 3}


def peripherals() -> int:
    """How many I2S peripherals the chip has, as far as its name tells."""
    names = getattr(sys.implementation, "_machine", "").split(" ")
    return _COUNTS.get(names[-1], 2)


class MachineBus:
    """The pins and the format of one I2S peripheral. Nothing is opened before open().

    The arguments are MachineI2S's. TypeError or ValueError where they cannot work. Allocates.
    """

    # How many blocks make one transfer, unless a stream asks for others, and the least.
    blocks = 4
    fewest = 1

    def __init__(self, i2s_id, sck, ws, sd, rate, bits, channels, ibuf):
        self.i2s_id = whole("i2s_id", i2s_id, 0, peripherals() - 1)
        self.sck = whole("sck", sck, 0, 255)
        self.ws = whole("ws", ws, 0, 255)
        self.sd = whole("sd", sd, 0, 255)
        self.rate = whole("rate", rate, 1000, 192000)
        self.ibuf = whole("ibuf", ibuf, 1, 1 << 20)
        check_format(bits, channels)
        if sys.platform == "rp2" and ws != sck + 1:
            raise ValueError("ws must be sck + 1 on rp2: %d, not %d" % (sck + 1, ws))
        if ws == sck:
            raise ValueError("ws must be a pin of its own, not %d" % ws)
        if sd in (sck, ws):
            raise ValueError("sd must be a pin of its own, not %d" % sd)
        if sys.platform in ("rp2", "esp32"):
            self._check_pins()
        self.bits = bits
        self.channels = channels
        self.frame_bytes = bits // 8 * channels
        self._i2s = None
        if sys.platform == "rp2":
            import aether.drivers.rp2_clock as rp2_clock

            rp2_clock.frequency(rate, self.wire_bits())

    def _check_pins(self):
        from machine import Pin

        for name in ("sck", "ws", "sd"):
            number = getattr(self, name)
            try:
                Pin(number)
            except ValueError:
                raise ValueError("%s must be a pin that the board has, not %d" % (name, number))

    def wire_bits(self) -> int:
        """Bits of a sample on the bus."""
        return self.bits

    def period_us(self, frames: int) -> int:
        """1/256 microseconds that `frames` frames last, at the rate the clock divider reaches."""
        if sys.platform == "rp2":
            import machine

            clock = machine.freq()
            bit_clock = self.rate * self.wire_bits() * 4  # two channels, two PIO steps a bit
            divider = (clock * 256 + bit_clock // 2) // bit_clock  # the nearest 1/256
            return frames * self.wire_bits() * 4 * divider * 1000000 // clock
        return frames * 256000000 // self.rate

    def true_rate(self) -> float:
        """Frames a second that the clock divider really makes; off rp2, those asked for."""
        return self.rate * 256e6 / self.period_us(self.rate)

    def _open(self, mode):
        from machine import I2S, Pin

        self._i2s = I2S(
            self.i2s_id,
            sck=Pin(self.sck),
            ws=Pin(self.ws),
            sd=Pin(self.sd),
            mode=getattr(I2S, mode),
            bits=self.bits,
            format=I2S.MONO if self.channels == 1 else I2S.STEREO,
            rate=self.rate,
            ibuf=self.ibuf,
        )

    def listen(self, ready):
        """From now on transfers return at once, and ready(i2s) is called softly after each.

        It means that the transfer's bytes have been taken from or into the ring in whole.
        """
        # Once only: on the ESP32 every call makes a new task.
        self._i2s.irq(ready)

    def close(self):
        """Close the bus. What the ring still holds is lost."""
        i2s = self._i2s
        if i2s is not None:
            i2s.deinit()
            self._i2s = None  # last, so that Ctrl-C leaves nothing open that cannot be closed
