"""A board on a serial port: its raw REPL by mpremote, with every wait bounded."""

import ast
import contextlib
import io
import re
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass

from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport

from aether_tools import ports
from aether_tools.errors import UserError

try:
    from termios import error as TerminalError
except ImportError:  # Windows
    TerminalError = OSError

_INFO = """
import sys
i = sys.implementation
print((i.name, tuple(i.version), sys.platform, getattr(i, '_machine', ''), getattr(i, '_mpy', 0)))
"""
_STOP = """
a = globals().get('app')
if hasattr(a, 'stop'):
    a.stop()
    print('stopped')
"""
# Seconds for an answer to Ctrl-C, three times over, and for a boot.py after a soft reset.
ANSWER = 2
BOOT = 8
_GREETING = re.compile(r'MicroPython \S+ on \d{4}-\d\d-\d\d; |Type "help\(\)" |>>>')
# errno of MicroPython -> what the user can do with it.
_REASONS = {
    "5": "its flash cannot be read or written",
    "EIO": "its flash cannot be read or written",
    "28": "its flash is full",
    "ENOSPC": "its flash is full",
    "30": "its file system is read-only",
    "EROFS": "its file system is read-only",
    "MemoryError": "it has not enough memory",
}


@dataclass(frozen=True)
class Info:
    """What a board says of itself."""

    name: str
    version: tuple
    platform: str
    machine: str
    mpy: int

    @property
    def release(self) -> str:
        return ".".join(str(v) for v in self.version[:3])


class BoardError(UserError):
    """A line of ours failed on the board; `error` is the last line of its traceback."""

    def __init__(self, error_output: str):
        lines = error_output.strip().splitlines() or ["no reason given"]
        self.error = lines[-1]
        kind, _, rest = self.error.partition(":")
        words = [kind, *rest.replace("]", " ").split()] if kind == "OSError" else [kind]
        reason = next((_REASONS[w] for w in words if w in _REASONS), self.error)
        super().__init__(f"the board failed: {reason}")


class _BoundedSerial:
    """A serial port whose reads and writes end at a deadline, even while data keeps coming."""

    def __init__(self, serial):
        self.port = serial
        self.deadline = float("inf")

    def read(self, size: int = 1) -> bytes:
        self._check()
        return self.port.read(size)

    def write(self, data: bytes) -> int:
        self._check()
        return self.port.write(data)

    def _check(self) -> None:
        if time.monotonic() > self.deadline:
            raise TransportError("deadline")

    def __getattr__(self, name: str):
        return getattr(self.port, name)


