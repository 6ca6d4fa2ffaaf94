"""machine.SPI and SoftSPI: an SD card can be on them. Whatever else they address is not there."""

from virtual_board import board, buffers, costs, engine, sd_card
from virtual_board.arguments import REQUIRED, integer, parse
from virtual_board.pin import pin_id

_ESP32 = board.current.esp32
_MSB = 0 if _ESP32 else 1
_LSB = 1 - _MSB
# Of the esp32 port: ids 1 and 2.
_FIRST = 1 if _ESP32 else 0
# sck, mosi, miso of each bus.
_RP2_PINS = ((18, 19, 16), (10, 11, 8))
_ESP32_PINS = ((14, 13, 12), (18, 23, 19))
_S3_PINS = ((12, 11, 13), (36, 35, 37))
_UNUSED = 255
# The clock of the peripherals of an RP2, whatever that of the system is.
_PERIPHERAL = 48_000_000
# baudrate, polarity, phase, bits, firstbit.
_DEFAULTS = (500_000 if _ESP32 else 1_000_000, 0, 0, 8, _MSB)
# What a SoftSPI of the esp32 port reaches without a wait.
_SOFT_MAX = 800_000
_FORMAT = (
    ("polarity", -1, integer, True),
    ("phase", -1, integer, True),
    ("bits", -1, integer, True),
    ("firstbit", -1, integer, True),
)
_PINS = (
    ("sck", -1, None, True),
    ("mosi", -1, None, True),
    ("miso", -1, None, True),
)
_NEW = (
    (("id", REQUIRED if _ESP32 else 0, integer, False), ("baudrate", -1, integer, False))
    + _FORMAT
    + _PINS
)
_INIT = (("baudrate", -1, integer, not _ESP32),) + _FORMAT + (_PINS if _ESP32 else ())
_SOFT_NEW = (("baudrate", 500_000, integer, False),) + _FORMAT + _PINS
_SOFT_INIT = (
    ("baudrate", -1, integer, False),
    ("polarity", -1, integer, False),
    ("phase", -1, integer, False),
    ("firstbit", -1, integer, True),
) + _PINS


