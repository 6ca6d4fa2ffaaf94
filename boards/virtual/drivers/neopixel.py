"""RGB lights on one wire, as in the firmware of a board; their light is seen nowhere."""

from machine import bitstream


class NeoPixel:
    """NeoPixel(pin, n, bpp=3, timing=1): n lights of bpp colours; write() sends them."""

    ORDER = (1, 0, 2, 3)

    def __init__(self, pin, n, bpp=3, timing=1):
        self.pin = pin
        self.n = n
        self.bpp = bpp
        self.buf = bytearray(n * bpp)
        self.timing = timing
        if isinstance(timing, int):
            self.timing = (400, 850, 800, 450) if timing else (800, 1700, 1600, 900)
        pin.init(pin.OUT)

    def __len__(self):
        return self.n

    def __setitem__(self, i, colours):
        for k in range(self.bpp):
            self.buf[i * self.bpp + self.ORDER[k]] = colours[k]

    def __getitem__(self, i):
        return tuple(self.buf[i * self.bpp + self.ORDER[k]] for k in range(self.bpp))

    def fill(self, colours):
        for i in range(self.n):
            self[i] = colours

    def write(self):
        bitstream(self.pin, 0, self.timing, self.buf)
