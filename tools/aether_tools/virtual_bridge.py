"""Between the pty that mpremote opens and the process that is the board: bytes and resets."""

import os
import pty
import secrets
import select
import struct
import sys
import time
import tty
from collections.abc import Callable
from pathlib import Path

from aether_tools.boards import Board
from aether_tools.virtual_output import Output
from aether_tools.virtual_process import Pipes, Process

# Heap for the virtual board's own modules; what they leave of it is filled up.
_OWN_HEAP = 512 * 1024
# Bytes of file system on a Raspberry Pi Pico, for boards that do not say theirs.
_FLASH = 1408 * 1024
# Bytes kept for a side that does not read; then the other one has to wait. Output little: who
# comes to a board that floods its line must not have to read long until the answer to a Ctrl-C.
_INPUT = 1 << 16
_OUTPUT = 1 << 12
# Seconds without progress after which output that nobody reads is dropped, as USB does it.
_STALLED = 0.5
# Seconds of silence after which output that only looked like the start of a banner goes out.
_HELD = 0.05
# Power-ons in a row that may fail before anything of the user's has run.
_ATTEMPTS = 3
# Seconds after which a main.py that does not end counts as running.
_BOOTS = 1.0
# Seconds that completing the sound's files may take at the end.
_FINISH = 1.0
# How a power-on ends: by a soft reset, another letter, or without a word.
_SOFT = "S"
_DIED = "died"


class Bridge:
    """The board with its pty; `port` is its name."""

    def __init__(
        self,
        board: Board,
        fs: Path,
        wavs: Path | None,
        scratch: list[Path],
        card: Path | None = None,
    ):
        """`fs` is its root; `wavs` takes what is played, a folder of files for each power-on.

        `card` is the image of its SD card. `scratch` are folders that the board removes should
        this process be killed.
        """
        self._board = board
        self._fs = fs
        self._wavs = wavs
        self._card = str(card) if card else None
        self._scratch = [str(folder) for folder in scratch]
        self._powers = 0
        self._failures = 0
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
        # When the client last took something, and whether nobody seems to be there.
        self._progress = 0.0
        self._deaf = False
        self._heard = 0.0
        self._stop = False
        # What a soft reset keeps: the REPL in use, and the date, less the host's clock.
        self._raw = False
        self._date: float | None = None

    def stop(self) -> None:
        """Makes serve() return; may be called from a signal handler."""
        self._stop = True
        os.write(self._ring, b"!")

    def serve(self, ready: Callable[[], None]) -> None:
        """Powers the board until stop(); calls `ready` once it has booted or runs on.

        RuntimeError with what the interpreter wrote if it does not come up at all.
        """
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
            "card": self._card,
            "cost": 0,
            "seconds": 0,
            "heap": 2 * self._board.HEAP,
            "control": os.devnull,
        }
        power = {
            "run": run,
            "heap": run["heap"] + _OWN_HEAP,
            "nonce": nonce.hex(),
            "raw": self._raw,
            "scratch": self._scratch,
            "date": round(self._date + time.monotonic()) if self._date is not None else None,
            "flash": getattr(self._board, "FLASH", _FLASH),
        }
        self._up = False
        self._since = 0.0
        self._ending = ""
        self._left = b""
        self._process = Process(self._pipes, power)

    def _finish(self) -> None:
        """At the end of it all: lets the board complete the files of the sound."""
        if self._ending or not self._up or self._wavs is None:
            return
        self._process.finish()
        patience = time.monotonic() + _FINISH
        while not self._ending and time.monotonic() < patience:
            self._step()

    def _power_off(self) -> None:
        status = self._process.end()
        last = self._translate.feed(self._drain()) + self._translate.flush()
        self._output += last
        self._failures = 0 if self._up or self._stop else self._failures + 1
        if self._failures == _ATTEMPTS:
            raise RuntimeError(f"the board does not start: {last.decode(errors='replace')}")
        if self._ending == _DIED:
            print(f"aether: the interpreter ended with {status}: a reset", file=sys.stderr)
        # Input that has not been read is still there at the next power-on, as in USB's buffer.
        self._input = self._left + self._pipes.take_back() + self._input
        self._raw = self._translate.raw and self._ending == _SOFT
        self._date = self._date if self._ending == _SOFT else None
        if self._ending == _SOFT:
            self._output += b"MPY: soft reboot\r\n"

    def _step(self) -> None:
        watch = select.poll()
        watch.register(self._bell, select.POLLIN)
        watch.register(self._process.report, select.POLLIN)
        if len(self._output) < _OUTPUT:
            watch.register(self._pipes.stdout, select.POLLIN)
        if self._input:
            watch.register(self._pipes.to_stdin, select.POLLOUT)
        wanted = select.POLLIN if len(self._input) < _INPUT else 0
        wanted |= select.POLLOUT if self._output else 0
        watch.register(self._master, wanted)
        for fd, event in watch.poll(10 if self._translate.holding else 500):
            if fd == self._process.report:
                self._reports(os.read(fd, _INPUT))
            elif fd == self._pipes.stdout:
                self._output += self._translate.feed(os.read(fd, _OUTPUT))
                self._heard = time.monotonic()
            elif fd == self._bell:
                os.read(fd, 64)
            elif fd == self._master and event & select.POLLIN:
                self._input += os.read(fd, 4096)
                self._progress, self._deaf = time.monotonic(), False
        if self._translate.holding and time.monotonic() - self._heard > _HELD:
            self._output += self._translate.flush()
        if self._ready and self._is_ready():
            self._ready()
            self._ready = None
        self._write_output()
        if not self._ending:
            self._write_input()

    def _is_ready(self) -> bool:
        return self._translate.booted or (self._up and time.monotonic() - self._since > _BOOTS)

    def _reports(self, data: bytes) -> None:
        if data[:1] == b"H":
            self._up = True
            self._since = time.monotonic()
            data = data[1:]
            if not data:
                return
        # The end: a letter that says which, the date, the input it had taken in and not read.
        self._ending = data[:1].decode() or _DIED
        if self._ending == _SOFT:
            self._date = struct.unpack("<q", data[1:9])[0] - time.monotonic()
        self._left = data[9:]

    def _drain(self) -> bytes:
        """All that is left of the board's output."""
        data = b""
        try:
            while True:
                data += os.read(self._pipes.stdout, _OUTPUT)
        except BlockingIOError:
            return data

    def _write_output(self) -> None:
        now = time.monotonic()
        if not self._output:
            if not self._deaf:
                self._progress = now
            return
        try:
            sent = os.write(self._master, self._output)
            self._output = self._output[sent:]
            self._progress, self._deaf = now, False
        except BlockingIOError:
            if len(self._output) >= _OUTPUT and now - self._progress > _STALLED:
                self._deaf = True
            if self._deaf:
                self._output = b""

    def _write_input(self) -> None:
        try:
            while self._input:
                self._input = self._input[os.write(self._pipes.to_stdin, self._input) :]
        except BlockingIOError:
            pass
