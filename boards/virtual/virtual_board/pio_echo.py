"""What a sender puts on its pin, for a follower that reads the same pin. Nothing allocates."""

from virtual_board import memory

# More than is sent at once: see pio_out; 1 << _BITS bytes.
_BITS = 10
_SIZE = 1 << _BITS
# For memory.move: by halfwords, both addresses going up, that of what is written in a ring.
_SPEC = 2 | 8 | 16 | 32 | _BITS << 8


class Echo:
    """The last frames of a sender, as they go into its WAV."""

    def __init__(self, sender, listener):
        self._sender = sender
        self._listener = listener
        self._store = bytearray(2 * _SIZE)
        self._at = memory.addressof(self._store)
        self._at += -self._at % _SIZE

    def put(self, at, n):
        """n bytes at an address are sent next."""
        sender = self._sender
        start = sender.frames_played * sender.sink.frame_bytes % _SIZE
        memory.move(self._at + start, at, n // 2, _SPEC)

    def tell(self):
        """They have been."""
        self._listener.hear(2 * self._sender.frames_played)

    def address_of(self, sample):
        """Where a sample lies; of both channels, as the wire has them."""
        frame = self._sender.sink.frame_bytes
        size = self._sender.bits // 8
        start = sample // 2 * frame + (sample % 2 * size if frame > size else 0)
        return self._at + start % _SIZE
