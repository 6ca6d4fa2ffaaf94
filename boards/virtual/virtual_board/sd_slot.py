"""machine.SDCard of the esp32 port: a block device over the SD card, in slots 1 to 3."""

from virtual_board import board, costs, engine, sd_card
from virtual_board.arguments import integer, parse

_ETIMEDOUT = 116
# For True and False of the port, which the interpreter's file systems do not know here.
_DONE, _FAILED = None, -5
_COUNT, _SIZE = 4, 5
_NEW = (
    ("slot", 1, integer, True),
    ("width", 1, integer, True),
    ("cd", None, None, True),
    ("wp", None, None, True),
    ("miso", None, None, True),
    ("mosi", None, None, True),
    ("sck", None, None, True),
    ("cs", None, None, True),
)
# Pins for SDMMC slots can be chosen on an ESP32-S3.
_S3_PINS = (("cmd", None, None, True), ("data", None, None, True))
_FREQ = (("freq", 20_000_000, integer, True),)


class SDCard:
    """SDCard(*, slot, width, cd, wp, miso, mosi, sck, cs, freq)."""

    def __init__(self, *args, **kwargs):
        engine.call(costs.SD)
        s3 = board.current.values["MCU"] == "ESP32S3"
        given = parse(_NEW + (_S3_PINS if s3 else ()) + _FREQ, args, kwargs)
        slot, width, miso, mosi, cs = given[0], given[1], given[4], given[5], given[7]
        if not (0 if s3 else 1) <= slot <= 3:
            raise ValueError("invalid slot number")
        if slot >= 2 and s3 and (given[8] is not None or given[9] is not None):
            raise ValueError("invalid config: SPI slot with SDMMC pin arguments")
        if slot < 2:
            if miso is not None or mosi is not None or cs is not None:
                raise ValueError("invalid config: SDMMC slot with SPI pin arguments")
            if width not in (1, 4) and (width, slot) != (8, 0):
                raise ValueError("width must be 1 or 4 (or 8 on slot 0)")
        lanes = width if slot < 2 else 1
        self._block_ns = sd_card.BLOCK * 8 * 1_000_000_000 // (given[-1] * lanes)
        self._image = None

    def _there(self):
        if self._image is None:
            engine.hold(costs.SD_START)
            self._image = sd_card.image()
        return self._image is not None

    def _holds(self, block, buf):
        return self._there() and self._image.holds(block, len(buf) // sd_card.BLOCK)

    def _took(self, buf, more=0):
        # No callback runs while the port waits for the card.
        engine.hold(costs.SD + len(buf) // sd_card.BLOCK * self._block_ns + more)
        return _DONE

    def info(self):
        """(bytes, bytes of a block); OSError without a card."""
        if not self._there():
            raise OSError(_ETIMEDOUT)
        return (self._image.count * sd_card.BLOCK, sd_card.BLOCK)

    def readblocks(self, block_num, buf):
        if not self._holds(block_num, buf):
            return _FAILED
        self._image.read(block_num, buf)
        return self._took(buf)

    def writeblocks(self, block_num, buf):
        if not self._holds(block_num, buf):
            return _FAILED
        self._image.write(block_num, buf)
        return self._took(buf, costs.SD_WRITE)

    def ioctl(self, op, arg):
        if op == 2:
            self._image = None
        elif op not in (1, 3, _COUNT, _SIZE) or (op != 3 and not self._there()):
            return -1
        return {_COUNT: self._image and self._image.count, _SIZE: sd_card.BLOCK}.get(op, 0)

    def deinit(self):
        self._image = None
