"""An SD card over SPI as a block device: SDCard(spi, cs), to be mounted.

Stands in for the driver of this name that is copied to boards, with the same interface.
"""

import time

_TRIES = 100
_START, _START_MANY, _STOP = 0xFE, 0xFC, 0xFD


class SDCard:
    def __init__(self, spi, cs, baudrate=1_320_000):
        self.spi = spi
        self.cs = cs
        self._byte = bytearray(1)
        cs.init(cs.OUT, value=1)
        self.init_card(baudrate)

    def init_spi(self, baudrate):
        self.spi.init(baudrate=baudrate, phase=0, polarity=0)

    def init_card(self, baudrate):
        """Wakes the card up; OSError if there is none."""
        self.init_spi(100_000)
        self.spi.write(b"\xff" * 16)
        for _ in range(5):
            if self._command(0, 0, 0x95) == 1:
                break
        else:
            raise OSError("no SD card")
        self._command(8, 0x1AA, 0x87, 4)
        for _ in range(_TRIES):
            time.sleep_ms(50)
            self._command(55, 0)
            if self._command(41, 0x40000000) == 0:
                break
        else:
            raise OSError("timeout waiting for v2 card")
        csd = bytearray(16)
        self._command(9, 0, release=False)
        self._receive(csd)
        self._release()
        self.sectors = ((csd[7] & 0x3F) << 16 | csd[8] << 8 | csd[9]) * 1024 + 1024
        self.init_spi(baudrate)

    def _command(self, number, argument, crc=1, more=0, release=True):
        self.cs(0)
        self.spi.write(bytes((0x40 | number,)) + argument.to_bytes(4, "big") + bytes((crc,)))
        if number == 12:
            self.spi.readinto(self._byte, 0xFF)
        status = 0xFF
        for _ in range(_TRIES):
            self.spi.readinto(self._byte, 0xFF)
            status = self._byte[0]
            if not status & 0x80:
                break
        if more:
            self.spi.read(more, 0xFF)
        if release or status:
            self._release()
        return status

    def _release(self):
        self.cs(1)
        self.spi.write(b"\xff")

    def _receive(self, buf):
        for _ in range(_TRIES):
            self.spi.readinto(self._byte, 0xFF)
            if self._byte[0] == _START:
                break
        else:
            self._release()
            raise OSError("timeout waiting for response")
        self.spi.readinto(buf, 0xFF)
        self.spi.read(2, 0xFF)

    def _wait(self):
        self.spi.readinto(self._byte, 0xFF)
        while self._byte[0] == 0:
            self.spi.readinto(self._byte, 0xFF)

    def readblocks(self, block_num, buf):
        many = len(buf) > 512
        if self._command(18 if many else 17, block_num, release=False):
            raise OSError(5)
        view = memoryview(buf)
        for at in range(0, len(buf), 512):
            self._receive(view[at : at + 512])
        if many:
            self._command(12, 0, release=False)
        self._release()

    def writeblocks(self, block_num, buf):
        many = len(buf) > 512
        if self._command(25 if many else 24, block_num, release=False):
            raise OSError(5)
        view = memoryview(buf)
        for at in range(0, len(buf), 512):
            self.spi.write(bytes((0xFF, _START_MANY if many else _START)))
            self.spi.write(view[at : at + 512])
            self.spi.write(b"\xff\xff")
            self.spi.readinto(self._byte, 0xFF)
            if self._byte[0] & 0x1F != 5:
                self._release()
                raise OSError(5)
            self._wait()
        if many:
            self.spi.write(bytes((_STOP, 0xFF)))
            self._wait()
        self._release()

    def ioctl(self, op, arg):
        if op == 4:
            return self.sectors
        if op == 5:
            return 512
