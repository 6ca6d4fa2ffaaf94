"""Which functions the filters run on: assembler, else viper, else plain Python."""

import sys


def _load(name):
    # What this MicroPython cannot run, it refuses in one of these ways; CPython need not try.
    try:
        if name != "portable":
            import micropython
        return __import__("aether.nodes.filters." + name, None, None, ("*",))
    except (ImportError, SyntaxError, ValueError):
        return None


def _of_the_chip():
    # What kind of native code this MicroPython loads, numbered as in a .mpy: 4 to 8 are Arm
    # Cortex-M.
    arch = getattr(sys.implementation, "_mpy", 0) >> 10 & 15
    return _load("thumb") if 4 <= arch <= 8 else None


_plain = _load("viper") or _load("portable")
_sounding = _of_the_chip() or _load("viper_render") or _load("portable")
bend = _plain.bend
glide = _plain.glide
render = _sounding.render
