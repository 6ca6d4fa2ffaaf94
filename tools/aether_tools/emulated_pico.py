"""The Python end of the emulated Pico: starts it, and asks it to run things."""

import contextlib
import json
import os
import subprocess
import tempfile
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from aether_tools import filesystem, mpy, paths
from aether_tools.boards import Board
from aether_tools.device import literal
from aether_tools.errors import UserError
from aether_tools.images import Images
from aether_tools.node import Node

# Cycles a second of stock MicroPython on an RP2040.
CLOCK = 125_000_000
# Emulated seconds within which the prompt must answer.
_ANSWER = 10
# Emulated seconds in which a program that can be interrupted at all is.
_INTERRUPT = 1
_CHUNK = 65536


class Crashed(Exception):
    """The emulated core crashed, or the emulator itself failed; one line."""


class NoAnswer(Crashed):
    """The prompt did not come: MicroPython is too busy, or none."""


class WasReset(Exception):
    """The program reset the chip."""


@dataclass(frozen=True)
class Setting:
    """A board that can be emulated, with all that this takes."""

    board: Board
    images: Images
    node: Node


@dataclass(frozen=True)
class Executed:
    """What a piece of code left: its traceback, whether time ran out, and what it took.

    cycles are those of clk_sys, idle ones among them asleep. marks: what it wrote to the mark
    register, each a tuple of tag and cycles.
    """

    error: str
    timeout: bool
    cycles: int
    idle: int
    instructions: int
    interrupts: int
    marks: list[tuple[int, int]]


@dataclass(frozen=True)
class Segment:
    """A file of raw interleaved little-endian stereo frames, all of one format.

    rate: frames a second as measured at the pins. odd_words: how many words had another number
    of bits.
    """

    file: Path
    bits: int
    frames: int
    rate: float
    first_ns: float
    last_ns: float
    odd_words: int


@dataclass
class Totals:
    """Since power-on."""

    cycles: int = 0
    seconds: float = 0.0
    idle: int = 0
    instructions: int = 0
    interrupts: int = 0

    def copy(self) -> "Totals":
        return replace(self)


