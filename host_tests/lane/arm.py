"""The Cortex-M0 of an RP2040, with its interpolators, and a Cortex-M4 with its FPU.

The latter runs what RP2350s run.
"""

from itertools import pairwise

from lane import sio, thumb
from lane.cpu import Block, Fault, Lane

try:
    import unicorn
    from unicorn import arm_const as arm
except ImportError:
    unicorn = None


class _CortexM(Lane):
    RETURN = bytes.fromhex("7047")  # bx lr
    THUMB = 1
    if unicorn:
        ARGUMENTS = [arm.UC_ARM_REG_R0 + k for k in range(4)]
        LOST = [*ARGUMENTS, arm.UC_ARM_REG_R12]
        KEPT = [arm.UC_ARM_REG_R4 + k for k in range(8)]
        SP, LR, PC = arm.UC_ARM_REG_SP, arm.UC_ARM_REG_LR, arm.UC_ARM_REG_PC

    def register_name(self, register: int) -> str:
        return "sp" if register == self.SP else f"r{register - arm.UC_ARM_REG_R0}"

    def foreign(self, code: bytes) -> str | None:
        wrong = any(self._is_foreign(*pair) for pair in thumb.instructions(code))
        return f"not an {self.SET} instruction" if wrong else None

    def block(self, address: int, code: bytes) -> Block:
        pairs = list(thumb.instructions(code))
        cycles = sum(self._cycles(*pair) for pair in pairs)
        # On an M4 a load or store right behind another one overlaps with it.
        near = pairwise(pairs)
        cycles -= self.OVERLAP * sum(thumb.is_access(*a) and thumb.is_access(*b) for a, b in near)
        taken = self.TAKEN if thumb.is_conditional(*pairs[-1]) else 0
        return Block(len(pairs), cycles, address + len(code), taken, pairs[0][1] is not None)

    def branch(self, block: Block, target: int, after: Block) -> int:
        return block.taken if target != block.end else 0


class CortexM0(_CortexM):
    SET = "ARMv6-M"
    OVERLAP, TAKEN = 0, 1
    _cycles = staticmethod(thumb.cycles_m0)
    _is_foreign = staticmethod(thumb.foreign_to_m0)

    def _open(self):
        uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
        uc.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M0)
        uc.mmio_map(sio.ADDRESS, sio.BYTES, self._load_sio, None, self._store_sio, None)
        self._sio = sio.Sio()
        return uc

    def _load_sio(self, uc, place, size, _):
        try:
            return self._sio.read(place)
        except ValueError as error:
            self._stop(str(error))
            return 0

    def _store_sio(self, uc, place, size, value, _):
        try:
            self._sio.write(place, value)
        except ValueError as error:
            self._stop(str(error))

    def _access(self, uc, access, address, size, value, user):
        if sio.ADDRESS <= address < sio.ADDRESS + sio.BYTES:
            if size != 4 or address % 4:
                self._stop(f"access of {size} bytes at address {address:#x}")
            self.cycles -= 1
            return
        super()._access(uc, access, address, size, value, user)


# Of FPSCR, what all floats of a program depend on: the rounding mode, flushing to zero, default
# NaNs, the other half-precision format. All are off where MicroPython calls.
_MODES = 0x1F << 22


class CortexM4(_CortexM):
    SET = "ARMv7E-M"
    OVERLAP, TAKEN = 1, thumb.REFILL
    _cycles = staticmethod(thumb.cycles_m4)
    _is_foreign = staticmethod(thumb.foreign_to_m4)
    if unicorn:
        LOST = [*_CortexM.LOST, *(arm.UC_ARM_REG_S0 + k for k in range(16))]
        KEPT = [*_CortexM.KEPT, *(arm.UC_ARM_REG_S16 + k for k in range(16))]

    def _open(self):
        uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
        uc.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M4)
        # Both coprocessors of the FPU open to everybody, and the FPU on.
        uc.reg_write(arm.UC_ARM_REG_C1_C0_2, 0xF << 20)
        uc.reg_write(arm.UC_ARM_REG_FPEXC, 1 << 30)
        return uc

    def takes_any_address(self) -> bool:
        # A load or store of one core register does; those of several and the FPU's do not.
        code = bytes(self._uc.mem_read(self._uc.reg_read(self.PC), 4))
        return thumb.is_access(*next(thumb.instructions(code)))

    def _run(self, entry: int, *registers: int) -> int:
        result = super()._run(entry, *registers)
        if self._uc.reg_read(arm.UC_ARM_REG_FPSCR) & _MODES:
            self._uc.reg_write(arm.UC_ARM_REG_FPSCR, 0)
            raise Fault("changed the modes of the FPU")
        return result

    def register_name(self, register: int) -> str:
        if register in _CortexM.KEPT or register == self.SP:
            return super().register_name(register)
        return f"s{register - arm.UC_ARM_REG_S0}"
