"""machine.I2C and SoftI2C: a bus with nothing on it, where no address is acknowledged."""

from virtual_board import board, costs, engine, real
from virtual_board.arguments import REQUIRED, integer, parse
from virtual_board.pin import pin_id

_ESP32 = board.current.esp32
_EIO = 5
_ENODEV = 19
_NEW = (
    ("id", 0, integer, False),
    ("freq", 400_000, integer, _ESP32),
    ("scl", None, None, True),
    ("sda", None, None, True),
    ("timeout", 50_000, integer, True),
)
_SOFT_NEW = (
    ("scl", REQUIRED, None, False),
    ("sda", REQUIRED, None, False),
    ("freq", 400_000, integer, True),
    ("timeout", 50_000, integer, True),
)
_told = set()


class _Bus:
    # What the port says where nobody answers.
    _errno = _ENODEV

    def _wire(self, freq, scl, sda):
        engine.call(costs.SPI)
        if freq <= 0:
            raise ValueError("freq must be above 0")
        # Start, eight bits of address, no acknowledge, stop.
        self._nobody = 11 * 1_000_000_000 // freq
        for pin in (scl, sda):
            if pin is not None:
                pin_id(pin)

    def init(self, *args, **kwargs):
        self.__init__(*self._given, *args, **kwargs)

    def deinit(self):
        pass

    def scan(self):
        engine.call(costs.SPI_WRITE + 112 * self._nobody)
        return []

    def start(self, *args):
        raise OSError("I2C operation not supported")

    stop = write = readinto = start

    def _call(self, addr):
        engine.call(costs.SPI_WRITE + self._nobody)
        addr = integer(addr)
        if addr not in _told:
            _told.add(addr)
            text = "aether: the virtual board has nothing on I2C: no answer from address 0x%02x\n"
            real.sys.stderr.write(text % addr)
        raise OSError(self._errno)

    def readfrom(self, addr, nbytes, stop=True):
        self._call(addr)

    def readfrom_into(self, addr, buf, stop=True):
        self._call(addr)

    def writeto(self, addr, buf, stop=True):
        self._call(addr)

    def writevto(self, addr, vector, stop=True):
        self._call(addr)

    def readfrom_mem(self, addr, memaddr, nbytes, *, addrsize=8):
        self._call(addr)

    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        self._call(addr)

    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        self._call(addr)


class I2C(_Bus):
    """I2C(id, *, scl, sda, freq)."""

    _errno = _ENODEV if _ESP32 else _EIO

    def __init__(self, *args, **kwargs):
        self._given = args[:1]
        number, freq, scl, sda, _ = parse(_NEW, args, kwargs)
        if number not in (0, 1):
            raise ValueError("I2C(%d) doesn't exist" % number)
        if not _ESP32:
            for pin, odd, name in ((scl, 1, "SCL"), (sda, 0, "SDA")):
                if pin is not None and pin_id(pin) & 3 != number * 2 + odd:
                    raise ValueError("bad %s pin" % name)
        self._wire(freq, scl, sda)


class SoftI2C(_Bus):
    """SoftI2C(scl, sda, *, freq)."""

    _given = ()

    def __init__(self, *args, **kwargs):
        scl, sda, freq, _ = parse(_SOFT_NEW, args, kwargs)
        self._wire(freq, scl, sda)

    def start(self):
        engine.call(costs.SPI_WRITE)

    stop = start

    def write(self, buf):
        """How many bytes were acknowledged: none, and it ends with the first."""
        engine.call(costs.SPI_WRITE + self._nobody)
        return 0

    def readinto(self, buf, nack=True):
        engine.call(costs.SPI_WRITE + len(buf) * self._nobody)
        for i in range(len(buf)):
            buf[i] = 0xFF