class _Bus:
    MSB = _MSB
    LSB = _LSB
    baudrate = 0
    closed = False

    def read(self, nbytes, write=0):
        into = bytearray(nbytes)
        self._transfer(costs.SPI_READ, nbytes, None, write & 0xFF, memoryview(into))
        return bytes(into)

    def readinto(self, buf, write=0):
        if type(buf) is bytes or type(buf) is str:
            raise TypeError("object with buffer protocol required")
        n = buffers.nbytes(buf)
        self._transfer(costs.SPI_READINTO, n, None, write & 0xFF, buffers.window(buf))

    def write(self, buf):
        self._transfer(costs.SPI_WRITE, buffers.nbytes(buf), buffers.window(buf), 0, None)

    def write_readinto(self, write_buf, read_buf):
        n = buffers.nbytes(write_buf)
        if n != buffers.nbytes(read_buf):
            raise ValueError("buffers must be the same length")
        into = buffers.window(read_buf)
        self._transfer(costs.SPI_READINTO, n, buffers.window(write_buf), 0, into)

    def deinit(self):
        self.closed = _ESP32

    def _transfer(self, cost, n, out, fill, into):
        if self.closed:
            raise OSError("transfer on deinitialized SPI")
        engine.enter(cost + n * 8_000_000_000 // self.baudrate)
        sd_card.CARD.exchange(n, out, fill, into)
        # Whoever is stopped within a block leaves the card in the middle of it.
        engine.shielded = sd_card.CARD.engaged()
        engine.leave()

    def _format(self, polarity, phase, bits, firstbit):
        if firstbit == _LSB and not _ESP32:
            raise NotImplementedError("LSB")
        if polarity != -1:
            self.polarity = polarity
        if phase != -1:
            self.phase = phase
        if bits != -1:
            if bits <= 0:
                raise ValueError("invalid bits")
            self.bits = bits
        if firstbit != -1:
            self.firstbit = firstbit


class SPI(_Bus):
    """A bus of the chip; made again with the same id, it is the same object."""

    def __new__(cls, *args, **kwargs):
        if args and args[0] == -1 and _ESP32:
            print("Warning: SPI(-1, ...) is deprecated, use SoftSPI(...) instead")
            return SoftSPI(*args[1:], **kwargs)
        given = parse(_NEW, args, kwargs)
        number = given[0] - _FIRST
        if not 0 <= number < len(_buses):
            raise ValueError("SPI(%d) doesn't exist" % given[0])
        self = _buses[number]
        if self is None:
            self = _buses[number] = object.__new__(cls)
            self.id = given[0]
            self.pins = list(_default_pins()[number])
        return self

    def __init__(self, *args, **kwargs):
        if args and args[0] == -1:
            return
        engine.call(costs.SPI)
        given = parse(_NEW, args, kwargs)
        self._wire(given[6:])
        if not _ESP32 and len(args) < 2 and not kwargs and self.baudrate:
            return
        self.closed = False
        wanted = [value if value != -1 else _DEFAULTS[i] for i, value in enumerate(given[1:6])]
        self.baudrate = _clock(wanted[0])
        self._format(*wanted[1:])

    def init(self, *args, **kwargs):
        engine.call(costs.SPI_INIT)
        given = parse(_INIT, args, kwargs)
        if given[0] != -1:
            self.baudrate = _clock(given[0])
        self._format(*given[1:5])
        if _ESP32:
            self._wire(given[5:])
            self.closed = False

    def _wire(self, pins):
        for i, given in enumerate(pins):
            if given == -1 or (given is None and i < 2 and not _ESP32):
                continue
            number = -1 if _ESP32 else _UNUSED
            if given is not None:
                number = pin_id(given)
                if not _ESP32 and (number & 3 != (2, 3, 0)[i] or number >> 3 & 1 != self.id):
                    raise ValueError("bad %s pin" % ("SCK", "MOSI", "MISO")[i])
            self.pins[i] = number

    def __repr__(self):
        given = (self.id, self.baudrate, self.polarity, self.phase, self.bits)
        if _ESP32:
            text = "SPI(id=%u, baudrate=%u, polarity=%u, phase=%u, bits=%u, firstbit=%u, "
            text += "sck=%d, mosi=%d, miso=%d)"
            return text % (given + (self.firstbit,) + tuple(self.pins))
        text = "SPI(%u, baudrate=%u, polarity=%u, phase=%u, bits=%u, sck=%u, mosi=%u, miso=%s)"
        miso = None if self.pins[2] == _UNUSED else self.pins[2]
        return text % (given + (self.pins[0], self.pins[1], miso))


class SoftSPI(_Bus):
    """A bus on any three pins."""

    def __init__(self, *args, **kwargs):
        engine.call(costs.SPI)
        baudrate, polarity, phase, bits, firstbit, sck, mosi, miso = parse(_SOFT_NEW, args, kwargs)
        if bits not in (-1, 8):
            raise ValueError("bits must be 8")
        if -1 in (sck, mosi, miso):
            raise ValueError("must specify all of sck/mosi/miso")
        self.pins = [pin_id(sck), pin_id(mosi), pin_id(miso)]
        self.polarity = self.phase = 0
        self.firstbit = _MSB
        self._set(baudrate, polarity, phase, firstbit)

    def init(self, *args, **kwargs):
        engine.call(costs.SPI_INIT)
        given = parse(_SOFT_INIT, args, kwargs)
        self._set(*given[:4])
        for i, pin in enumerate(given[4:]):
            if pin != -1:
                self.pins[i] = pin_id(pin)

    def _set(self, baudrate, polarity, phase, firstbit):
        if baudrate != -1:
            # A whole number of microseconds for each half of a bit.
            self.baudrate = 500_000 // -(-500_000 // baudrate)
            if _ESP32 and baudrate >= _SOFT_MAX:
                self.baudrate = _SOFT_MAX
        if polarity != -1:
            self.polarity = polarity
        if phase != -1:
            self.phase = phase
        if firstbit != -1:
            self.firstbit = firstbit

    def __repr__(self):
        given = (self.baudrate, self.polarity, self.phase, self.firstbit) + tuple(self.pins)
        text = "SoftSPI(baudrate=%u, polarity=%u, phase=%u, firstbit=%u, sck=%u, mosi=%u, miso=%u)"
        return text % given


_buses = [None, None]


def _default_pins():
    if not _ESP32:
        return _RP2_PINS
    return _S3_PINS if board.current.values["MCU"] == "ESP32S3" else _ESP32_PINS


def _clock(wanted):
    """The clock that the chip's dividers make of `wanted` Hz."""
    if wanted <= 0:
        raise ValueError("baudrate must be above 0")
    if _ESP32:
        return 80_000_000 // max(-(-80_000_000 // wanted), 1)
    prescale = 2
    while prescale < 256 and _PERIPHERAL >= prescale * 256 * wanted:
        prescale += 2
    post = 256
    while post > 1 and _PERIPHERAL // (prescale * (post - 1)) <= wanted:
        post -= 1
    return _PERIPHERAL // (prescale * post)
