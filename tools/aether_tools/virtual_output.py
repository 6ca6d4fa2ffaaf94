"""From what the interpreter writes to what the board would send.

A newline goes out as CR LF, as a board sends it, except in binary output, which marks its own with
the nonce. The banner of the host's interpreter is replaced by the board's, and where a soft reset
came from the raw REPL, the banner of the friendly one is left out.
"""

import re

RAW_BANNER = b"raw REPL; CTRL-B to exit\r\n"
# A tail this long that begins something we look for is kept until more has come.
_LEAST_HELD = 4


class Output:
    """The translation of one power-on; `nonce` marks what the board's own code has to say."""

    def __init__(self, nonce: bytes, machine: str, raw: bool):
        self.raw = raw
        self._nonce = nonce
        self._machine = machine.encode()
        self._held = b""
        self._last = b""
        self._skip = False
        self._native = b""
        self._compile()

    def _compile(self) -> None:
        mark = re.escape(self._nonce)
        kinds = [mark + b"\n", mark + b"B[^\n]*\n", re.escape(RAW_BANNER)]
        if self._native:
            kinds.append(re.escape(self._native))
        self._find = re.compile(b"|".join(kinds))

    @property
    def holding(self) -> bool:
        """Whether the tail of what came is kept back; flush() lets it go."""
        return bool(self._held)

    @property
    def booted(self) -> bool:
        """Whether boot.py and main.py have ended, and the REPL begun."""
        return bool(self._native)

    def feed(self, data: bytes) -> bytes:
        """What the board sends for `data`."""
        data = self._held + data
        self._held = b""
        out = []
        while match := self._find.search(data):
            out.append(self._text(data[: match.start()]))
            out.append(self._mark(match.group()))
            data = data[match.end() :]
        if keep := self._partial(data):
            data, self._held = data[:-keep], data[-keep:]
        out.append(self._text(data))
        return b"".join(out)

    def flush(self) -> bytes:
        data, self._held = self._held, b""
        return self._text(data)

    def _mark(self, mark: bytes) -> bytes:
        self._last = b""
        if mark == RAW_BANNER:
            self.raw, self._skip = True, False
            return mark
        if mark == self._native:
            self.raw = False
            name = mark.split(b"; ")[0]
            return b"" if self._skip else name + b"; " + self._machine + b"\r\n"
        if mark[len(self._nonce) :] == b"\n":
            return b"\n"
        # The REPL begins; what follows is its banner.
        self._native = mark[len(self._nonce) + 1 :]
        self._skip = self.raw
        self._compile()
        return b""

    def _text(self, data: bytes) -> bytes:
        if not data or self._skip:
            return b""
        complete = self._last == b"\r" and data[:1] == b"\n"
        self._last = data[-1:]
        data = re.sub(rb"(?<!\r)\n", b"\r\n", data)
        return data[1:] if complete else data

    def _partial(self, data: bytes) -> int:
        """Length of the tail that may be the beginning of a mark."""
        kinds = ((self._nonce, 1), (RAW_BANNER, _LEAST_HELD), (self._native, _LEAST_HELD))
        longest = 0
        for mark, least in kinds:
            for n in range(min(len(mark) - 1, len(data)), max(least, longest) - 1, -1):
                if data.endswith(mark[:n]):
                    longest = n
                    break
        # A whole nonce whose kind, or whose line, has not come yet.
        at = data.rfind(self._nonce)
        return max(longest, len(data) - at if at >= 0 else 0)
