"""Runs snippets on a bare interpreter, MicroPython or CPython, with only lib/ on its path.

Both kinds run in a process of their own, in an empty folder, with a time limit and without the
environment of the caller: what passes here needs nothing but `lib/`.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aether_tools import interpreter, paths

# Without its names the native twin cannot be imported, and the pool takes the portable path.
_WITHOUT_VIPER = """\
import sys
class _Bare:
    pass
sys.modules["aether.pool_viper"] = _Bare
"""
_CHECK = """\
import aether.buffer_pool
assert aether.buffer_pool.BACKEND == {0!r}, aether.buffer_pool.BACKEND
del aether
"""
# As MicroPython does it: the folder of the script comes first, then lib/.
_CPYTHON_START = """\
import sys
lib, script, folder = sys.argv[1:4]
sys.path[:0] = [folder, lib]
exec(compile(open(script).read(), script, "exec"), {"__name__": "__main__"})
"""
# What a conversation adds to its program, which defines answer(question), to be printed.
_ANSWERS = """
import sys
while True:
    _question = sys.stdin.readline()
    if not _question:
        break
    answer(_question[:-1])
    print("=")
    sys.stdout.flush()
"""


class ProgramFailed(AssertionError):
    """A program ended with an error or ran out of time; the text is all that it printed."""


@dataclass(frozen=True)
class Runtime:
    """An interpreter and the twin of the pool that it shall use."""

    name: str
    micropython: bool
    backend: str
    emulated = False  # a chip, and slow

    def prepared(self, source: str) -> str:
        """`source` behind the lines that force the backend and make sure of it."""
        forced = _WITHOUT_VIPER if self.micropython and self.backend == "portable" else ""
        return forced + _CHECK.format(self.backend) + source

    def command(self, script: Path, heap: str | None = None) -> list[str]:
        if not self.micropython:
            # -I and -S leave nothing on the path but the standard library.
            start = [sys.executable, "-I", "-S", "-B", "-c", _CPYTHON_START, str(paths.LIB)]
            return [*start, str(script), str(script.parent)]
        size = ["-X", f"heapsize={heap}"] if heap else []
        return [*interpreter.command(), *size, str(script)]

    def run(
        self,
        source: str,
        *,
        files: Mapping[str, str | bytes] | None = None,
        heap: str | None = None,
        timeout: float = 60,
        prepare: bool = True,
    ) -> str:
        """Run `source` and return what it printed; `files` lie beside it and can be imported.

        `heap` is MicroPython's own ("200k"; CPython has none). `prepare=False` leaves the
        backend as it comes. Raises ProgramFailed with the program's traceback.
        """
        with tempfile.TemporaryDirectory() as folder:
            script = self._write(Path(folder), source, files, prepare)
            process = self._start(script, heap)
            try:
                out, _ = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                out, _ = process.communicate()
                raise ProgramFailed(f"{self.name}: no end in {timeout} s\n{out}") from None
            if process.returncode:
                raise ProgramFailed(f"{self.name}: {_ending(process.returncode)}\n{out}")
            return out

    def converse(self, source: str, files: Mapping[str, str] | None = None) -> "Conversation":
        """Start `source`, which defines answer(question): it prints the answer to a line."""
        return Conversation(self, source, files)

    def _write(self, folder: Path, source: str, files, prepare: bool) -> Path:
        for name, what in (files or {}).items():
            (folder / name).write_bytes(contents(what))
        script = folder / "program.py"
        script.write_text(self.prepared(source) if prepare else source)
        return script

    def _start(self, script: Path, heap: str | None = None, **streams) -> subprocess.Popen:
        return subprocess.Popen(
            self.command(script, heap),
            cwd=script.parent,
            env={"PATH": os.defpath, "MICROPYPATH": str(paths.LIB)},
            text=True,
            stdout=subprocess.PIPE,
            **({"stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL} | streams),
        )


CPYTHON = Runtime("cpython", micropython=False, backend="portable")
VIPER = Runtime("viper", micropython=True, backend="viper")
PORTABLE = Runtime("portable", micropython=True, backend="portable")


class Conversation:
    """A program that answers questions of a line each, so that one start serves many of them."""

    def __init__(self, runtime: Runtime, source: str, files: Mapping[str, str] | None = None):
        self._runtime = runtime
        self._folder = tempfile.TemporaryDirectory()
        script = runtime._write(Path(self._folder.name), source + _ANSWERS, files, prepare=True)
        self._process = runtime._start(script, stdin=subprocess.PIPE)

    def ask(self, question: str, timeout: float = 20) -> str:
        """What it prints; ProgramFailed where that has no end within `timeout` seconds."""
        watchdog = threading.Timer(timeout, self._process.kill)
        watchdog.start()
        lines = []
        try:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(question + "\n")
                self._process.stdin.flush()
            while (line := self._process.stdout.readline()) != "=\n":
                lines.append(line)
                if not line:
                    raise ProgramFailed(f"{self._runtime.name}: no answer\n{''.join(lines)}")
        finally:
            watchdog.cancel()
        return "".join(lines)

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()


def beside(name: str, there: str | None = None) -> dict[str, str]:
    """A file of this folder, as one of the `files` of a run, where it may have another name."""
    return {there or name: (Path(__file__).parent / name).read_text()}


def contents(what: str | bytes) -> bytes:
    """What is put into a file."""
    return what if isinstance(what, bytes) else what.encode()


def _ending(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
