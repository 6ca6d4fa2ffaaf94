"""Which arithmetic effects run on: the chip's own where there is one, else viper, else Python."""

import sys


def _load(name):
    # What this MicroPython cannot run, it refuses in one of these ways; CPython need not try.
    try:
        if name[-8:] != "portable":
            import micropython
        return __import__("aether.nodes.effects." + name, None, None, ("*",))
    except (ImportError, SyntaxError, ValueError):
        return None


# What kind of native code this MicroPython loads, numbered as in a .mpy: 4 to 8 are Cortex-M.
_ARM = 4 <= getattr(sys.implementation, "_mpy", 0) >> 10 & 15 <= 8

thumb = _load("thumb") if _ARM else None


def best(name: str):
    """The fastest function of that name. Main program only; allocates.

    Only what has it is loaded: of the lines in viper a board with their assembler needs nothing.
    """
    if hasattr(thumb, name):
        return getattr(thumb, name)
    for file in ("fixed_", "lines_"):
        module = _load(file + "viper") or _load(file + "portable")
        if hasattr(module, name):
            return getattr(module, name)
    raise ImportError("no effect has a function '%s'" % name)
