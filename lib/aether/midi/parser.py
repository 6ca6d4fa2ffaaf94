"""MIDI as it comes off a wire, byte by byte, whatever comes."""

from aether.const import const
from aether.midi.messages import Messages, method_of

_REAL_TIME = const(0xF8)
_SYSTEM = const(0xF0)
_STATUS = const(0x80)
_PROGRAM = const(0xC0)
_BEND = const(0xE0)


class Parser:
    """Makes messages of bytes, and calls the methods of `handler` for them.

    handler: an object with any of the methods in `messages.METHODS`, and of midi_clock(),
    midi_start(), midi_continue() and midi_stop(). channels: as for Messages.

    Any bytes will do. A status byte may be left out where it is the one before (running status),
    real-time bytes may come anywhere. System exclusive and common messages, undefined ones, what
    is cut short and data without a status are left out. Allocates in the constructor only.
    """

    def __init__(self, handler, channels=None):
        self._send = Messages(handler, channels).send
        self._clock = method_of(handler, "midi_clock")
        self._start = method_of(handler, "midi_start")
        self._continue = method_of(handler, "midi_continue")
        self._stop = method_of(handler, "midi_stop")
        # The status that data belongs to, 0 for none; the first of two data bytes, -1 for none.
        self._status = 0
        self._first = -1

    def feed(self, byte):
        """Take in a byte, 0 to 255. Any context that the handler allows; allocates nothing.

        What the handler raises comes through; the parser goes on with the next byte.
        """
        if byte >= _REAL_TIME:
            self._real_time(byte)
        elif byte >= _STATUS:
            # What is no message of a channel ends running status; its data is left out.
            self._status = byte if byte < _SYSTEM else 0
            self._first = -1
        elif self._status:
            if self._first >= 0:
                byte = byte << 8 | self._first
            elif not _PROGRAM <= self._status < _BEND:
                self._first = byte
                return
            self._first = -1
            self._send(byte << 8 | self._status)

    def feed_bytes(self, buffer, n):
        """Take in the first `n` bytes of a buffer, as feed() does."""
        for i in range(n):
            self.feed(buffer[i])

    def reset(self):
        """Forget what has begun: after a gap, for one."""
        self._status = 0
        self._first = -1

    def _real_time(self, byte):
        if byte == 0xF8:
            self._clock()
        elif byte == 0xFA:
            self._start()
        elif byte == 0xFB:
            self._continue()
        elif byte == 0xFC:
            self._stop()
        # Active sensing (0xFE), a reset (0xFF), and 0xF9 and 0xFD, which mean nothing.
