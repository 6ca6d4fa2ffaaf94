"""Which kernels a bank runs on: those of the chip, else viper, else plain Python."""

import sys


def _load(name):
    # What this MicroPython cannot run, it refuses in one of these ways; CPython need not try.
    try:
        if name[-8:] != "portable":
            import micropython
        return __import__("aether.nodes.bank." + name, None, None, ("*",))
    except (ImportError, SyntaxError, ValueError):
        return None


def _of_the_chip():
    # What kind of native code this MicroPython loads, numbered as in a .mpy: 4 is armv6m, up to 8
    # there are other Arm Cortex-M. No other RP2 is one of the first kind.
    arch = getattr(sys.implementation, "_mpy", 0) >> 10 & 15
    found = _load("rp2040") if arch == 4 and sys.platform == "rp2" else None
    if found is None and 4 <= arch <= 8:
        found = _load("thumb")
    return found


kernels = _of_the_chip() or _load("viper") or _load("portable")
voices = _load("voices_viper") or _load("voices_portable")
voices.quietest = getattr(kernels, "quietest", voices.quietest)
