"""MIDI from a socket: a UART of the board at 31,250 baud, behind an opto-coupler."""

from aether.const import const

_BAUD = const(31250)
# Bytes taken in at once; the UART keeps the rest.
_MOST = const(32)


class UartIn:
    """Reads a UART, and feeds a parser with what has come.

    board: a module with MIDI_ID and MIDI_RX, the number of the UART and its pin. It must be on
    the main program; the constructor allocates, and ValueError is for a board that has none.
    """

    def __init__(self, board, parser):
        if getattr(board, "MIDI_ID", None) is None:
            raise ValueError("the board file must say where MIDI comes in: MIDI_ID, MIDI_RX")
        from machine import UART, Pin

        self._uart = UART(board.MIDI_ID, baudrate=_BAUD, rx=Pin(board.MIDI_RX))
        self._buffer = bytearray(_MOST)
        self._feed = parser.feed_bytes

    def poll(self):
        """Feed what has come since, 32 bytes at most, which come in 10 ms; never waits.

        Once a block in render, or in a loop of the main program, not both; allocates nothing.
        """
        n = self._uart.any()
        if n:
            # No more than is there: a UART waits for the rest.
            self._take(n if n < _MOST else _MOST)

    def _take(self, n):
        n = self._uart.readinto(self._buffer, n)
        if n:
            self._feed(self._buffer, n)

    def close(self):
        """Give the UART back. Main program."""
        self._uart.deinit()
