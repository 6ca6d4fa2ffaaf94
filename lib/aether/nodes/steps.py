"""How far a phase goes in a sample: hertz as parts of a turn. Main program only; allocates."""

from math import log

# A whole turn is 2**32; steps go up to half of one.
_MOST = 0x7FFFFFFF


def phase_step(hertz: float, rate: float):
    """(step, part): 2**32 * hertz / rate and, in 65,536ths, what is left over."""
    # Whole numbers, as a board's floats have 24 bits.
    step = (int(hertz * 4294967296) << 26) // int(rate * 1024 + 0.5)
    return min(step >> 16, _MOST), step & 0xFFFF


def phase_octaves(hertz: float, rate: float) -> int:
    """The logarithm of a step to base 2, times 2**20."""
    return int((log(hertz / rate) / log(2) + 32) * 1048576 + 0.5)
