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

fixed = _load("fixed_viper") or _load("fixed_portable")
lines = _load("lines_viper") or _load("lines_portable")
thumb = _load("thumb") if _ARM else None


def best(name: str):
    """The fastest function of that name."""
    for module in (thumb, lines, fixed):
        if hasattr(module, name):
            return getattr(module, name)
