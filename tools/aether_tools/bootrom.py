"""The RP2040's boot ROM, from a file: its 16 KiB as they are, or the linker's ELF of them."""

import hashlib
import struct
from pathlib import Path

from aether_tools import plain_file
from aether_tools.errors import UserError

SIZE = 16384
# An ELF with all its debugging information is larger, but not by much.
_LARGEST = 1 << 20
_MAGIC = b"Mu\x01"
# What is known by its contents: the word at 0x50 names the sources, SHA-256. The second one is
# Raspberry Pi's own, of chip revision B2; the first is a build of B1 that emulators come with.
_REVISION = 0x50
_KNOWN = {
    0x00A4A191: "90b31e108faedfa6bbcfcc33ba05dac61e645108cfbbdc385f8dafc71fde44ae",
    0x24783652: "9c19b46f068c21f90d200c514faad4a0d5cecfc978f155b8c9d25cb6bc2efd81",
}
# The functions that erase and program flash: the emulated chip does their work.
_NEEDED = (b"RE", b"RP")
_ELF_SEGMENT = struct.Struct("<8I")


def load(path: Path) -> bytes:
    """The 16 KiB; UserError if they are no RP2040 boot ROM, or a damaged one."""
    data = plain_file.read(path, _LARGEST)
    rom = _from_elf(path, data) if data.startswith(b"\x7fELF") else data
    if len(rom) != SIZE:
        raise UserError(f"{path} is no boot ROM of an RP2040: {len(rom):,} bytes, not {SIZE:,}")
    if rom[0x10:0x13] != _MAGIC:
        raise UserError(f"{path} is no boot ROM of an RP2040: it lacks the mark at 0x10")
    revision = struct.unpack_from("<I", rom, _REVISION)[0]
    known = _KNOWN.get(revision)
    if known and hashlib.sha256(rom).hexdigest() != known:
        raise UserError(
            f"{path} is damaged: the SHA-256 of boot ROM {revision:08x} is {known}, "
            f"of this one {hashlib.sha256(rom).hexdigest()}"
        )
    functions = _table(path, rom, 0x14)
    _table(path, rom, 0x16)
    for name in _NEEDED:
        if name not in functions:
            raise UserError(f"{path} is damaged: it has no function '{name.decode()}'")
    return rom


def _table(path: Path, rom: bytes, pointer: int) -> set[bytes]:
    """The names in a table of two-letter names and addresses."""
    names = set()
    at = struct.unpack_from("<H", rom, pointer)[0]
    while at + 2 <= SIZE:
        name = rom[at : at + 2]
        if name == b"\0\0":
            return names
        if at + 4 > SIZE:
            break
        address = struct.unpack_from("<H", rom, at + 2)[0]
        if address >= SIZE:
            raise UserError(f"{path} is damaged: an entry at 0x{at:04x} points outside of it")
        names.add(name)
        at += 4
    raise UserError(f"{path} is damaged: the table at 0x{pointer:02x} does not end within it")


def _from_elf(path: Path, data: bytes) -> bytes:
    """What the ELF puts at 0 to 16 KiB; as much of it as there is."""
    try:
        start = struct.unpack_from("<I", data, 28)[0]
        size, count = struct.unpack_from("<2H", data, 42)
        segments = [_ELF_SEGMENT.unpack_from(data, start + n * size) for n in range(count)]
    except struct.error:
        raise UserError(f"{path} is damaged: it ends within its table of segments") from None
    rom = bytearray()
    for kind, offset, _, address, length, *_ in sorted(segments, key=lambda s: s[3]):
        if kind == 1 and length and address < SIZE:
            if offset + length > len(data):
                raise UserError(f"{path} is damaged: it ends within the boot ROM")
            rom = rom[:address].ljust(address, b"\0") + data[offset : offset + length]
    return bytes(rom)