class Device:
    """The board on `port`; close it, or use it in `with`, to give the port back.

    Every method raises UserError where the board is lost, silent or refuses.
    """

    def __init__(self, port: str):
        self.port = port
        try:
            # The timeout bounds each read inside an answer of mpremote's protocol.
            self._transport = SerialTransport(port, baudrate=115200, timeout=ANSWER)
        except (TransportError, OSError, ValueError, TerminalError) as error:
            raise UserError(ports.why_closed(port)) from error
        self._transport.serial.write_timeout = 5
        self._serial = self._transport.serial = _BoundedSerial(self._transport.serial)

    def __enter__(self) -> "Device":
        return self

    def __exit__(self, *exc) -> None:
        self.close()

    def close(self) -> None:
        """Leave the board at its prompt and the port to others; never raises."""
        self._serial.deadline = time.monotonic() + 3
        with contextlib.suppress(OSError, TransportError, TerminalError):
            if self._transport.in_raw_repl:
                # An exec cut off by Ctrl-C here may still be reading its code.
                self._serial.write(b"\r\x03")
                self._transport.exit_raw_repl()
        self._transport.serial = self._serial.port
        with contextlib.suppress(OSError, TransportError, TerminalError):
            self._transport.close()

    def interrupt(self) -> None:
        """To the raw prompt: whatever runs in the foreground is interrupted."""
        for _ in range(3):
            try:
                self._enter_raw(soft_reset=False, seconds=ANSWER)
                return
            except _Silent:
                continue
        raise UserError(
            f"the board on {self.port} does not answer: it runs no MicroPython, or a program on "
            "it cannot be interrupted; reset it and try again"
        )

    def stop_app(self) -> bool:
        """Call app.stop(), at the raw prompt; whether there was one that did not fail."""
        try:
            return "stopped" in self.run(_STOP)
        except BoardError:
            return False

    def reset(self) -> None:
        """Soft reset to the raw prompt with an empty heap; main.py does not run."""
        try:
            self._enter_raw(soft_reset=True, seconds=BOOT)
        except _Silent:
            self.interrupt()  # a boot.py that never ends
            # The raw prompt came of itself and, once more, because it was asked for.
            time.sleep(0.2)
            self.interrupt()

    def run(self, code: str, seconds: float = 20) -> str:
        """Run `code` at the raw prompt and return what it printed; BoardError if it raised."""
        with self._guard(seconds):
            output, errors = self._transport.exec_raw(code, timeout=seconds)
        if errors:
            raise BoardError(errors.decode(errors="replace"))
        return output.decode(errors="replace")

    def value(self, expression: str):
        """The value of an expression on the board, of plain types."""
        return literal(self.run(f"print(repr({expression}))"))

    @contextlib.contextmanager
    def mounted(self, folder: str) -> Iterator[None]:
        """Within, `folder` of this machine is the board's current one: imports look there first.

        At the raw prompt; nothing is written to the board.
        """
        with self._guard(20):
            self._transport.mount_local(folder)
        try:
            yield
        except BaseException:
            with contextlib.suppress(UserError):
                self.interrupt()
                self._unmount()
            raise
        self._unmount()

    def _unmount(self) -> None:
        with self._guard(10):
            self._transport.exec("os.chdir('/')")
            self._transport.umount_local()

    def info(self) -> Info:
        return Info(*literal(self.run(_INFO)))

    def leave(self) -> None:
        """From the raw prompt to the one for people."""
        with self._guard(5):
            self._transport.exit_raw_repl()
            self._transport.read_until(1, b">>> ", timeout=2)

    def start_main(self, seconds: float = 10) -> str:
        """Soft reset so that main.py runs; what the board printed after it, `seconds` at most.

        Ends at the prompt, or half a second after a line, when the program keeps the prompt away.
        """
        self.leave()
        with self._guard(seconds + 5):
            self._serial.write(b"\x04")
            end = time.monotonic() + seconds
            quiet = 0
            data, text = b"", ""
            self._serial.port.timeout = 0.1
            while time.monotonic() < end:
                new = self._serial.read(4096)
                data += new
                quiet = 0 if new else quiet + 1
                text = data.partition(b"soft reboot\r\n")[2].decode(errors="replace")
                if text.endswith(">>> "):
                    break
                if printed_lines(text.rpartition("\n")[0]):
                    if quiet >= 5:
                        break
                    end = min(end, time.monotonic() + 2)  # it may never stop printing
            self._serial.port.timeout = ANSWER
        if b"soft reboot" not in data:
            raise UserError(f"the board on {self.port} did not restart: reset it by hand")
        return text

    def _enter_raw(self, soft_reset: bool, seconds: float) -> None:
        with self._guard(2 * seconds + 2), contextlib.redirect_stdout(io.StringIO()):
            try:
                self._transport.enter_raw_repl(soft_reset, timeout_overall=seconds)
            except (TransportError, struct.error) as error:
                raise _Silent from error

    @contextlib.contextmanager
    def _guard(self, seconds: float) -> Iterator[None]:
        """Bounds a conversation and turns what can happen to a port into one line."""
        self._serial.deadline = time.monotonic() + seconds
        try:
            yield
        except (TransportError, struct.error) as error:
            raise UserError(f"the board on {self.port} stopped answering") from error
        except (OSError, TerminalError) as error:
            raise UserError(
                f"lost the board on {self.port}: it was unplugged or reset, or the port is used "
                "by another program too"
            ) from error


class _Silent(Exception):
    """The raw prompt did not come."""


def connect(port: str | None) -> Device:
    """The board at its raw prompt, its program interrupted; `port` None: the only one there is."""
    device = Device(ports.find(port))
    try:
        device.interrupt()
    except BaseException:
        device.close()
        raise
    return device


def literal(text: str):
    """The Python value the board printed; UserError if its answer is none."""
    try:
        return ast.literal_eval(text.strip())
    except (ValueError, SyntaxError) as error:
        raise UserError(f"the board answered nonsense: {text.strip()[:60]!r}") from error


def printed_lines(text: str) -> list[str]:
    """The lines a program printed at start, without MicroPython's greeting and prompt."""
    lines = [line.rstrip() for line in text.split("\n")]
    lines = [line.removeprefix(">>> ") for line in lines]
    return [line for line in lines if line and not _GREETING.match(line)]
