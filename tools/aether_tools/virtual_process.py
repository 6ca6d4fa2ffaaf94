"""The process that is the virtual board while it is powered, as the supervisor sees it."""

import array
import contextlib
import fcntl
import json
import os
import subprocess
import sys
import termios

from aether_tools import paths

# Of the user's environment, what would change the interpreter or let it write a history file.
_UNWANTED = ("HOME", "MICROPYINSPECT")
# Without the working folder on the path: a file there may have the name of a module.
_START = (
    "import sys; sys.path[:] = [p for p in sys.path if p]; "
    "from aether_tools.virtual_host import main; main()"
)


class Pipes:
    """Standard input and output of the board; they outlive its resets, as a USB cable does."""

    def __init__(self) -> None:
        self.stdin, self.to_stdin = os.pipe()
        self.stdout, self.from_stdout = os.pipe()
        os.set_blocking(self.to_stdin, False)
        os.set_blocking(self.stdout, False)
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            fcntl.fcntl(self.stdout, fcntl.F_SETPIPE_SZ, 4096)  # no more in flight than on USB

    def take_back(self) -> bytes:
        """The input that the board has not read; none may be running."""
        count = array.array("i", [0])
        fcntl.ioctl(self.stdin, termios.FIONREAD, count)
        return os.read(self.stdin, count[0]) if count[0] else b""

    def close(self) -> None:
        for fd in (self.stdin, self.to_stdin, self.stdout, self.from_stdout):
            os.close(fd)


class Process:
    """One power-on, from its first instruction to the next reset."""

    def __init__(self, pipes: Pipes, power: dict):
        """`power` goes to boards/virtual/pty_boot.py, which says what it holds; and `heap`."""
        self.report, report = os.pipe()
        orders, self._orders = os.pipe()
        environment = {k: v for k, v in os.environ.items() if k not in _UNWANTED}
        environment["MICROPYPATH"] = f".frozen:{paths.BOARDS / 'virtual'}"
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, str(orders), str(report)],
            stdin=pipes.stdin,
            stdout=pipes.from_stdout,
            stderr=pipes.from_stdout,
            pass_fds=(report, orders),
            start_new_session=True,
            env=environment,
        )
        os.close(report)
        os.close(orders)
        os.set_blocking(self.report, False)
        os.write(self._orders, json.dumps(power).encode() + b"\n")

    def finish(self) -> None:
        """Has it complete its files; it reports "q" then."""
        with contextlib.suppress(OSError):  # it may just have ended
            os.write(self._orders, b"Q")

    def end(self) -> int:
        """Ends it if it still runs; its exit status, negative for a signal."""
        if self._process.poll() is None:
            self._process.kill()
        status = self._process.wait()
        os.close(self.report)
        os.close(self._orders)
        return status
