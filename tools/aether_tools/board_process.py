"""The interpreter process that is the virtual board during a run, and the watch over it."""

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from aether_tools import interpreter, paths

_BOOT = paths.BOARDS / "virtual" / "boot.py"
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
    reader, writer = os.pipe()
    config["control"] = f"/dev/fd/{writer}"
    file = work / "config.json"
    file.write_text(json.dumps(config))
    heap = config["heap"] + _OWN_HEAP
    command = [*interpreter.command(), "-X", f"heapsize={heap}", str(_BOOT), str(file)]
    with os.fdopen(reader, "rb", buffering=0) as records:
        child = subprocess.Popen(command, pass_fds=[writer], stdout=stdout, stderr=stderr)
        os.close(writer)
        try:
            return _watch(child, records, progress, patience)
        except KeyboardInterrupt:
            return _interrupted(child)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()


def _watch(child, records, progress, patience: float) -> Ended:
    deadline = time.monotonic() + patience
    finished = False
    pending = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return _give_up(child, finished, patience)
        if not select.select([records], [], [], min(left, 0.5))[0]:
            continue
        data = os.read(records.fileno(), 4096)
        if not data:
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
