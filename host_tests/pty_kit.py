"""`aether virtual` for the tests: its process, mpremote, and the bare line."""

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

RAW_PROMPT = b"raw REPL; CTRL-B to exit\r\n>"


class Line:
    """The pty as a client sees it."""

    def __init__(self, port: str):
        self._fd = os.open(port, os.O_RDWR | os.O_NOCTTY)
        self._came = b""

    def close(self) -> None:
        os.close(self._fd)

    def send(self, data: bytes) -> None:
        os.write(self._fd, data)

    def until(self, end: bytes, patience: float = 10) -> bytes:
        """What came up to `end`, with it."""
        limit = time.monotonic() + patience
        while end not in self._came:
            left = limit - time.monotonic()
            ready = select.select([self._fd], [], [], max(left, 0))[0]
            assert ready, f"{end!r} did not come, but {self._came[-500:]!r}"
            self._came += os.read(self._fd, 65536)
        i = self._came.index(end) + len(end)
        text, self._came = self._came[:i], self._came[i:]
        return text

    def raw(self) -> None:
        """Enters the raw REPL, as mpremote does."""
        self.send(b"\r\x03\r\x01")
        self.until(RAW_PROMPT)

    def start(self, code: str) -> None:
        """Begins to execute code in the raw REPL."""
        self.send(code.encode() + b"\x04")
        self.until(b"OK")

    def finish(self, patience: float = 10) -> tuple[str, str]:
        """What the code printed, and its traceback."""
        out = self.until(b"\x04", patience)[:-1]
        error = self.until(b"\x04>", patience)[:-2]
        return out.decode(), error.decode()

    def execute(self, code: str) -> str:
        self.start(code)
        out, error = self.finish()
        assert not error, error
        return out


class Board:
    """A running `aether virtual`; `port` is its pty."""

    def __init__(self, *arguments: str, scratch: Path):
        command = [sys.executable, "-m", "aether_tools", "virtual", *arguments]
        environment = {**os.environ, "TMPDIR": str(scratch)}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
        came, _, _ = select.select([self.process.stdout], [], [], 30)
        self.port = self.process.stdout.readline().decode().strip() if came else ""
        assert self.port, "aether virtual printed no port"

    def child(self) -> int:
        """The process in which MicroPython runs."""
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        )
        return int(found.stdout.split()[0])

    def mpremote(self, *arguments, patience: float = 30) -> subprocess.CompletedProcess:
        words = [str(argument) for argument in arguments]
        return subprocess.run(
            [sys.executable, "-u", "-m", "mpremote", "connect", self.port, *words],
            capture_output=True,
            timeout=patience,
        )

    def does(self, *arguments) -> str:
        """What mpremote prints; it must succeed."""
        done = self.mpremote(*arguments)
        assert done.returncode == 0, (done.stdout + done.stderr).decode()
        return done.stdout.decode()

    @contextmanager
    def line(self):
        line = Line(self.port)
        try:
            yield line
        finally:
            line.close()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        try:
            return self.process.wait(10)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process.stderr.close()


@contextmanager
def virtual(folder: Path, *arguments):
    """A board whose root is folder/root, and scratch files below folder."""
    root = folder / "root"
    root.mkdir(exist_ok=True)
    board = Board("--fs", str(root), *map(str, arguments), scratch=folder)
    try:
        yield board
    finally:
        if board.process.returncode is None:
            board.stop()


def gone(pid: int, patience: float = 5) -> bool:
    """Whether a process has ended by then; one that nobody has asked for its status has, too."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True).stdout
        if not state.strip() or state.startswith(b"Z"):
            return True
        time.sleep(0.02)
    return False
