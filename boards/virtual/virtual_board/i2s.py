"""machine.I2S as programs see it; a Driver of i2s_rp2 or i2s_esp32 does the work."""

from virtual_board import buffers, costs, engine, real
from virtual_board.pin import pin_id

_EPERM = 1
_EINVAL = 22
_POLL_RD = 1
_POLL_WR = 4
_NEEDED = ("sck", "ws", "sd", "mode", "bits", "format", "rate", "ibuf")


def make(board, module):
    """The class I2S of a board whose driver is `module`."""
    blocks = [None] * module.COUNT

    class I2S:
        RX = module.RX
        TX = module.TX
        MONO = module.MONO
        STEREO = module.STEREO

        def __new__(cls, *args, **kwargs):
            if not args:
                raise TypeError("function missing 1 required positional arguments")
            i2s_id = args[0]
            if i2s_id < 0 or i2s_id >= module.COUNT:
                raise ValueError("invalid id")
            if blocks[i2s_id] is None:
                shell = object.__new__(cls)
                shell._driver = module.Driver(board, i2s_id, shell)
                board.i2s.append(shell._driver)
                blocks[i2s_id] = shell
            else:
                blocks[i2s_id].deinit()
            return blocks[i2s_id]

        def __init__(self, i2s_id, **kwargs):
            _open(self._driver, kwargs)

        def __repr__(self):
            d = self._driver
            return (
                "I2S(id=%u,\nsck=%s,\nws=%s,\nsd=%s,\nmode=%u,\nbits=%u, format=%u,\n"
                "rate=%d, ibuf=%d)"
                % (d.i2s_id, d.sck, d.ws, d.sd, d.mode, d.bits, d.format, d.rate, d.ibuf)
            )

        def init(self, **kwargs):
            self.deinit()
            _open(self._driver, kwargs)

        def deinit(self):
            engine.enter(costs.I2S_CLOSE)
            self._driver.deinit()
            engine.leave()

        def irq(self, handler):
            if handler is not None and not callable(handler):
                raise ValueError("invalid callback")
            d = self._driver
            engine.enter(costs.I2S_CALL)
            d.io = module.BLOCKING if handler is None else module.NON_BLOCKING
            d.handler = handler
            d.irq_update()
            engine.leave()

        def write(self, buf, a=None, b=None):
            d = self._driver
            start = 0 if b is None else a
            n = _span(buf, a, b)
            if d.mode != module.TX:
                raise OSError(_EPERM)
            engine.enter(costs.I2S_WRITE)
            if n:
                board.charge(n, d.app_frame)
                if d.io == module.NON_BLOCKING:
                    d.submit(buffers.view(buf), start, n)
                else:
                    n = d.write(buffers.view(buf), n, start)
            engine.leave()
            return n

        def readinto(self, buf, a=None):
            d = self._driver
            n = _span(buf, a, None)
            if d.mode != module.RX:
                raise OSError(_EPERM)
            if n % d.app_frame:
                raise OSError(_EINVAL)
            engine.enter(costs.I2S_WRITE)
            if n:
                if d.io == module.NON_BLOCKING:
                    d.submit(buffers.view(buf), 0, n)
                else:
                    n = d.read(buffers.view(buf), n, 0)
            engine.leave()
            return n

        def ioctl(self, request, arg):
            """The stream protocol's poll; it turns the object to asyncio mode, as on a board."""
            if request != 3:
                raise OSError(_EINVAL)
            d = self._driver
            d.io = module.ASYNCIO
            ready = 0
            if arg & _POLL_RD:
                if d.mode != module.RX:
                    raise OSError(_EPERM)
                if d.readable():
                    ready |= _POLL_RD
            if arg & _POLL_WR:
                if d.mode != module.TX:
                    raise OSError(_EPERM)
                if d.writable():
                    ready |= _POLL_WR
            return ready

        @staticmethod
        def shift(*, buf, bits, shift):
            engine.call(costs.I2S_CALL)
            _shift(buf, bits, shift)

    return I2S


def _open(driver, kwargs):
    for name in kwargs:
        if name not in _NEEDED:
            raise TypeError("extra keyword arguments given")
    for name in _NEEDED:
        if name not in kwargs:
            raise TypeError("'%s' argument required" % name)
    engine.enter(costs.I2S_OPEN)
    try:
        for name in ("sck", "ws", "sd"):
            kwargs[name] = pin_id(kwargs[name])
        driver.init(
            kwargs["sck"],
            kwargs["ws"],
            kwargs["sd"],
            kwargs["mode"],
            kwargs["bits"],
            kwargs["format"],
            kwargs["rate"],
            kwargs["ibuf"],
        )
    finally:
        engine.leave()


def _span(buf, a, b):
    """Bytes to transfer: all, at most `a`, or from offset `a` at most `b`."""
    n = buffers.nbytes(buf)
    if a is not None:
        if b is not None:
            n = n - a if a < n else 0
            a = b
        if 0 <= a < n:
            n = a
    return n


def _shift(buf, bits, shift):
    if bits != 16 and bits != 32:
        raise ValueError("invalid bits")
    data = buffers.view(buf) if real.HOSTED else _bytes_of(buf)
    size = bits // 8
    top = 1 << (bits - 1)
    mask = (1 << bits) - 1
    for i in range(0, len(data) - size + 1, size):
        x = int.from_bytes(data[i : i + size], "little")
        x = (x ^ top) - top
        x = x << shift if shift >= 0 else x >> -shift
        data[i : i + size] = (x & mask).to_bytes(size, "little")


def _bytes_of(buf):
    import uctypes

    return uctypes.bytearray_at(uctypes.addressof(buf), buffers.nbytes(buf))
