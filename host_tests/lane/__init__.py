"""Device sources, compiled with mpy-cross and run instruction by instruction on emulated cores.

    functions = lane.load(path, "armv6m")       name -> Function, assembler or viper
    core = lane.of("armv6m")                    or "armv7emsp", "rv32imc"
    block = core.place(samples.tobytes())       its address; only such places can be written to
    core.call(functions["clear"], block, 64)    an integer or an address a parameter
    core.instructions, core.cycles              of that call
    core.read(block, 256)

A call raises Fault where a board would have stopped or come to harm: an unaligned access that its
core refuses, an instruction that the core has not, an access outside the places, a register left
changed.
"""

from lane.cpu import WHY_NOT, Fault, Lane, available
from lane.mpy_file import Function, load

__all__ = ("WHY_NOT", "Fault", "Function", "Lane", "available", "load", "of")


def of(arch: str, watched: bool = True) -> Lane:
    """A core that runs what mpy-cross makes for `arch`.

    Unwatched, it runs tens of times faster, counts nothing, and sees no wrong access.
    """
    from lane.arm import CortexM0, CortexM4
    from lane.riscv import Hazard3

    cores = {"armv6m": CortexM0, "armv7emsp": CortexM4, "rv32imc": Hazard3}
    return cores[arch](watched)
