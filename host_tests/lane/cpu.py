"""What all emulated cores share: memory, calls as MicroPython makes them, counting, faults.

A viper function gets itself, the number of arguments and their array; it finds the table of
MicroPython's functions by way of its module. The table's entries lead to stand-ins here, of which
kernels need the conversions only: they take no instructions, as they run on no emulated core.
"""

import struct
from dataclasses import dataclass
from typing import NamedTuple

from lane.mpy_file import ASM, FUN_TABLE, VIPER, Function

try:
    import unicorn
except ImportError:  # there is no wheel of it for every platform
    unicorn = None

WHY_NOT = "the unicorn emulator cannot be imported on this machine"

_CODE, _CODE_BYTES = 0x10000000, 1 << 20
_TABLES, _TABLES_BYTES = 0x11000000, 1 << 16
_ENTRIES = 0x12000000
_RAM, _RAM_BYTES, _STACK_BYTES = 0x20000000, 1 << 20, 1 << 12
# Bytes of nothing around every place, in which a wrong access is noticed.
_GUARD = 64
_ENDLESS = 10_000_000
_STOP = _CODE + _CODE_BYTES - 16
_TABLE = _TABLES + 0x100
_ARGUMENTS = _TABLES + 0x500
_HEAP = _TABLES + 0x1000
_BOXES = 0x13000000
# In the table: None, False, True, object to native, native to object; and a wrong argument count.
_FROM_OBJECT, _TO_OBJECT, _ARGUMENT_COUNT, _ENTRY_COUNT = 3, 4, 44, 128
_IMMEDIATE = {None: 6, False: 14, True: 30}
_IMMEDIATE_OF = {word: value for value, word in _IMMEDIATE.items()}
_INT, _UINT = 2, 3


def available() -> bool:
    """Whether there are cores here; WHY_NOT says what is missing."""
    return unicorn is not None


class Fault(Exception):
    """What a board would have stopped at, or come to harm by."""


@dataclass(frozen=True)
class Block:
    """Instructions that run one after the other: what they cost."""

    instructions: int
    cycles: int
    """A branch at the end counted as not taken."""
    end: int
    taken: int
    """Further cycles if that branch is taken."""
    wide: bool
    """Whether it begins with an instruction of four bytes."""


class Place(NamedTuple):
    begin: int
    end: int
    writable: bool


