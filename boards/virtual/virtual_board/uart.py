"""machine.UART: what one sends another receives, as if wires crossed their pins over.

On rp2 that is 0 and 1, on esp32 1 and 2.
"""

from virtual_board import board, buffers, costs, engine

_POLL = 3
_POLL_RD = 1
_POLL_WR = 4
# Those that are in use, by their ids; the two of a pair have ids of this sum.
_open = {}
_PAIR = 3 if board.current.esp32 else 1


class UART:
    """UART(id, baudrate, …)."""

    INV_TX, INV_RX = 1, 2
    RTS, CTS = (1, 2) if board.current.esp32 else (2, 1)
    IRQ_RXIDLE = 0x1000 if board.current.esp32 else 0x40

    _byte = 10 * 1_000_000_000 // 115_200

    def __init__(self, id, baudrate=-1, *args, **kwargs):
        if id not in ((0, 1, 2) if board.current.esp32 else (0, 1)):
            raise ValueError("UART(%d) doesn't exist" % id)
        self._id = id
        self.init(baudrate, *args, **kwargs)

    def init(
        self,
        baudrate=-1,
        bits=8,
        parity=None,
        stop=1,
        *,
        tx=None,
        rx=None,
        rts=None,
        cts=None,
        txbuf=256,
        rxbuf=256,
        timeout=0,
        timeout_char=0,
        invert=0,
        flow=0,
    ):
        engine.call(costs.SPI)
        self._timeout = timeout
        if baudrate > 0:
            self._byte = 10 * 1_000_000_000 // baudrate
        # When all that was sent will be out.
        self._until = 0
        # Rings: the bytes that have come or are on their way, and when each of them is here. One
        # place stays free.
        self._bytes, self._times = bytearray(rxbuf + 1), [0] * (rxbuf + 1)
        self._first = self._end = 0
        _open[self._id] = self

    def deinit(self):
        if _open.get(self._id) is self:
            del _open[self._id]

    def write(self, buf):
        data = buf.encode() if isinstance(buf, str) else bytes(buffers.window(buf))
        at = max(self._until, engine.now)
        self._until = at + len(data) * self._byte
        peer = _open.get(_PAIR - self._id)
        if peer is not None:
            for byte in data:
                at += self._byte
                peer._take(byte, at)
        engine.call(costs.SPI_WRITE)
        return len(data)

    def _take(self, byte, at):
        end = self._end
        if (end + 1) % len(self._bytes) != self._first:
            self._bytes[end] = byte
            self._times[end] = at
            self._end = (end + 1) % len(self._bytes)

    def _here(self):
        n = 0
        at = self._first
        while at != self._end and self._times[at] <= engine.now:
            n += 1
            at = (at + 1) % len(self._bytes)
        return n

    def _wait(self):
        if self._timeout and not self._here():
            engine.sleep_until(engine.now + self._timeout * 1_000_000)
        else:
            engine.call(costs.SPI_WRITE)

    def _next(self):
        byte = self._bytes[self._first]
        self._first = (self._first + 1) % len(self._bytes)
        return byte

    def any(self):
        engine.call(costs.SPI_WRITE)
        return self._here()

    def read(self, nbytes=None):
        self._wait()
        n = self._here()
        if nbytes is not None and nbytes >= 0:
            n = min(n, nbytes)
        return bytes([self._next() for _ in range(n)]) if n else None

    def readinto(self, buf, nbytes=None):
        self._wait()
        size = buffers.nbytes(buf)
        n = min(self._here(), size if nbytes is None else min(size, nbytes))
        i = 0
        while i < n:
            buf[i] = self._next()
            i += 1
        return n if n else None

    def readline(self):
        self._wait()
        line = b""
        while self._here() and line[-1:] != b"\n":
            line += bytes([self._next()])
        return line if line else None

    def txdone(self):
        engine.call(costs.SPI_WRITE)
        return engine.now >= self._until

    def flush(self):
        engine.sleep_until(self._until)

    def sendbreak(self):
        engine.call(costs.SPI_WRITE)

    def irq(self, handler=None, trigger=0, hard=False):
        engine.call(costs.PIN_IRQ)

    def ioctl(self, request, arg):
        """The stream protocol's poll."""
        if request != _POLL:
            return 0
        return arg & (_POLL_WR | (_POLL_RD if self._here() else 0))


if board.current.esp32:
    UART.IRQ_RX, UART.IRQ_BREAK = 1, 2
else:
    UART.IRQ_TXIDLE, UART.IRQ_BREAK = 0x20, 0x200
