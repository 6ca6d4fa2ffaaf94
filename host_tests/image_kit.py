"""Made-up firmware files and boot ROMs: right in all that is looked at, or in all but one."""

import struct
import zlib

FLASH = 0x10000000
FAMILY = 0xE48BFF56
MACHINE = "Raspberry Pi Pico with RP2040"


def boot_sum(data: bytes) -> int:
    """The boot ROM's checksum: that of zlib, mirrored twice and not inverted."""
    mirrored = bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)
    return int(f"{zlib.crc32(mirrored) ^ 0xFFFFFFFF:032b}"[::-1], 2)


def flash(version: str = "1.28.0", machine: str = MACHINE, size: int = 4096) -> bytes:
    """The flash of a made-up MicroPython."""
    stage = bytes(range(252))
    texts = f"\0MicroPython v{version} on 2026-04-06\0; {machine}\0".encode()
    return (stage + struct.pack("<I", boot_sum(stage)) + texts).ljust(size, b"\xaa")


def block(payload: bytes, number: int, count: int, **other) -> bytes:
    """One block of a UF2 file; `other` makes it unlike what it has to be."""
    values = {"flags": 0x2000, "address": FLASH + 256 * number, "size": len(payload)}
    values |= {"number": number, "count": count, "family": FAMILY, "end": 0x0AB16F30} | other
    end = struct.pack("<I", values.pop("end"))
    head = struct.pack("<8I", 0x0A324655, 0x9E5D5157, *values.values())
    return head + payload.ljust(476, b"\0") + end


def blocks(data: bytes, change: dict[int, dict] | None = None, **of_all) -> list[bytes]:
    """The blocks of a UF2 file; `change` is for single ones, by their number."""
    pages = [data[at : at + 256] for at in range(0, len(data), 256)]
    places = [{"number": number, "count": len(pages)} for number in range(len(pages))]
    others = [of_all | (change or {}).get(number, {}) for number in range(len(pages))]
    return [
        block(page, **(place | {"address": FLASH + 256 * place["number"]} | other))
        for page, place, other in zip(pages, places, others, strict=True)
    ]


def uf2(data: bytes, change: dict[int, dict] | None = None, **of_all) -> bytes:
    return b"".join(blocks(data, change, **of_all))


def bootrom(version: int = 200, functions: dict[bytes, int] | None = None) -> bytes:
    """16 KiB with the tables of a boot ROM, of a version that no chip has."""
    if functions is None:
        functions = {b"P3": 0x201, b"RE": 0x301, b"RP": 0x401}
    rom = bytearray(16384)
    rom[0x10:0x1A] = struct.pack("<2sBBHHH", b"Mu", 1, version, 0x40, 0x100, 0x21)
    for at, entries in ((0x40, functions), (0x100, {b"CR": 0x180})):
        for name, address in entries.items():
            rom[at : at + 4] = struct.pack("<2sH", name, address)
            at += 4
    return bytes(rom)


def elf(rom: bytes) -> bytes:
    """The linker's file of a boot ROM: the ROM as one segment, and another of RAM."""
    head = b"\x7fELF\x01\x01\x01".ljust(16, b"\0")
    head += struct.pack("<2H5I6H", 2, 40, 1, 0, 52, 0, 0x5000200, 52, 32, 2, 40, 0, 0)
    code = struct.pack("<8I", 1, 0x200, 0, 0, len(rom), len(rom), 5, 0x1000)
    ram = struct.pack("<8I", 1, 0x180, 0x50100400, 0x50100400, 0, 0xBEC, 6, 0x1000)
    return (head + code + ram).ljust(0x200, b"\0") + rom + b"debugging information"