class Lane:
    """A core. Subclasses say how it is made, named `_open`, and what its instructions cost."""

    RETURN = b""
    """The instruction that returns to the caller."""
    THUMB = 0

    def __init__(self, watched: bool):
        self._uc = uc = self._open()
        everything = unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC
        uc.mem_map(_CODE, _CODE_BYTES, everything)
        uc.mem_map(_ENTRIES, 0x1000, everything)
        uc.mem_map(_TABLES, _TABLES_BYTES, unicorn.UC_PROT_READ)
        uc.mem_map(_RAM, _RAM_BYTES, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE)
        uc.mem_write(_ENTRIES, self.RETURN.ljust(4, b"\0") * _ENTRY_COUNT)
        entries = [_ENTRIES + 4 * k | self.THUMB for k in range(_ENTRY_COUNT)]
        entries[:3] = _IMMEDIATE.values()
        uc.mem_write(_TABLE, struct.pack(f"<{_ENTRY_COUNT}I", *entries))
        uc.hook_add(
            unicorn.UC_HOOK_BLOCK, self._entry, begin=_ENTRIES, end=_ENTRIES + 4 * _ENTRY_COUNT
        )
        self._watched = watched
        if watched:
            uc.hook_add(unicorn.UC_HOOK_BLOCK, self._enter, begin=_CODE, end=_STOP)
            uc.hook_add(unicorn.UC_HOOK_MEM_READ | unicorn.UC_HOOK_MEM_WRITE, self._access)
        self._loaded: dict[Function, tuple[int, int]] = {}
        self._boxes: dict[int, int] = {}
        self._free_code, self._free_table = _CODE, _HEAP
        self._blocks: dict[tuple[int, int], Block] = {}
        self.forget()
        self.instructions = 0
        """Of the last call, the function's own entry and exit included."""
        self.cycles = 0
        """The same, estimated from the core's published timings, memory without wait states."""

    def takes_any_address(self) -> bool:
        """Whether the instruction that is running now need not have an aligned address."""
        return False

    def forget(self) -> None:
        """Give up all places."""
        self._places: list[Place] = []
        self._free = _RAM + _GUARD

    def place(self, data: bytes, writable: bool = True, shift: int = 0) -> int:
        """Put bytes into memory, `shift` bytes behind an aligned address; that address."""
        begin = -(-self._free // 16) * 16 + shift
        end = begin + len(data)
        self._free = end + _GUARD
        if self._free > _RAM + _RAM_BYTES - _STACK_BYTES:
            raise ValueError("no room left; forget() makes some")
        self._places.append(Place(begin, end, writable))
        self._uc.mem_write(begin, bytes(data))
        return begin

    def write(self, address: int, data: bytes) -> None:
        """Put other bytes into a place."""
        self._uc.mem_write(address, bytes(data))

    def read(self, address: int, count: int) -> bytes:
        """Bytes of memory."""
        return bytes(self._uc.mem_read(address, count))

    def call(self, function: Function, *arguments: int | None):
        """Call a function as MicroPython does; its result, as that would be seen in Python."""
        if function not in self._loaded:
            self._loaded[function] = self._load(function)
        entry, itself = self._loaded[function]
        if function.kind == VIPER:
            words = [self._word(argument) for argument in arguments]
            self._uc.mem_write(_ARGUMENTS, struct.pack(f"<{len(words)}I", *words))
            result = self._run(entry, itself, len(words), 0, _ARGUMENTS)
            return self._value(result)
        result = self._run(entry, *(argument & 0xFFFFFFFF for argument in arguments))
        kind = function.result & 15
        if kind == _INT:
            return (result ^ 1 << 31) - (1 << 31)
        return self._value(result) if kind == 0 else result

    def _load(self, function: Function) -> tuple[int, int]:
        # Puts the code, and a viper function's object, into memory: their addresses.
        if function.kind not in (ASM, VIPER):
            raise ValueError(f"{function.name} is neither assembler nor viper")
        entry = self._free_code
        self._free_code = -(-(entry + len(function.code)) // 16) * 16
        self._uc.mem_write(entry, function.code)
        itself, objects = self._free_table, self._free_table + 32
        self._free_table = objects + 4 * len(function.objects)
        # A constant that is no small int would need MicroPython's own objects.
        words = [
            _TABLE if x is FUN_TABLE else self._word(x) if type(x) is int else 0
            for x in function.objects
        ]
        layout = [0, itself + 16, 0, entry, 0, 0, 0, objects, *words]
        self._uc.mem_write(itself, struct.pack(f"<{len(layout)}I", *layout))
        return entry, itself

    def _run(self, entry: int, *registers: int) -> int:
        uc = self._uc
        kept = dict.fromkeys(self.KEPT)
        for k, register in enumerate(kept):
            kept[register] = 0xA5A50000 + k
            uc.reg_write(register, kept[register])
        kept[self.SP] = _RAM + _RAM_BYTES - 64
        uc.reg_write(self.SP, kept[self.SP])
        # Else a function might live on what its last call left there.
        for k, register in enumerate(self.LOST):
            uc.reg_write(register, 0x5A5A0000 + k)
        for register, word in zip(self.ARGUMENTS, registers, strict=False):
            uc.reg_write(register, word)
        uc.reg_write(self.LR, _STOP | self.THUMB)
        self.instructions = self.cycles = 0
        self._wrong, self._last = None, None
        try:
            uc.emu_start(entry | self.THUMB, _STOP, timeout=0 if self._watched else 60_000_000)
        except unicorn.UcError as error:
            raise Fault(f"{error} at byte {uc.reg_read(self.PC) - entry}") from error
        if self._wrong:
            raise Fault(self._wrong)
        if uc.reg_read(self.PC) != _STOP:
            raise Fault("did not return to its caller")
        for register, value in kept.items():
            if uc.reg_read(register) != value:
                raise Fault(f"changed register {self.register_name(register)}")
        return uc.reg_read(self.ARGUMENTS[0])

    def _enter(self, uc, address, size, _):
        block = self._blocks.get((address, size))
        if block is None:
            code = bytes(uc.mem_read(address, size))
            foreign = self.foreign(code)
            if foreign is not None:
                self._stop(f"{foreign} in the {size} bytes at {address - _CODE}")
                return
            block = self._blocks[address, size] = self.block(address, code)
        self.instructions += block.instructions
        self.cycles += block.cycles
        if self._last is not None:
            self.cycles += self.branch(self._last, address, block)
        self._last = block
        if self.instructions > _ENDLESS:
            self._stop("does not end")

    def _access(self, uc, access, address, size, value, _):
        writes = access == unicorn.UC_MEM_WRITE
        if address % size and not self.takes_any_address():
            self._stop(f"access of {size} bytes at address {address:#x}")
        if address >= _RAM + _RAM_BYTES - _STACK_BYTES:
            return
        for place in self._places:
            if place.begin <= address and address + size <= place.end:
                if writes and not place.writable:
                    self._stop(f"write to what is only for reading, byte {address - place.begin}")
                return
        if writes or address >= _RAM:
            self._stop(f"{'write' if writes else 'read'} outside the places, at {address:#x}")

    def _entry(self, uc, address, size, _):
        # A call of MicroPython's own: the arguments are in registers, and so is the result.
        number = (address - _ENTRIES) // 4
        first, second = (uc.reg_read(register) for register in self.ARGUMENTS[:2])
        if number == _FROM_OBJECT:
            result = self._value(first) if second & 15 else first
        elif number == _TO_OBJECT:
            kind = second & 15
            signed = (first ^ 1 << 31) - (1 << 31)
            result = self._word(signed if kind == _INT else bool(first) if kind == 1 else first)
            if result in self._boxes:
                self._stop(f"allocates an object for {self._boxes[result]}")
        elif number == _ARGUMENT_COUNT:
            result = 0
            self._stop("wrong number of arguments")
        else:
            result = 0
            self._stop(f"calls entry {number} of MicroPython's table")
        if type(result) is not int:
            result = 0
            self._stop(f"{self._value(first)} stands where a number or a buffer should")
        uc.reg_write(self.ARGUMENTS[0], result & 0xFFFFFFFF)

    def _word(self, value) -> int:
        # An object as a board holds it in one word; a large int is an address of its own.
        if type(value) is not int:
            return _IMMEDIATE[value]
        if -(1 << 30) <= value < 1 << 30:
            return (value << 1 | 1) & 0xFFFFFFFF
        word = _BOXES + 16 * len(self._boxes)
        self._boxes[word] = value
        return word

    def _value(self, word: int):
        if word & 1:
            return (word >> 1 ^ 1 << 30) - (1 << 30)
        return self._boxes.get(word, _IMMEDIATE_OF.get(word, word))

    def _stop(self, why):
        self._wrong = self._wrong or why
        self._uc.emu_stop()
