"""Plays a song: each message at its frame, out of the callback that renders."""

from aether.const import const
from aether.midi.messages import Messages

# Messages sent in one block: two and one for every 16 frames. More wait for the next, so that no
# file can hold up a callback: an RP2040 needs 150 to 250 us for one that a Synth plays.
_LEAST = const(2)
_EVERY = const(4)
# No message is due: a frame that no song reaches.
_NEVER = const(0x3FFFFFFF)
_START, _PAUSE, _STOP = const(1), const(2), const(3)
_CONTROL = const(0xB0)
_SUSTAIN = const(64)
_NOTES_OFF = const(123)


class Player:
    """Sends the messages of a Song to `handler`, see messages.METHODS; it begins with start().

    loop: begin again, without a gap, at the end. channels: as for Messages. Allocates in the
    constructor only.
    """

    def __init__(self, song, handler, *, loop=False, channels=None):
        self._times = song.times
        self._messages = song.messages
        self._count = len(song.times)
        self._frames = song.frames
        self._channels = song.channels
        self._send = Messages(handler, channels).send
        self._asked = 0
        self._going = False
        self.loop = bool(loop)
        self._rewind()

    def start(self):
        """Play from the beginning, or from where it was paused, with the next block."""
        self._asked = _START

    def pause(self):
        """Stop there with the next block; notes that sound are let go. Any context."""
        self._asked = _PAUSE

    def stop(self):
        """As pause(), and go back to the beginning."""
        self._asked = _STOP

    def playing(self) -> bool:
        """Whether there is more to come: False at the end, and once it was paused or stopped."""
        return self._asked == _START or (self._going and not self._asked)

    def position(self) -> int:
        """The frame of the song that the next block begins with."""
        return self._position

    # The path of a callback: allocates nothing.

    def advance(self, n):
        """Send what is due in a block of `n` frames, before it is rendered; once a block.

        What the handler raises comes through; the song goes on with the next message.
        """
        if self._asked:
            self._obey()
        if not self._going:
            return
        self._position += n
        if self._due < self._position:
            self._play(self._position - n, _LEAST + (n >> _EVERY))
        if self._position >= self._frames and self._due == _NEVER:
            self._end(n)

    def _play(self, start, room):
        while self._due < self._position and room:
            i = self._next
            frame = self._due - start
            self._next = i + 1
            self._due = self._times[i + 1] if i + 1 < self._count else _NEVER
            self._send(self._messages[i], frame if frame > 0 else 0)
            room -= 1

    def _end(self, n):
        if not self.loop:
            self._going = False
            self._release()
            self._rewind()
            return
        # What is left of the block belongs to the beginning.
        over = self._position - self._frames
        self._rewind()
        self._position = over if over < n else n
        if self._due < self._position:
            self._play(self._position - n, _LEAST + (n >> _EVERY))

    def _obey(self):
        if self._asked == _START:
            self._going = True
        else:
            if self._going:
                self._going = False
                self._release()
            if self._asked == _STOP:
                self._rewind()
        self._asked = 0

    def _rewind(self):
        self._position = self._next = 0
        self._due = self._times[0] if self._count else _NEVER

    def _release(self):
        # A song that is cut short leaves notes behind, and so may one that is not.
        channel = 0
        while channel < 16:
            if self._channels >> channel & 1:
                self._send(_CONTROL | channel | _SUSTAIN << 8, 0)
                self._send(_CONTROL | channel | _NOTES_OFF << 8, 0)
            channel += 1
