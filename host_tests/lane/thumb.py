"""Thumb instructions: which a core has, and how many cycles each takes.

Cycles are those of Arm's manuals: Cortex-M0+ Technical Reference Manual (DDI 0484), section 3.3,
with the single-cycle multiplier that the RP2040 has; Cortex-M4 (DDI 0439), sections 3.3 and 7.2.3.
Where the latter gives a range, a refill of the pipeline is two cycles and a division the longest.
Arm has published no such table of the Cortex-M33; the M4's stands for it.
"""

REFILL = 2


def instructions(code: bytes):
    """(first halfword, second or None) of each instruction."""
    halves = iter(memoryview(code).cast("H"))
    for first in halves:
        yield first, next(halves, 0) if first >> 11 >= 0b11101 else None


def is_conditional(first: int, second: int | None) -> bool:
    """Whether it is a branch that might not be taken."""
    if second is None:
        return (first & 0xF000 == 0xD000 and first & 0xF00 < 0xE00) or first & 0xF500 == 0xB100
    return first & 0xF800 == 0xF000 and second & 0xD000 == 0x8000 and first >> 6 & 15 < 14


def foreign_to_m0(first: int, second: int | None) -> bool:
    """Whether ARMv6-M lacks it; of the wide ones also what no kernel needs: all but bl."""
    if second is None:
        hint_is_it = first & 0xFF00 == 0xBF00 and first & 15
        return bool(first & 0xF500 == 0xB100 or hint_is_it)
    return not (first & 0xF800 == 0xF000 and second & 0xD000 == 0xD000)


def foreign_to_m4(first: int, second: int | None) -> bool:
    """Whether an M4 with its FPU lacks it: double precision, and what came with FPv5."""
    if second is None or first & 0xEC00 != 0xEC00:
        return False
    if second & 0xE00 != 0xA00:
        return True
    data = first & 0xFF00 == 0xEE00 and not second & 0x10
    double = data and second & 0x100
    since_v8 = first & 0xFF00 == 0xFE00
    rounds = data and first & 0xBF == 0xB6 and second & 0x40  # vrintr, vrintz
    rounds_exactly = data and first & 0xBF == 0xB7 and second & 0xC0 == 0x40  # vrintx
    return bool(double or since_v8 or rounds or rounds_exactly)


def is_access(first: int, second: int | None) -> bool:
    """Whether it is a single load or store of a core register."""
    if second is None:
        return first & 0xF000 in (0x5000, 0x6000, 0x7000, 0x8000, 0x9000) or (
            first & 0xF800 == 0x4800
        )
    return first & 0xFE00 == 0xF800


def cycles_m0(first: int, second: int | None) -> int:
    """Cycles on a Cortex-M0+; a conditional branch as if it were not taken."""
    if second is not None:
        return 3
    if is_access(first, None):
        return 2
    if first & 0xFF00 == 0xBD00:
        return 3 + _registers(first)
    return 2 if _leaves(first) else 1 + _registers(first)


def cycles_m4(first: int, second: int | None) -> int:
    """Cycles on a Cortex-M4; a conditional branch as if it were not taken."""
    if second is None:
        if is_access(first, None):
            return 2
        return 1 + _registers(first) + (REFILL if _leaves(first) else 0)
    if first & 0xEC00 == 0xEC00:
        return _cycles_fpu(first, second)
    if first & 0xFE40 == 0xE800:  # ldm, stm
        return 1 + second.bit_count() + (REFILL if second & 0x8000 and first & 0x10 else 0)
    if first & 0xFE40 == 0xE840:  # ldrd, strd, and tbb, tbh
        return 2 + REFILL if first & 0xFFF0 == 0xE8D0 and second & 0xFFE0 == 0xF000 else 3
    if first & 0xF800 == 0xF000 and second & 0x8000:
        return 1 if second & 0x5000 == 0 else 1 + REFILL
    if is_access(first, second):
        return 2
    if first & 0xFFD0 == 0xFB90:  # sdiv, udiv
        return 12
    if first & 0xFFF0 == 0xFB00 and second & 0xF000 != 0xF000:  # mla, mls
        return 2
    return 1


def _cycles_fpu(first: int, second: int) -> int:
    if first & 0xFFE0 == 0xEC40:  # two core registers
        return 2
    if first & 0xFF20 == 0xED00:
        return 2
    if first & 0xFE00 == 0xEC00:
        return 1 + (second & 0xFF)
    if second & 0x10:  # one core register
        return 1
    operation = first >> 4 & 0xB
    if operation == 0xB:
        return 14 if first & 0xF == 1 and second & 0xC0 == 0xC0 else 1  # the root
    return {0: 3, 1: 3, 8: 14, 9: 3, 10: 3}.get(operation, 1)


def _registers(first: int) -> int:
    # How many an ldm, stm, push or pop moves.
    if first & 0xF000 == 0xC000:
        return (first & 0xFF).bit_count()
    return (first & 0x1FF).bit_count() if first & 0xF600 == 0xB400 else 0


def _leaves(first: int) -> bool:
    # b, bx, blx, pop with pc, mov and add to pc.
    if first & 0xF800 == 0xE000 or first & 0xFF00 in (0x4700, 0xBD00):
        return True
    return first & 0xFD87 == 0x4487
