"""machine.UART: what is sent goes to nobody, and nothing ever comes."""

from virtual_board import board, buffers, costs, engine

_POLL = 3
_POLL_WR = 4


class UART:
    """UART(id, baudrate, …)."""

    INV_TX, INV_RX = 1, 2
    RTS, CTS = (1, 2) if board.current.esp32 else (2, 1)
    IRQ_RXIDLE = 0x1000 if board.current.esp32 else 0x40

    _byte = 10 * 1_000_000_000 // 115_200

    def __init__(self, id, baudrate=-1, *args, **kwargs):
        if id not in ((0, 1, 2) if board.current.esp32 else (0, 1)):
            raise ValueError("UART(%d) doesn't exist" % id)
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

    def deinit(self):
        pass

    def write(self, buf):
        n = buffers.nbytes(buf) if not isinstance(buf, str) else len(buf.encode())
        self._until = max(self._until, engine.now) + n * self._byte
        engine.call(costs.SPI_WRITE)
        return n

    def _wait(self):
        if self._timeout:
            engine.sleep_until(engine.now + self._timeout * 1_000_000)
        else:
            engine.call(costs.SPI_WRITE)

    def any(self):
        engine.call(costs.SPI_WRITE)
        return 0

    def read(self, nbytes=None):
        self._wait()

    def readinto(self, buf, nbytes=None):
        self._wait()

    def readline(self):
        self._wait()

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
        return arg & _POLL_WR if request == _POLL else 0


if board.current.esp32:
    UART.IRQ_RX, UART.IRQ_BREAK = 1, 2
else:
    UART.IRQ_TXIDLE, UART.IRQ_BREAK = 0x20, 0x200
