"""machine.I2S as programs see it; a Driver of i2s_rp2 or i2s_esp32 does the work."""

from virtual_board import buffers, costs, engine
from virtual_board.arguments import REQUIRED, integer, parse
from virtual_board.i2s_driver import ASYNCIO, BLOCKING, NON_BLOCKING
from virtual_board.pin import pin_id
from virtual_board.shift import shift_samples

_EPERM = 1
_EINVAL = 22
_POLL = 3
_POLL_RD = 1
_POLL_WR = 4
_INIT = tuple(
    [(name, REQUIRED, None, True) for name in ("sck", "ws", "sd")]
    + [(name, REQUIRED, integer, True) for name in ("mode", "bits", "format", "rate", "ibuf")]
)
_SHIFT = (
    ("buf", REQUIRED, None, True),
    ("bits", REQUIRED, integer, True),
    ("shift", REQUIRED, integer, True),
)


class I2S:
    """An I2S bus; made again with the same id, it is the same object, opened anew."""

    MONO = 0
    STEREO = 1

    def __new__(cls, *args, **kwargs):
        if not args:
            raise TypeError("function missing 1 required positional arguments")
        i2s_id = integer(args[0])
        if i2s_id < 0 or i2s_id >= len(_blocks):
            raise ValueError("invalid id")
        if _blocks[i2s_id] is None:
            self = object.__new__(cls)
            self._driver = _port.Driver(_board, i2s_id, self)
            _board.i2s.append(self._driver)
            _blocks[i2s_id] = self
        else:
            _blocks[i2s_id].deinit()
        return _blocks[i2s_id]

    def __init__(self, *args, **kwargs):
        _open(self._driver, args[1:], kwargs)

    def __repr__(self):
        d = self._driver
        return (
            "I2S(id=%u,\nsck=%s,\nws=%s,\nsd=%s,\nmode=%u,\nbits=%u, format=%u,\n"
            "rate=%d, ibuf=%d)"
            % (d.i2s_id, d.sck, d.ws, d.sd, d.mode, d.bits, d.format, d.rate, d.ibuf)
        )

    def init(self, *args, **kwargs):
        self.deinit()
        _open(self._driver, args, kwargs)

    def deinit(self):
        d = self._driver
        engine.enter(costs.I2S_STOP)
        if d.open:
            d.deinit()
            engine.spend(d.close_cost())
        engine.leave()

    def irq(self, handler):
        if handler is not None and not callable(handler):
            raise ValueError("invalid callback")
        d = self._driver
        engine.enter(costs.I2S_CALL)
        d.io = BLOCKING if handler is None else NON_BLOCKING
        d.handler = handler
        d.irq_update()
        engine.leave()

    def write(self, buf, a=None, b=None):
        if b is None:
            b = a
            a = 0
        b = _limit(buf, a, b)
        return _write(self._driver, buf, a, b)

    def readinto(self, buf, a=None):
        kind = type(buf)
        if kind is bytes or kind is str:
            raise TypeError("object with buffer protocol required")
        return _read(self._driver, buf, _limit(buf, 0, a))

    def ioctl(self, request, arg):
        """The stream protocol's poll; it turns the object to asyncio mode, as on a board."""
        if request != _POLL:
            raise OSError(_EINVAL)
        d = self._driver
        d.io = ASYNCIO
        ready = 0
        if arg & _POLL_RD:
            _must_be(d, d.RX)
            if d.readable():
                ready |= _POLL_RD
        if arg & _POLL_WR:
            _must_be(d, d.TX)
            if d.writable():
                ready |= _POLL_WR
        return ready

    @staticmethod
    def shift(*args, **kwargs):
        engine.call(costs.I2S_SHIFT)
        shift_samples(*parse(_SHIFT, args, kwargs))


_blocks = []
_board = None
_port = None


def make(board, port):
    """The class I2S for a board whose driver is the module `port`."""
    global _board, _port
    _board = board
    _port = port
    _blocks[:] = [None] * port.COUNT
    I2S.RX = port.RX
    I2S.TX = port.TX
    return I2S


def _open(driver, args, kwargs):
    values = parse(_INIT, args, kwargs)
    engine.enter(costs.I2S_OPEN + driver.open_cost(values[-1]))
    try:
        values[:3] = [pin_id(pin) for pin in values[:3]]
        driver.init(*values)
        _board.beside_input()
    finally:
        engine.leave()


# The path of a write: nothing below allocates, see i2s_rp2.


def _limit(buf, start, most):
    # Bytes to transfer of what lies behind `start`; a negative one is taken for a huge one.
    n = buffers.nbytes(buf) - start
    if n < 0 or integer(start) < 0:
        return 0
    if most is None or integer(most) < 0 or most > n:
        return n
    return most


def _must_be(driver, mode):
    if driver.mode != mode:
        raise OSError(_EPERM)


def _write(driver, buf, start, n):
    _must_be(driver, driver.TX)
    driver.ready()
    engine.enter(costs.I2S_WRITE)
    if n:
        _board.charge(n, driver.app_frame)
        n = _transfer(driver, buffers.view(buf), start, n)
    engine.leave()
    return n


def _read(driver, buf, n):
    _must_be(driver, driver.RX)
    if n % driver.app_frame:
        raise OSError(_EINVAL)
    driver.ready()
    engine.enter(costs.I2S_READ)
    if n:
        n = _transfer(driver, buffers.view(buf), 0, n)
    engine.leave()
    return n


def _transfer(driver, view, start, n):
    if driver.io == NON_BLOCKING:
        driver.submit(view, start, n)
        return n
    if driver.tx:
        return driver.write(view, n, start)
    return driver.read(view, n, start)
