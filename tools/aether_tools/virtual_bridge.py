"""Between the pty that mpremote opens and the interpreter: input, output, Ctrl-C and resets."""

import os
import pty
import secrets
import select
import signal
import time
import tty

from aether_tools.boards import Board
from aether_tools.virtual_output import Output
from aether_tools.virtual_process import WAKE, Pipes, Process

CTRL_A = b"\x01"
CTRL_C = 3
# Seconds a Ctrl-C waits for the program to reach a safe place, or for earlier input to be read.
_PATIENCE = 0.15
# Bytes kept for a client that does not read; then the interpreter has to wait for it.
_BACKLOG = 1 << 16
# Seconds without progress after which output that nobody reads is dropped, as USB does it.
_STALLED = 0.5


class Bridge:
    """The board with its pty; `port` is its name."""

    def __init__(self, board: Board, fs: str):
        self._board = board
        self._fs = fs
        self._master, self._slave = pty.openpty()
        self.port = os.ttyname(self._slave)
        # Held open and raw: bytes pass unchanged, and a client that leaves is no hang-up.
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._pipes = Pipes()
        self._input = b""
        self._output = b""
        self._progress = 0.0
        self._stop = False
        self._raw = False
        self._up = False
        self._interrupt_since = 0.0
        self._asked = False
        self._ending = b""

    def stop(self) -> None:
        """Makes serve() return; may be called from a signal handler."""
        self._stop = True

    def serve(self, ready) -> None:
        """Powers the board until stop(); calls `ready` once when it has come up."""
        self._ready = ready
        try:
            while not self._stop:
                self._power_on()
                while not self._stop and not self._ending:
                    self._step()
                self._power_off()
        finally:
            self._pipes.close()
            os.close(self._slave)
            os.close(self._master)

    def _power_on(self) -> None:
        nonce = b"\x00\xfe" + secrets.token_bytes(8).replace(b"\n", b"\xfd")
        self._translate = Output(nonce, self._board.MACHINE, self._raw)
        leftover = os.read(self._pipes.stdin, n) if (n := self._pipes.unread()) else b""
        self._input = leftover + self._input
        if self._raw:
            os.write(self._pipes.to_stdin, CTRL_A)
        self._up, self._asked, self._interrupt_since, self._ending = False, False, 0.0, b""
        self._process = Process(self._pipes, self._board, self._fs, nonce, self._raw)

    def _power_off(self) -> None:
        self._process.end()
        self._read_output()
        self._output += self._translate.flush()
        self._raw = self._translate.raw and self._ending != b"R"
        if self._ending != b"R" and not self._stop:
            self._output += b"MPY: soft reboot\r\n"

    def _step(self) -> None:
        watch = select.poll()
        watch.register(self._process.report, select.POLLIN)
        if len(self._output) < _BACKLOG:
            watch.register(self._pipes.stdout, select.POLLIN)
        if len(self._input) < _BACKLOG:
            watch.register(self._master, select.POLLIN | (select.POLLOUT if self._output else 0))
        elif self._output:
            watch.register(self._master, select.POLLOUT)
        busy = self._input or self._translate.holding or self._asked
        for fd, event in watch.poll(1 if busy else 500):
            if fd == self._process.report:
                self._reports()
            elif fd == self._pipes.stdout:
                self._read_output()
            elif event & select.POLLIN:
                self._input += os.read(self._master, 4096)
        if self._translate.holding:
            self._output += self._translate.flush()
        self._write_output()
        self._write_input()

    def _reports(self) -> None:
        letters = os.read(self._process.report, 64)
        if not letters:
            self._ending = self._ending or b"S"
        for letter in letters:
            if letter == ord("H"):
                self._up = True
                if self._ready:
                    self._ready()
                    self._ready = None
            elif letter == ord("W"):
                self._process.signal(WAKE)
            elif letter == ord("c"):
                self._interrupt()
            else:
                self._ending = bytes([letter])

    def _read_output(self) -> None:
        try:
            while data := os.read(self._pipes.stdout, 1 << 16):
                self._output += self._translate.feed(data)
                if len(self._output) >= _BACKLOG:
                    break
        except BlockingIOError:
            pass

    def _write_output(self) -> None:
        if not self._output:
            self._progress = time.monotonic()
            return
        try:
            sent = os.write(self._master, self._output)
            self._output = self._output[sent:]
            self._progress = time.monotonic()
        except BlockingIOError:
            if len(self._output) >= _BACKLOG and time.monotonic() - self._progress > _STALLED:
                self._output = b""

    def _write_input(self) -> None:
        while self._input and not self._asked:
            if self._input[0] == CTRL_C:
                if not self._ctrl_c():
                    return
                continue
            n = self._input.find(CTRL_C)
            try:
                n = os.write(self._pipes.to_stdin, self._input[: n if n >= 0 else None])
            except BlockingIOError:
                return
            self._input = self._input[n:]

    def _ctrl_c(self) -> bool:
        """Delivers the Ctrl-C at the head of the input; False if it has to wait."""
        if not self._up:
            return False
        now = time.monotonic()
        self._interrupt_since = self._interrupt_since or now
        if self._process.interruptible():
            self._asked = True
            self._interrupt_since = now
            self._process.order(b"C")
        elif self._pipes.unread() and now - self._interrupt_since < _PATIENCE:
            return False
        else:
            os.write(self._pipes.to_stdin, b"\x03")
            self._interrupt_since = 0.0
        self._input = self._input[1:]
        return True

    def _interrupt(self) -> None:
        """The program is at a safe place, or does not get there: interrupts it."""
        if not self._asked:
            return
        self._asked, self._interrupt_since = False, 0.0
        if self._process.interruptible():
            self._process.signal(signal.SIGINT)
        else:
            os.write(self._pipes.to_stdin, b"\x03")