@dataclass
class EmulatedPico:
    """A powered RP2040 with stock MicroPython; use it in `with`, or close it.

    xip: charge for misses of the flash cache. sound: a folder for what leaves the I2S pins of
    the board file. out: called with what the chip prints; progress: with the emulated seconds.
    Every method raises Crashed, and WasReset where the program resets the chip; both leave
    state() and cut() usable.
    """

    setting: Setting
    xip: bool = False
    sound: Path | None = None
    out: Callable[[bytes], None] = lambda data: None
    progress: Callable[[float], None] = lambda seconds: None
    totals: Totals = field(default_factory=Totals)

    def __enter__(self) -> "EmulatedPico":
        self._stack = contextlib.ExitStack()
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *exc) -> None:
        self._stack.close()

    def kill(self) -> None:
        """Ends the emulator, from another thread: what is being asked of it fails."""
        self._process.kill()

    def _start(self) -> None:
        self._folder = Path(
            self._stack.enter_context(tempfile.TemporaryDirectory(prefix="aether-"))
        )
        config = write_config(self._folder, self.setting, self.xip, self.sound)
        log = self._stack.enter_context((self._folder / "log").open("w+b"))
        self._log = log
        self._process = subprocess.Popen(
            [*self.setting.node.command, str(paths.EMULATOR / "main.mjs"), str(config)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        self._stack.callback(end, self._process)

    def boot(self) -> str:
        """Runs to the prompt; MicroPython's greeting. UserError where it does not come."""
        try:
            self.install({})
            return self._ask("boot")["banner"]
        except Crashed as crash:
            raise UserError(f"{self.setting.images.firmware} does not boot: {crash}") from None

    def loads(self) -> mpy.Format | None:
        """The .mpy files that this MicroPython loads."""
        value = self.ask("__import__('sys').implementation._mpy")
        if not isinstance(value, int):
            raise UserError(f"{self.setting.images.firmware} does not answer at its prompt")
        return mpy.decode(value)

    def ask(self, expression: str, setup: str = ""):
        """The value of an expression of plain types at the raw prompt; None if there is none."""
        printed: list[bytes] = []
        self.out, out = printed.append, self.out
        try:
            done = self.execute(f"{setup}\nprint('\\x1e%r\\x1f' % ({expression},))", _ANSWER)
        finally:
            self.out = out
        # Fenced: a timer of the program may print in between.
        text = b"".join(printed).decode(errors="replace").rpartition("\x1e")[2]
        if done.error or done.timeout or "\x1f" not in text:
            return None
        return literal(text.partition("\x1f")[0])

    def install(self, files: dict[str, bytes]) -> None:
        """Replaces the file system; MicroPython sees it after a restart."""
        image = self._folder / "files.img"
        image.write_bytes(filesystem.image(files))
        self._ask("flash", at=filesystem.START, file=str(image))

    def restart(self, seconds: float, main: bool = True) -> bool:
        """Soft reset, boot.py and main.py; whether the prompt came within `seconds`.

        Without `main` only boot.py runs, and the prompt is the raw one.
        """
        return self._ask("restart", seconds=seconds, main=main)["prompt"]

    def execute(self, code: str, seconds: float, last: int | None = None) -> Executed:
        """Runs code at the raw prompt, for `seconds` at most, not counting the compiler's.

        last: a mark without which nothing that it prints is taken for its end.
        """
        answer = self._ask("exec", code=code, seconds=seconds, last=last)
        marks = [(mark[0], mark[1]) for mark in answer["marks"]]
        return Executed(answer["error"], answer["timeout"], marks=marks, **answer["took"])

    def run_on(self, seconds: float, while_playing: bool = False) -> None:
        """Lets it run; with `while_playing` only as long as an I2S is open."""
        self._ask("run", seconds=seconds, **{"while": "playing" if while_playing else None})

    def interrupt(self) -> bool:
        """Ctrl-C until the raw prompt comes; whether it did."""
        try:
            self._ask("interrupt", seconds=_INTERRUPT)
        except NoAnswer:
            return False
        return True

    def hold(self) -> None:
        """What plays stands still from here: it calls nobody back while the board is asked."""
        self._ask("hold")

    def resume(self) -> None:
        """What plays goes on where hold() stopped it."""
        self._ask("resume")

    def unsent(self) -> None:
        """Hands over what was printed by a program that keeps the chip from sending it."""
        self._ask("unsent")

    def cut(self) -> list[Segment]:
        """Ends the recording of sound."""
        sound = self._ask("cut")["sound"]
        return [Segment(file=self._path(s.pop("file")), **s) for s in sound]

    def state(self) -> dict:
        """Counters since power-on, of the flash and its cache among others."""
        return self._ask("state")

    def _path(self, name: str) -> Path:
        return (self.sound or Path()) / name

    def _ask(self, what: str, **request) -> dict:
        line = json.dumps({"do": what, **request}) + "\n"
        try:
            self._process.stdin.write(line.encode())
            self._process.stdin.flush()
        except OSError:
            raise UserError(self._why()) from None
        while True:
            line = self._process.stdout.readline()
            if not line.endswith(b"\n"):
                raise UserError(self._why())
            answer = json.loads(line)
            if "out" in answer:
                self.out(b64decode(answer["out"]))
            elif "at" in answer:
                self.progress(answer["at"])
            else:
                return self._answered(answer)

    def _answered(self, answer: dict) -> dict:
        for name in vars(self.totals):
            setattr(self.totals, name, answer.get(name, getattr(self.totals, name)))
        if answer.get("crash"):
            said = answer["crash"]
            raise Crashed(said if said.startswith("the ") else f"the program crashed: {said}")
        if answer.get("reset"):
            raise WasReset
        if not answer["ok"]:
            raise NoAnswer(f"the emulated Pico gives no answer: {answer['why']}")
        return answer

    def _why(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        folder = self.setting.node.rp2040js
        return f"the emulator failed: {last_line(self._log)} (if {folder} is damaged, remove it)"


def write_config(folder: Path, setting: Setting, xip: bool, sound: Path | None) -> Path:
    """The file that main.mjs and serial.mjs are started with, and those that it names."""
    (folder / "bootrom.bin").write_bytes(setting.images.bootrom_bytes)
    (folder / "flash.bin").write_bytes(setting.images.flash)
    board = setting.board
    config = {
        "rp2040js": str(setting.node.rp2040js),
        "bootrom": str(folder / "bootrom.bin"),
        "flash": str(folder / "flash.bin"),
        "xip": xip,
        "i2s": {"sck": board.SCK, "ws": board.WS, "sd": board.SD},
        "sound": str(sound) if sound else None,
        "bootsel": False,
    }
    path = folder / "config.json"
    path.write_text(json.dumps(config))
    return path


def end(process: subprocess.Popen) -> None:
    """Ends the emulator's process, whatever it does."""
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    process.wait()


def last_line(log) -> str:
    """The line of a log that says most: the error of Node, or the last one."""
    log.seek(0, os.SEEK_END)
    log.seek(max(0, log.tell() - _CHUNK))
    lines = [line.strip() for line in log.read().decode(errors="replace").splitlines()]
    errors = [line for line in lines if "Error:" in line]
    return (errors or [line for line in lines if line] or ["no reason given"])[-1]
