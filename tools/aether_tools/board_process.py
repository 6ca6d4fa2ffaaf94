"""The interpreter process that is the virtual board during a run, and the watch over it."""

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aether_tools import interpreter, paths

_BOOT = paths.BOARDS / "virtual" / "boot.py"
_BOOT_HOSTED = paths.BOARDS / "virtual" / "boot_hosted.py"
# Heap beyond the program's for the virtual board itself; what it leaves over is filled up.
_OWN_HEAP = 512 * 1024
# Seconds without a sign of life: a loop that nothing can interrupt.
PATIENCE = 30.0
# Seconds for a program's clean-up once its run is over, and after it was interrupted.
_CLEAN_UP = 5.0
_INTERRUPTED = 2.0
_FINISHED, _STUCK = b"F", b"S"


@dataclass
class Ended:
    """How the process came to its end."""

    exit_code: int
    messages: list[str] = field(default_factory=list)


def run(
    config: dict,
    work: Path,
    stdout=None,
    stderr=None,
    progress: Callable[[float], None] | None = None,
    patience: float = PATIENCE,
) -> Ended:
    """Runs a board to its end; `config` is what boards/virtual/virtual_board/start.py takes."""
    file = work / "config.json"
    if interpreter.available():
        heap = config["heap"] + _OWN_HEAP
        command = [*interpreter.command(), "-X", f"heapsize={heap}", str(_BOOT), str(file)]
        records: _Pipe | _File = _Pipe()
    else:
        command = [sys.executable, "-u", str(_BOOT_HOSTED), str(file)]
        records = _File(work / "control")
    config["control"] = records.path
    file.write_text(json.dumps(config))
    with contextlib.closing(records):
        child = records.start(command, stdout=stdout, stderr=stderr)
        try:
            return _watch(child, records, progress, patience)
        except KeyboardInterrupt:
            return _interrupted(child)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()


class _Pipe:
    """What the board has to say, through a pipe; it notices when we are gone."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        self.path = f"/dev/fd/{self._writer}"

    def start(self, command: list[str], **streams) -> subprocess.Popen:
        child = subprocess.Popen(command, pass_fds=[self._writer], **streams)
        os.close(self._writer)
        return child

    def read(self, patience: float) -> bytes | None:
        """What has come within `patience` seconds, or None at the end."""
        if not select.select([self._reader], [], [], patience)[0]:
            return b""
        return os.read(self._reader, 4096) or None

    def close(self) -> None:
        os.close(self._reader)


class _File:
    """The same through a file, where pipes cannot be handed on by number."""

    def __init__(self, path: Path) -> None:
        path.touch()
        self.path = str(path)
        self._file = path.open("rb", buffering=0)

    def start(self, command: list[str], **streams) -> subprocess.Popen:
        self._child = subprocess.Popen(command, **streams)
        return self._child

    def read(self, patience: float) -> bytes | None:
        ended = self._child.poll() is not None
        data = self._file.read(4096)
        if not data and not ended:
            time.sleep(min(patience, 0.05))
        return data or (None if ended else b"")

    def close(self) -> None:
        self._file.close()


def _watch(child, records: _Pipe | _File, progress, patience: float) -> Ended:
    deadline = time.monotonic() + patience
    finished = False
    pending = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return _give_up(child, finished, patience)
        data = records.read(min(left, 0.5))
        if data is None:
            break
        pending += data
        while len(pending) >= 9:
            letter, now = pending[:1], struct.unpack("<Q", pending[1:9])[0]
            pending = pending[9:]
            if progress:
                progress(now / 1e9)
            if letter == _STUCK:
                child.send_signal(signal.SIGINT)
            if letter in (_FINISHED, _STUCK) or not finished:
                finished = finished or letter == _FINISHED
                deadline = time.monotonic() + (_CLEAN_UP if finished else patience)
    code = child.wait()
    if code < 0:
        return Ended(1, [f"the interpreter was ended by signal {-code}"])
    return Ended(code)


def _give_up(child, finished: bool, patience: float) -> Ended:
    child.kill()
    child.wait()
    if finished:  # its seconds are over; it only did not let go
        return Ended(0)
    return Ended(1, [f"the program made no progress for {patience:g} s and was ended"])


def _interrupted(child) -> Ended:
    # A Ctrl-C at the terminal has reached the child as well; a signal to us alone has not.
    for wait, number in ((0.3, None), (_INTERRUPTED, signal.SIGINT)):
        if number is not None:
            child.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            child.wait(wait)
            break
    return Ended(130)
