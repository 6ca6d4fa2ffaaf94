"""The Hazard3 of an RP2350, as far as it is an RV32IMC: what every board of that arch runs.

Cycles are those of the Hazard3 manual, chapter "Instruction Cycle Counts", for the RP2350's
options: one more for a load that the next instruction waits for, for a branch wrongly predicted,
and for a jump to an instruction of four bytes at an address that is no multiple of four.
"""

from itertools import pairwise

from lane.cpu import Block, Lane

try:
    import unicorn
    from unicorn import riscv_const as riscv
except ImportError:
    unicorn = None

_LOAD, _IMMEDIATE, _AUIPC, _STORE, _OPERATION, _LUI = 0x03, 0x13, 0x17, 0x23, 0x33, 0x37
_BRANCH, _JALR, _JAL = 0x63, 0x67, 0x6F
_BASE = {_LOAD, _IMMEDIATE, _AUIPC, _STORE, _OPERATION, _LUI, _BRANCH, _JALR, _JAL}


def instructions(code: bytes):
    """Each instruction, compressed ones below 2**16."""
    at = 0
    while at < len(code):
        size = 4 if code[at] & 3 == 3 else 2
        yield int.from_bytes(code[at : at + size], "little")
        at += size


def _is_wide(word: int) -> bool:
    return word & 3 == 3


def _is_foreign(word: int) -> bool:
    if _is_wide(word):
        kind, seven, three = word & 0x7F, word >> 25, word >> 12 & 7
        if kind == _OPERATION:
            return seven not in (0, 1) and (seven != 0x20 or three not in (0, 5))
        if kind == _IMMEDIATE and three in (1, 5):
            return seven != 0 and (seven != 0x20 or three != 5)
        return kind not in _BASE
    # Loads and stores of floats; quadrant 0 has one more free code.
    return word & 3 != 1 and word >> 13 in ((1, 3, 4, 5, 7) if word & 3 == 0 else (1, 3, 5, 7))


def _loaded(word: int) -> int:
    # The register that it loads from memory, or 0.
    if _is_wide(word):
        return word >> 7 & 31 if word & 0x7F == _LOAD else 0
    if word >> 13 != 2 or word & 3 == 1:
        return 0
    return word >> 7 & 31 if word & 3 == 2 else 8 + (word >> 2 & 7)


def _awaited(word: int) -> set[int]:
    # The registers that it must have early; what a store writes is not among them.
    first, second = word >> 15 & 31, word >> 20 & 31
    if _is_wide(word):
        kind = word & 0x7F
        if kind in (_LUI, _AUIPC, _JAL):
            return set()
        return {first, second} if kind in (_OPERATION, _BRANCH) else {first}
    three, short, other = word >> 13, 8 + (word >> 7 & 7), 8 + (word >> 2 & 7)
    full, last = word >> 7 & 31, word >> 2 & 31
    if word & 3 == 0:
        return {short} if three else {2}
    if word & 3 == 1:
        if three in (1, 2, 5):
            return set()
        if three in (0, 3):
            return {full} if three == 0 or full == 2 else set()
        return {short, other} if three == 4 and word >> 10 & 3 == 3 else {short}
    if three == 4:
        return ({full} if not last else {last} if not word & 0x1000 else {full, last}) - {0}
    return {full} if three == 0 else {2}


def _cycles(word: int) -> int:
    if _is_wide(word):
        kind = word & 0x7F
        if kind == _OPERATION and word >> 25 == 1 and word >> 12 & 4:
            return 18 + (not word >> 12 & 1)  # with a sign, at worst one more
        return 2 if kind in (_JAL, _JALR) else 1
    jumps = word & 3 == 1 and word >> 13 in (1, 5)
    returns = word & 0xE07F == 0x8002 and word >> 7 & 31
    return 2 if jumps or returns else 1


def _is_branch(word: int) -> bool:
    return word & 0x7F == _BRANCH if _is_wide(word) else word & 3 == 1 and word >> 14 == 3


class Hazard3(Lane):
    RETURN = bytes.fromhex("8280")  # ret
    if unicorn:
        ARGUMENTS = [riscv.UC_RISCV_REG_A0 + k for k in range(8)]
        LOST = [*ARGUMENTS, *(riscv.UC_RISCV_REG_X0 + k for k in (5, 6, 7, *range(28, 32)))]
        KEPT = [
            riscv.UC_RISCV_REG_GP,
            riscv.UC_RISCV_REG_TP,
            *(riscv.UC_RISCV_REG_X0 + k for k in (8, 9, *range(18, 28))),
        ]
        SP, LR, PC = riscv.UC_RISCV_REG_SP, riscv.UC_RISCV_REG_RA, riscv.UC_RISCV_REG_PC

    def _open(self):
        self._predicted = None
        return unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV32)

    def register_name(self, register: int) -> str:
        return f"x{register - riscv.UC_RISCV_REG_X0}"

    def foreign(self, code: bytes) -> str | None:
        return "not an RV32IMC instruction" if any(map(_is_foreign, instructions(code))) else None

    def block(self, address: int, code: bytes) -> Block:
        words = list(instructions(code))
        near = pairwise(words)
        waits = sum(bool(_loaded(a) and _loaded(a) in _awaited(b)) for a, b in near)
        cycles = sum(map(_cycles, words)) + waits
        taken = 1 if _is_branch(words[-1]) else 0
        return Block(len(words), cycles, address + len(code), taken, _is_wide(words[0]))

    def branch(self, block: Block, target: int, after: Block) -> int:
        if target == block.end:
            # The last branch taken backwards is expected to be so again.
            wrong = block.taken and self._predicted == block.end
            if wrong:
                self._predicted = None
            return 1 if wrong else 0
        crooked = 1 if after.wide and target & 2 else 0
        if not block.taken or self._predicted == block.end:
            return crooked
        if target < block.end:
            self._predicted = block.end
        return 1 + crooked
