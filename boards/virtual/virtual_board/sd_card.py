"""An SD card (SDHC) in SPI mode: what it answers to the bytes that it hears.

Which pin selects it nobody says: it is the one that was low when the first CMD0 came. The card
answers at once; only a block that was written keeps it busy. Checksums are ignored, as SD cards
in SPI mode do, and not given.
"""

from virtual_board import costs, engine, pin, real

BLOCK = 512
_OTHERS = (
    "aether: the virtual board has nothing on SPI but an SD card: what is sent to a display, or "
    "to anything else, is seen nowhere\n"
)
_FIRST = b"\x40\0\0\0\0\x95"
_IDLE = b"\xff" * BLOCK
_ILLEGAL = 4
_PARAMETER = 0x40
_TOKEN = 0xFE
_TOKEN_MANY = 0xFC
_TOKEN_STOP = 0xFD
_TAKEN = 0xE5
_REFUSED = 0xED
_CID = b"\x41AEvirtl\x10\0\0\0\1\1\x51\1"

_images = []
_told = False
_told_of_others = False


def configure(file):
    """There is a card: its blocks are those of `file`, open for reading and writing; or None."""
    if file is not None:
        _images.append(Image(file))


def image():
    """The Image of the card; None, and a line for the user, if there is no card."""
    global _told
    if not _images and not _told:
        _told = True
        real.sys.stderr.write("aether: the virtual board has no SD card: --sd DIR gives it one\n")
    return _images[0] if _images else None


def unheard(first):
    """A line for the user, once, if what begins with the byte `first` is sent to no card."""
    global _told_of_others
    if first != 0xFF and not (_told or _told_of_others):
        _told_of_others = True
        real.sys.stderr.write(_OTHERS)


class Image:
    """Blocks of 512 bytes in a file of the host; `count` of them."""

    def __init__(self, file):
        self._file = file
        self.count = file.seek(0, 2) // BLOCK

    def holds(self, block, n=1):
        return 0 <= block and block + n <= self.count

    def read(self, block, into):
        """Fills `into`, a view of whole blocks."""
        self._file.seek(block * BLOCK)
        self._file.readinto(into)

    def write(self, block, data):
        self._file.seek(block * BLOCK)
        self._file.write(data)


