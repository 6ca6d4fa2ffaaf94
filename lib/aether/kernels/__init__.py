"""Work on whole blocks, with no float object and no garbage.

A block is a memoryview or an array of 'f'; frames are bytes: interleaved, little-endian, left
first. Each kernel works on the first `n` samples or frames, and returns nothing. All backends give
NumPy's float32 bits; what is below 2**-126 may count as zero. `portable` says what each computes.

A kernel checks nothing: whoever builds a node or a stream does, once. `n` is a multiple of 4, or
0. No block is shorter than n samples, no frames are shorter than n x channels x bytes. A cell, for
a gain or for [g, step], is an array of 'f' of one element or two, or more, and no number. dst may
be src, but not overlap it. Anything else writes over memory that is not its own.

The backend is chosen once, here, and `backend` names it: the assembler of the chip (`thumb`, `vfp`
or `rv32`), else `viper` where MicroPython has a native emitter, else `portable`, plain Python. All
but `portable` allocate nothing, and may be called in any context, hard interrupts too. For tests,
the environment's AETHER_KERNELS or a module `aether_kernels` with BACKEND = "name" forces another;
ImportError if that one cannot be had. Importing allocates: main program only.
"""

import gc
import sys

__all__ = (
    "backend",
    "clear",
    "copy",
    "add",
    "multiply",
    "scale",
    "add_scaled",
    "ramp",
    "clip",
    "to_pcm16",
    "to_pcm32",
    "mono_to_pcm16",
    "mono_to_pcm32",
    "from_pcm16",
    "from_pcm32",
    "mono_from_pcm16",
    "mono_from_pcm32",
)


_BACKENDS = ("thumb", "vfp", "rv32", "viper", "portable")


def _chosen():
    forced = _forced()
    if forced:
        found = _loaded(forced) if forced in _BACKENDS else None
        if found is None:
            there = ", ".join([name for name in _BACKENDS if _loaded(name)])
            raise ImportError(
                "AETHER_KERNELS or aether_kernels.py asks for the kernels '%s'; there are: %s"
                % (forced, there)
            )
        return found
    # What kind of native code this MicroPython loads, numbered as in a .mpy; CPython loads none.
    arch = getattr(sys.implementation, "_mpy", 0) >> 10 & 15
    # armv6m, armv7m, armv7em; armv7emsp, armv7emdp; rv32imc.
    own = {4: "thumb", 5: "thumb", 6: "thumb", 7: "vfp", 8: "vfp", 11: "rv32"}.get(arch, "viper")
    return _loaded(own) or _loaded("viper") or _loaded("portable")


def _forced():
    try:
        from os import getenv
    except ImportError:  # a board has no environment
        name = None
    else:
        name = getenv("AETHER_KERNELS")
    if name:
        return name
    try:
        import aether_kernels
    except ImportError:
        return None
    return aether_kernels.BACKEND


def _loaded(name):
    # What this MicroPython cannot run, it refuses in one of these ways; CPython need not try.
    try:
        if name != "portable":
            import micropython
        return __import__("aether.kernels." + name, None, None, ("*",))
    except (ImportError, SyntaxError, ValueError):
        return None


def _take(backend):
    for name in __all__:
        globals()[name] = getattr(backend, name)


_take(_chosen())
del _BACKENDS, _chosen, _forced, _loaded, _take
# Every file that was loaded has left a kilobyte of garbage on a board: what a program allocates
# from now on need not lie scattered behind it.
gc.collect()
