"""The host MicroPython: real MicroPython from a wheel, started as a process."""

import importlib.util
import platform
import sys

_START = "import sys; from micropython_unix import main; sys.exit(main())"


def available() -> bool:
    """Whether this machine has the host MicroPython."""
    return importlib.util.find_spec("micropython_unix") is not None


def why_not() -> str:
    """One line for the user where it is missing."""
    return (
        f"no MicroPython interpreter for {platform.system()} on {platform.machine()}: "
        "wheels exist for Linux x86-64 and macOS arm64"
    )


def command() -> list[str]:
    """The start of a command line; options and a script of MicroPython follow."""
    return [sys.executable, "-c", _START]
