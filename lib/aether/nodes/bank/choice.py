"""Which kernels a bank runs on: the assembler of the chip, else viper, else plain Python."""

import sys


def _load(name):
    # What this MicroPython cannot run, it refuses in one of these ways; CPython need not try.
    try:
        if name[-8:] != "portable":
            import micropython
        return __import__("aether.nodes.bank." + name, None, None, ("*",))
    except (ImportError, SyntaxError, ValueError):
        return None


# What kind of native code this MicroPython loads, numbered as in a .mpy: 4 to 8 are Arm.
_arm = 4 <= getattr(sys.implementation, "_mpy", 0) >> 10 & 15 <= 8
kernels = (_load("thumb") if _arm else None) or _load("viper") or _load("portable")
voices = _load("voices_viper") or _load("voices_portable")
waves = _load("waves_viper") or _load("waves_portable")
