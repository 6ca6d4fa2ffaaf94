"""The interpreter process that is the virtual board while it is powered."""

import array
import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import termios

from aether_tools import paths

# A signal whose only effect is to end a blocking system call: the interpreter then runs what
# is scheduled. CPython's handler is installed without SA_RESTART.
WAKE = signal.SIGUSR2
_START = (
    "import signal, sys; signal.signal(signal.SIGUSR2, lambda *_: None); "
    "from micropython_unix import main; sys.exit(main())"
)
_BOOT = "import pty_boot; pty_boot.start_board(globals()); del pty_boot"
# Of the user's environment, what would change the interpreter or let it write a history file.
_UNWANTED = ("HOME", "MICROPYINSPECT")


class Pipes:
    """Standard input and output of the board; they outlive its resets, as a USB cable does."""

    def __init__(self) -> None:
        self.stdin, self.to_stdin = os.pipe()
        self.stdout, self.from_stdout = os.pipe()
        os.set_blocking(self.to_stdin, False)
        os.set_blocking(self.stdout, False)

    def unread(self) -> int:
        """Bytes of input that the board has not read yet."""
        count = array.array("i", [0])
        fcntl.ioctl(self.stdin, termios.FIONREAD, count)
        return count[0]

    def take_back(self) -> bytes:
        """The input that the board has not read; nobody else may be reading."""
        n = self.unread()
        return os.read(self.stdin, n) if n else b""

    def close(self) -> None:
        for fd in (self.stdin, self.to_stdin, self.stdout, self.from_stdout):
            os.close(fd)


class Process:
    """One power-on, from its first instruction to the next reset."""

    def __init__(self, pipes: Pipes, power: dict, heap: int):
        """`power` goes to boards/virtual/pty_boot.py, which says what it holds."""
        self.report, report = os.pipe()
        orders, self._orders = os.pipe()
        os.write(self._orders, json.dumps(power).encode() + b"\n")
        environment = {k: v for k, v in os.environ.items() if k not in _UNWANTED}
        environment["MICROPYPATH"] = f".frozen:{paths.BOARDS / 'virtual'}"
        options = ["-X", f"heapsize={heap}", "-i", "-c", _BOOT, str(report), str(orders)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, *options],
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

    def order(self, letter: bytes) -> None:
        """Tells the board's second thread something."""
        with contextlib.suppress(OSError):  # it may just have ended
            os.write(self._orders, letter)

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def interruptible(self) -> bool | None:
        """Whether SIGINT would become a KeyboardInterrupt: a program runs. None: unknown."""
        try:
            with open(f"/proc/{self._process.pid}/status") as status:
                for line in status:
                    if line.startswith("SigCgt:"):
                        return bool(int(line.split()[1], 16) >> (signal.SIGINT - 1) & 1)
        except OSError:
            pass
        return None

    def end(self) -> int:
        """Ends it if it still runs; its exit status, negative for a signal."""
        if self._process.poll() is None:
            self._process.kill()
        status = self._process.wait()
        os.close(self.report)
        os.close(self._orders)
        return status