class Card:
    """The card's end of the bus; every SPI hands it what it sends."""

    def __init__(self):
        self._select = None
        self._image = None
        self._ready = False
        self._asked = 0
        self._app = False
        self._frame = bytearray(6)
        self._have = 0
        # What is left to say: _reply[_at:_end].
        self._reply = bytearray(BLOCK + 8)
        self._view = memoryview(self._reply)
        self._at = self._end = 0
        # The block at which a transfer goes on, of one block or many.
        self._block = 0
        self._reading = self._writing = self._many = False
        self._data = bytearray(BLOCK + 2)
        self._left = 0
        self._busy_until = 0

    def engaged(self):
        """Whether it is in the middle of a command or a block."""
        return self._select is not None and (self._left or self._have) != 0

    def exchange(self, n, out, fill, into):
        """n bytes go by: those of `out`, or n times `fill`; the answers are put into `into`.

        `out` and `into` are views of at least n bytes, or None.
        """
        if not self._selected(n, out):
            self._have = 0
            if n and out is not None:
                unheard(out[0])
            if into is not None:
                _silence(into, 0, n)
            return
        at = 0
        while at < n:
            at += self._go_on(at, n - at, out, fill, into)

    def _selected(self, n, out):
        if self._select is not None and pin.is_low(self._select):
            return True
        first = n == 6 and out is not None and out[:6] == _FIRST
        if not (first or (n == 1 and out is not None and out[0] == 0x40 and not self._select)):
            return False
        if pin.lowered is None or not pin.is_low(pin.lowered):
            return False
        self._image = image()
        if self._image is None:
            return False
        self._select = pin.lowered
        return True

    def _go_on(self, at, n, out, fill, into):
        # Handles some of the next n bytes; returns how many.
        if self._left:
            n = min(n, self._left)
            if into is not None:
                _silence(into, at, n)
            self._take(at, n, out, fill)
            return n
        if self._at < self._end:
            n = min(n, self._end - self._at)
            idle = fill == 0xFF if out is None else out[at : at + n] == _IDLE[:n]
            if idle and not self._have:
                if into is not None:
                    into[at : at + n] = self._view[self._at : self._at + n]
                self._at += n
                return n
        elif self._reading and self._many:
            self._say_block()
            return 0
        said = self._say()
        self._hear(fill if out is None else out[at])
        if into is not None:
            into[at] = said
        return 1

    def _say(self):
        if self._at < self._end:
            self._at += 1
            return self._reply[self._at - 1]
        return 0 if engine.now < self._busy_until else 0xFF

    def _hear(self, byte):
        if self._have:
            self._frame[self._have] = byte
            self._have += 1
            if self._have == 6:
                self._have = 0
                self._obey()
        elif byte & 0xC0 == 0x40:
            self._frame[0] = byte
            self._have = 1
        elif self._writing:
            if byte == (_TOKEN_MANY if self._many else _TOKEN):
                self._left = len(self._data)
            elif self._many and byte == _TOKEN_STOP:
                self._writing = False
                self._busy_until = engine.now + costs.SD_WRITE

    def _take(self, at, n, out, fill):
        start = len(self._data) - self._left
        if out is None:
            for i in range(start, start + n):
                self._data[i] = fill
        else:
            self._data[start : start + n] = out[at : at + n]
        self._left -= n
        if self._left:
            return
        fits = self._image.holds(self._block)
        if fits:
            self._image.write(self._block, memoryview(self._data)[:BLOCK])
            self._busy_until = engine.now + costs.SD_WRITE
        self._answer(_TAKEN if fits else _REFUSED, 0)
        self._block += 1
        self._writing = self._many

    def _answer(self, byte, gap=1):
        # Queues `byte`, after `gap` bytes without an answer.
        for _ in range(gap):
            self._reply[self._end] = 0xFF
            self._end += 1
        self._reply[self._end] = byte
        self._end += 1

    def _add(self, data):
        self._reply[self._end : self._end + len(data)] = data
        self._end += len(data)

    def _say_block(self):
        self._at = self._end = 0
        if not self._image.holds(self._block):
            self._reading = False
            self._answer(_ILLEGAL << 1)  # the error token: out of range
            return
        self._add_block()
        self._block += 1

    def _add_block(self):
        self._answer(_TOKEN)
        self._image.read(self._block, self._view[self._end : self._end + BLOCK])
        self._end += BLOCK
        self._add(b"\xff\xff")

    def _obey(self):
        frame = self._frame
        command = frame[0] & 0x3F
        argument = frame[1] << 24 | frame[2] << 16 | frame[3] << 8 | frame[4]
        app = self._app
        self._app = command == 55
        self._reading = self._writing = False
        self._at = self._end = 0
        if command == 12:
            self._answer(0xFF)
        if command == 0:
            self._ready = False
            self._asked = 0
        elif command == 1 or (app and command == 41):
            # As a card does that needs a moment.
            self._ready = self._asked > 0
            self._asked += 1
        state = 0 if self._ready else 1
        if command in (17, 18, 24, 25) and not self._image.holds(argument):
            self._answer(state | _PARAMETER)
            return
        known = command in (0, 1, 8, 9, 10, 12, 13, 16, 17, 18, 23, 24, 25, 41, 55, 58, 59)
        if not known or (command == 41 and not app):
            state |= _ILLEGAL
        self._answer(state)
        if command == 8:
            self._add(bytes((0, 0, frame[3] & 15, frame[4])))
        elif command == 9:
            self._register(self._capacity())
        elif command == 10:
            self._register(_CID)
        elif command == 13:
            self._add(b"\0")
        elif command == 58:
            self._add(b"\xc0\xff\x80\0" if self._ready else b"\0\xff\x80\0")
        elif command in (17, 18, 24, 25):
            self._block = argument
            self._many = command in (18, 25)
            self._reading = command < 20
            self._writing = not self._reading
            if command == 17:
                self._add_block()

    def _register(self, data):
        self._answer(_TOKEN)
        self._add(data)
        self._add(b"\xff\xff")

    def _capacity(self):
        # The CSD of version 2: the size in units of 512 KB.
        size = self._image.count // 1024 - 1
        middle = bytes((size >> 16 & 0x3F, size >> 8 & 0xFF, size & 0xFF))
        return b"\x40\x0e\0\x32\x5b\x59\0" + middle + b"\x7f\x80\x0a\x40\0\1"


def _silence(into, at, n):
    while n > 0:
        k = min(n, BLOCK)
        into[at : at + k] = _IDLE if k == BLOCK else _IDLE[:k]
        at += k
        n -= k


CARD = Card()
