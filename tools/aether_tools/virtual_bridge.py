"""Between the pty that mpremote opens and the interpreter: input, output, Ctrl-C and resets."""

import os
import pty
import secrets
import select
import time
import tty
from collections.abc import Callable
from pathlib import Path

from aether_tools.boards import Board
from aether_tools.virtual_output import Output
from aether_tools.virtual_process import INTERRUPT, WAKE, Pipes, Process

_CTRL_A = b"\x01"
_CTRL_C = b"\x03"
# Heap for the virtual board's own modules; what they leave of it is filled up.
_OWN_HEAP = 512 * 1024
# Bytes of file system on a Raspberry Pi Pico, for boards that do not say theirs.
_FLASH = 1408 * 1024
# Seconds a Ctrl-C waits for the board to hold still, or for earlier input to be read.
_PATIENCE = 0.15
# Bytes kept for a client that does not read; then the interpreter has to wait for it.
_BACKLOG = 1 << 16
# Seconds without progress after which output that nobody reads is dropped, as USB does it.
_STALLED = 0.5
# Seconds of silence after which output that only looked like the start of a banner goes out.
_HELD = 0.05
# Seconds that completing the sound's files may take at the end.
_FINISH = 1.0


class Bridge:
    """The board with its pty; `port` is its name."""

    def __init__(self, board: Board, fs: Path, wavs: Path | None = None):
        """`fs` is its root; `wavs` takes what is played, a folder of files for each power-on."""
        self._board = board
        self._fs = fs
        self._wavs = wavs
        self._powers = 0
        self._master, self._slave = pty.openpty()
        self.port = os.ttyname(self._slave)
        # Held open and raw: bytes pass unchanged, and a client that leaves is no hang-up.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._bell, self._ring = os.pipe()
        os.set_blocking(self._ring, False)
        self._pipes = Pipes()
        self._input = b""
        self._output = b""
        self._progress = 0.0
        self._heard = 0.0
        self._stop = False
        self._raw = False

    def stop(self) -> None:
        """Makes serve() return; may be called from a signal handler."""
        self._stop = True
        os.write(self._ring, b"!")

    def serve(self, ready: Callable[[], None]) -> None:
        """Powers the board until stop(); calls `ready` once when it has come up."""
        self._ready: Callable[[], None] | None = ready
        try:
            while not self._stop:
                self._power_on()
                try:
                    while not self._ending and not self._stop:
                        self._step()
                    self._finish()
                finally:
                    self._power_off()
        finally:
            self._pipes.close()
            for fd in (self._bell, self._ring, self._slave, self._master):
                os.close(fd)

    def _power_on(self) -> None:
        nonce = b"\x00\xfe" + secrets.token_bytes(8).replace(b"\n", b"\xfd")
        self._translate = Output(nonce, self._board.MACHINE, self._raw)
        # Input that the last power-on left unread is still there, as in a USB buffer.
        self._input = self._pipes.take_back() + self._input
        if self._raw:
            os.write(self._pipes.to_stdin, _CTRL_A)
        self._powers += 1
        wavs = None
        if self._wavs is not None:
            wavs = self._wavs / f"{self._powers:06d}"
            wavs.mkdir()
        run = {
            "board": {k: v for k, v in vars(self._board).items() if k != "path"},
            "root": str(self._fs),
            "lib": None,
            "wavs": str(wavs) if wavs else None,
            "received": None,
            "cost": 0,
            "seconds": 0,
            "heap": 2 * self._board.HEAP,
            "control": os.devnull,
        }
        power = {
            "run": run,
            "nonce": nonce.hex(),
            "raw": self._raw,
            "flash": getattr(self._board, "FLASH", _FLASH),
        }
        self._up = False
        # A Ctrl-C: since when one is on its way, whether the board was asked to hold still for
        # it, since when one that went out as a character may not have been read.
        self._since, self._asked, self._unread = 0.0, False, 0.0
        self._ending = ""
        self._process = Process(self._pipes, power, 2 * self._board.HEAP + _OWN_HEAP)

    def _finish(self) -> None:
        """At the end of it all: lets the board complete the files of the sound."""
        if self._ending or not self._up or self._wavs is None:
            return
        self._process.order(b"Q")
        patience = time.monotonic() + _FINISH
        while not self._ending and time.monotonic() < patience:
            self._step()

    def _power_off(self) -> None:
        self._process.end()
        self._output += self._translate.feed(self._drain()) + self._translate.flush()
        self._raw = self._translate.raw and self._ending != "R"
        if self._ending != "R":
            self._output += b"MPY: soft reboot\r\n"

    def _step(self) -> None:
        watch = select.poll()
        watch.register(self._bell, select.POLLIN)
        watch.register(self._process.report, select.POLLIN)
        if len(self._output) < _BACKLOG:
            watch.register(self._pipes.stdout, select.POLLIN)
        wanted = select.POLLIN if len(self._input) < _BACKLOG else 0
        wanted |= select.POLLOUT if self._output else 0
        watch.register(self._master, wanted)
        busy = self._input or self._translate.holding or self._asked
        for fd, event in watch.poll(1 if busy else 500):
            if fd == self._process.report:
                self._reports(os.read(fd, 64))
            elif fd == self._pipes.stdout:
                self._output += self._translate.feed(os.read(fd, _BACKLOG))
                self._heard = time.monotonic()
            elif fd == self._bell:
                os.read(fd, 64)
            elif event & select.POLLIN:
                self._input += os.read(fd, 4096)
        now = time.monotonic()
        if not self._translate.holding:
            self._heard = now
        elif now - self._heard > _HELD:
            self._output += self._translate.flush()
        self._write_output()
        self._write_input()

    def _reports(self, letters: bytes) -> None:
        if not letters:
            self._ending = self._ending or "S"
        for letter in letters.decode():
            if letter == "H":
                self._up = True
                if self._ready:
                    self._ready()
                    self._ready = None
            elif letter == "W":
                self._process.signal(WAKE)
            elif letter == "K":
                self._process.order(b"K")
            elif letter == "c":
                self._interrupt()
            else:
                self._ending = letter

    def _drain(self) -> bytes:
        """All that is left of the interpreter's output."""
        data = b""
        try:
            while True:
                data += os.read(self._pipes.stdout, _BACKLOG)
        except BlockingIOError:
            return data

    def _write_output(self) -> None:
        now = time.monotonic()
        if not self._output:
            self._progress = now
            return
        try:
            sent = os.write(self._master, self._output)
            self._output = self._output[sent:]
            self._progress = now
        except BlockingIOError:
            if len(self._output) >= _BACKLOG and now - self._progress > _STALLED:
                self._output = b""

    def _write_input(self) -> None:
        now = time.monotonic()
        if self._asked and now - self._since > _PATIENCE:
            self._interrupt()
        if self._unread and not self._watch_unread(now):
            return
        while self._input and not self._asked:
            if self._input[:1] == _CTRL_C:
                if not self._ctrl_c(now):
                    return
                self._input = self._input[1:]
                continue
            n = self._input.find(_CTRL_C)
            try:
                n = os.write(self._pipes.to_stdin, self._input[: n if n >= 0 else None])
            except BlockingIOError:
                return
            self._input = self._input[n:]

    def _ctrl_c(self, now: float) -> bool:
        """Delivers a Ctrl-C, the head of the input; False if it has to wait."""
        if not self._up:
            return False
        self._since = self._since or now
        if self._interruptible():
            self._ask(now)
            return True
        if self._pipes.unread() and now - self._since < _PATIENCE:
            return False
        self._type_ctrl_c(now)
        return True

    def _interruptible(self) -> bool:
        caught = self._process.interruptible()
        return not self._translate.at_prompt if caught is None else caught

    def _ask(self, now: float) -> None:
        self._asked, self._since = True, now
        self._process.order(b"C")

    def _type_ctrl_c(self, now: float) -> None:
        self._since, self._unread = 0.0, now
        try:
            os.write(self._pipes.to_stdin, _CTRL_C)
        except BlockingIOError:
            self._unread = 0.0

    def _watch_unread(self, now: float) -> bool:
        """After a Ctrl-C for the REPL: if a program has begun instead, it is interrupted."""
        if not self._pipes.unread() or now - self._unread > _PATIENCE:
            self._unread = 0.0
        elif self._interruptible():
            self._unread = 0.0
            self._ask(now)
        return not self._unread

    def _interrupt(self) -> None:
        """The board holds still for a moment, or could not be made to."""
        if not self._asked:
            return
        self._asked, self._since = False, 0.0
        if self._interruptible():
            self._process.signal(INTERRUPT)
        else:
            self._type_ctrl_c(time.monotonic())
            self._process.signal(WAKE)
