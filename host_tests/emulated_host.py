"""The emulated Pico as one more runtime: a chip for each process, soft-reset before each program.

It needs MicroPython's firmware and the boot ROM, which two variables of the environment name.
The library is in its flash as `aether flash` puts it there, compiled; files of a test as they are.
"""

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from aether_tools import boards, emulation, images, node
from aether_tools.emulated_pico import Crashed, EmulatedPico, Segment, Setting, WasReset
from micropython_host import ProgramFailed, Runtime, contents

VARIABLES = ("AETHER_PICO_UF2", "AETHER_PICO_BOOTROM")
_BOARD = "rpi_pico"
_RESTART = 10


def missing() -> str:
    """Why there is no emulated Pico here; empty where there is one."""
    if all(os.environ.get(name) for name in VARIABLES):
        return ""
    return f"the emulated Pico did not run: {' and '.join(VARIABLES)} must name its images"


needs_chip = pytest.mark.skipif(bool(missing()), reason=missing())


class Chip:
    """Powered on at its first use, and anew after what has left it in disorder."""

    def __init__(self):
        self._stack = contextlib.ExitStack()
        self._pico: EmulatedPico | None = None
        self._printed: list[bytes] = []

    def restart(self, files: Mapping[str, str | bytes]) -> None:
        """To the raw prompt by a soft reset, with the library and `files` in the flash."""
        if self._pico is None:
            self._power_on()
        own = {"/" + name: contents(what) for name, what in files.items()}
        with self._failing():
            self._pico.install(self._library | own)
            assert self._pico.restart(_RESTART, main=False), "no prompt after a soft reset"
            self._pico.cut()  # what was played before is nobody's

    def _power_on(self) -> None:
        board = boards.load(_BOARD)
        setting = Setting(board, images.find(board), node.find())
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="aether-"))
            pico = stack.enter_context(EmulatedPico(setting, sound=Path(folder)))
            pico.boot()
            self._library = emulation.library(board, pico.loads())
            pico.out = self._printed.append
            self._pico, self._stack = pico, stack.pop_all()

    def execute(self, code: str, seconds: float) -> str:
        """What `code` prints; ProgramFailed if it fails, or has no end in emulated `seconds`."""
        self._printed.clear()
        with self._failing():
            done = self._pico.execute(code, seconds)
        if done.timeout:
            self.close()
        if done.error or done.timeout:
            raise self._failed(done.error or f"no end in {seconds} s")
        return self._text()

    def play_out(self, seconds: float) -> list[Segment]:
        """What its pins have sent; before, it runs on while an I2S is open, `seconds` at most."""
        with self._failing():
            self._pico.run_on(seconds, while_playing=True)
        return self._pico.cut()

    @contextlib.contextmanager
    def _failing(self):
        # What ends the chip fails the program, and those that ask it further.
        try:
            if self._pico is None:
                raise Crashed("the chip is off")
            yield
        except Crashed as crash:
            self.close()
            raise self._failed(str(crash)) from None
        except WasReset:
            self.close()
            raise self._failed("the program reset the chip") from None

    def _failed(self, why: str) -> ProgramFailed:
        return ProgramFailed(f"{RP2040.name}: {why}\n{self._text()}")

    def _text(self) -> str:
        return b"".join(self._printed).decode(errors="replace").replace("\r\n", "\n")

    def close(self) -> None:
        """Powers it off, if it is on."""
        self._pico = None
        self._stack.close()


class EmulatedRuntime(Runtime):
    """As any Runtime; `heap` is the board's own, and times are emulated ones."""

    emulated = True

    def run(self, source, *, files=None, heap=None, timeout=60, prepare=True) -> str:
        CHIP.restart(files or {})
        return CHIP.execute(self.prepared(source) if prepare else source, timeout)

    def converse(self, source, files=None) -> "EmulatedConversation":
        self.run(source, files=files)
        return EmulatedConversation()


class EmulatedConversation:
    """As any Conversation: what the program defined is still there for the next question."""

    def ask(self, question: str, timeout: float = 20) -> str:
        return CHIP.execute(f"answer({question!r})", timeout)

    def close(self) -> None:
        pass


CHIP = Chip()
RP2040 = EmulatedRuntime("rp2040", micropython=True, backend="viper")
