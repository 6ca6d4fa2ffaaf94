"""The assembler of a device file, run instruction by instruction on an emulated Cortex-M0.

`assemble(path)` compiles it for armv6m and gives the machine code of each assembler function;
`Lane` calls such code as MicroPython does, with up to four words in r0 to r3.
"""

import ast
import functools
from pathlib import Path

from aether_tools import mpy

try:
    import unicorn
    from unicorn import arm_const as arm
except ImportError:  # there is no wheel of it for every platform
    unicorn = None

WHY_NOT = "the unicorn emulator cannot be imported on this machine"

RAM = 0x20000000
RAM_BYTES = 1 << 18
_CODE = 0x10000000
_CODE_BYTES = 1 << 16
# Where a function returns to: within the code's pages, behind any function.
_STOP = _CODE + _CODE_BYTES - 4
_BYTECODE, _NATIVE, _VIPER, _ASM = range(4)


def available() -> bool:
    """Whether a Lane can be made here; WHY_NOT says what is missing."""
    return unicorn is not None


@functools.cache
def assemble(path: Path) -> dict[str, bytes]:
    """Name of each @micropython.asm_thumb function of a device file -> its code for armv6m."""
    source = path.read_bytes()
    # Assembler carries no name in a .mpy; the order is the source's.
    names = [
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
        and any(
            isinstance(d, ast.Attribute) and d.attr == "asm_thumb" for d in node.decorator_list
        )
    ]
    codes = _Reader(mpy.compile_source(source, path.name, "armv6m")).assembler()
    return dict(zip(names, codes, strict=True))


class _Reader:
    """A .mpy of bytecode and assembler; its format: MicroPython's py/persistentcode.c."""

    def __init__(self, data: bytes):
        self._data, self._at = data, 4
        if data[:2] != b"M\x06" or data[2] & 0x40:
            raise ValueError("not a .mpy of version 6 without arch flags")

    def assembler(self) -> list[bytes]:
        """The machine code of all assembler functions, in the source's order."""
        names, objects = self._uint(), self._uint()
        for _ in range(names):
            length = self._uint()
            if not length & 1:  # odd: the number of a name that every MicroPython has
                self._bytes((length >> 1) + 1)
        if objects:
            raise ValueError("a .mpy with constant objects is not read here")
        return list(self._functions())

    def _functions(self):
        head = self._uint()
        kind, code = head & 3, self._bytes(head >> 3)
        if kind == _ASM:
            for _ in ("scope flags", "number of arguments", "type of the result"):
                self._uint()
            yield code
        elif kind != _BYTECODE:
            raise ValueError("native and viper functions are not read here")
        for _ in range(self._uint() if head & 4 else 0):
            yield from self._functions()

    def _uint(self) -> int:
        value = 0
        while True:
            (byte,) = self._bytes(1)
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value

    def _bytes(self, count: int) -> bytes:
        self._at += count
        if self._at > len(self._data):
            raise ValueError("the .mpy ends too early")
        return self._data[self._at - count : self._at]


class Fault(Exception):
    """What a Cortex-M0 would have stopped at: an unaligned access, an instruction it has not."""


def _foreign(halfword: int) -> bool:
    # Wide instructions (of these ARMv6-M has bl, which no kernel needs), cbz, cbnz, and IT.
    wide = halfword >> 11 >= 0b11101
    return wide or halfword & 0xF500 == 0xB100 or (halfword & 0xFF00 == 0xBF00 and halfword & 15)


class Lane:
    """A Cortex-M0 with RAM_BYTES of memory at RAM, of which the upper 4 KB are the stack."""

    def __init__(self):
        uc = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
        uc.ctl_set_cpu_model(arm.UC_CPU_ARM_CORTEX_M0)
        uc.mem_map(_CODE, _CODE_BYTES, unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
        uc.mem_map(RAM, RAM_BYTES, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE)
        uc.hook_add(unicorn.UC_HOOK_BLOCK, self._enter)
        uc.hook_add(unicorn.UC_HOOK_MEM_READ | unicorn.UC_HOOK_MEM_WRITE, self._access)
        self._uc = uc
        self._loaded = None
        self._wrong = None
        self._seen: set[tuple[int, int]] = set()
        self.instructions = 0
        """Of the last call, the function's own entry and exit included."""

    def write(self, address: int, data: bytes) -> None:
        """Put bytes into memory."""
        self._uc.mem_write(address, data)

    def read(self, address: int, count: int) -> bytes:
        """Bytes of memory."""
        return bytes(self._uc.mem_read(address, count))

    def call(self, code: bytes, *words: int) -> int:
        """Run a function; its result. Fault where it goes wrong or leaves a register changed."""
        uc = self._uc
        if code is not self._loaded:
            uc.mem_write(_CODE, code)
            uc.ctl_remove_cache(_CODE, _CODE + _CODE_BYTES)
            self._loaded = code
            self._seen.clear()
        keep = {arm.UC_ARM_REG_R4 + k: 0xA5A50000 + k for k in range(8)}
        keep[arm.UC_ARM_REG_SP] = RAM + RAM_BYTES - 64
        for register, value in keep.items():
            uc.reg_write(register, value)
        for k, word in enumerate(words):
            uc.reg_write(arm.UC_ARM_REG_R0 + k, word)
        uc.reg_write(arm.UC_ARM_REG_LR, _STOP | 1)
        self.instructions, self._wrong = 0, None
        try:
            uc.emu_start(_CODE | 1, _STOP)
        except unicorn.UcError as error:
            raise Fault(f"{error} at byte {uc.reg_read(arm.UC_ARM_REG_PC) - _CODE}") from error
        if self._wrong:
            raise Fault(self._wrong)
        if uc.reg_read(arm.UC_ARM_REG_PC) != _STOP:
            raise Fault("did not return to its caller")
        for register, value in keep.items():
            if uc.reg_read(register) != value:
                raise Fault(f"changed register r{register - arm.UC_ARM_REG_R0}, or sp")
        return uc.reg_read(arm.UC_ARM_REG_R0)

    def _enter(self, uc, address, size, _):
        self.instructions += size // 2
        if (address, size) not in self._seen:
            # The emulator runs instructions of greater Cortex-Ms too, whatever its model.
            self._seen.add((address, size))
            code = memoryview(uc.mem_read(address, size)).cast("H")
            if any(map(_foreign, code)):
                self._stop(f"not an ARMv6-M instruction in the {size} bytes at {address - _CODE}")

    def _access(self, uc, access, address, size, value, _):
        if address % size:
            self._stop(f"access of {size} bytes at address {address:#x}")

    def _stop(self, why):
        self._wrong = self._wrong or why
        self._uc.emu_stop()
