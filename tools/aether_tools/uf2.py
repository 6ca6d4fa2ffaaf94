"""A UF2 file of MicroPython: what it puts into a Pico's flash, after a look at every block."""

import re
import struct
from dataclasses import dataclass
from pathlib import Path

from aether_tools import filesystem, plain_file
from aether_tools.boards import Board
from aether_tools.errors import UserError

_BLOCK = 512
_HEAD = struct.Struct("<8I")
_START, _SECOND, _END = 0x0A324655, 0x9E5D5157, 0x0AB16F30
# Flags: a block that is not for flash, and one that names its chip.
_ELSEWHERE, _HAS_FAMILY = 0x1, 0x2000
# All that the boot ROM takes.
_PAYLOAD = 256
_RP2040 = 0xE48BFF56
_FAMILIES = {
    _RP2040: "RP2040",
    0xE48BFF59: "RP2350",
    0xE48BFF5A: "RP2350 (RISC-V)",
    0xE48BFF5B: "RP2350",
    0x1C5F21B0: "ESP32",
    0xBFDD4EEE: "ESP32-S2",
    0xC47E5767: "ESP32-S3",
    0xD42BA06C: "ESP32-C3",
    0x68ED2B88: "SAMD21",
    0x55114460: "SAMD51",
    0xADA52840: "nRF52840",
    0x57755A57: "STM32F4",
}
# In the files of several chips of Raspberry Pi; says less than another one that stands beside it.
_ABSOLUTE = 0xE48BFF57
_FLASH, _FLASH_SIZE = 0x10000000, 2 << 20
# Every byte of flash once, and nothing more, is twice that as UF2.
_LARGEST = 2 * _FLASH_SIZE
_BOOT2 = 256
_VERSION = re.compile(rb"MicroPython v((\d+)\.(\d+)[0-9A-Za-z.+-]*) on \d{4}-\d\d-\d\d")
_MACHINE = re.compile(rb"\0(?:; )?([ -~]{1,100} with RP2[0-9A-Z-]{1,20})\0")


@dataclass(frozen=True)
class Firmware:
    """Flash from its first byte to the image's last one, and MicroPython's version ("1.28.0")."""

    flash: bytes
    version: str


@dataclass(frozen=True)
class _Block:
    flags: int
    address: int
    number: int
    count: int
    family: int
    payload: bytes


def load(path: Path, board: Board) -> Firmware:
    """MicroPython for `board` from a UF2 file; UserError if it holds anything else."""
    blocks = _blocks(path, plain_file.read(path, _LARGEST), board)
    _check_chip(path, blocks, board)
    _check_order(path, blocks)
    flash = _flash(path, blocks)
    _check_boot_stage(path, flash)
    version = _check_micropython(path, flash, board)
    if len(flash) > filesystem.START:
        raise UserError(
            f"{path} reaches to 0x{_FLASH + len(flash):08x} and so into the file system, "
            f"which begins at 0x{_FLASH + filesystem.START:08x}"
        )
    return Firmware(flash, version)


def _blocks(path: Path, data: bytes, board: Board) -> list[_Block]:
    if data[:4] != struct.pack("<I", _START):
        raise UserError(f"{path} is no UF2 file; {board.NAME} has its own at {board.FIRMWARE}")
    if len(data) % _BLOCK:
        raise UserError(f"{path} is damaged: it ends within block {len(data) // _BLOCK}")
    made = []
    for at in range(0, len(data), _BLOCK):
        first, second, flags, address, size, number, count, family = _HEAD.unpack_from(data, at)
        end = struct.unpack_from("<I", data, at + _BLOCK - 4)[0]
        if (first, second, end) != (_START, _SECOND, _END):
            raise UserError(f"{path} is damaged: block {at // _BLOCK} is no UF2 block")
        body = data[at + _HEAD.size : at + _HEAD.size + size]
        if size > _BLOCK - _HEAD.size - 4:
            raise UserError(f"{path} is damaged: block {at // _BLOCK} claims {size:,} bytes")
        made.append(_Block(flags, address, number, count, family, body))
    return made


def _check_chip(path: Path, blocks: list[_Block], board: Board) -> None:
    if not all(block.flags & _HAS_FAMILY for block in blocks):
        raise UserError(f"{path} does not say for which chip it is; {board.NAME} has an RP2040")
    others = {block.family for block in blocks} - {_RP2040}
    if others:
        family = min(others - {_ABSOLUTE}, default=_ABSOLUTE)
        chip = _FAMILIES.get(family, f"another chip (UF2 family 0x{family:08x})")
        raise UserError(f"{path} is for {chip}; {board.NAME} has an RP2040")


def _check_order(path: Path, blocks: list[_Block]) -> None:
    count = blocks[0].count
    seen = set()
    for at, block in enumerate(blocks):
        if block.count != count or block.number >= count or block.number in seen:
            raise UserError(
                f"{path} is damaged: block {at} says that it is number {block.number} "
                f"of {block.count}"
            )
        seen.add(block.number)
    if len(blocks) < count:
        raise UserError(f"{path} is damaged: it has {len(blocks):,} of {count:,} blocks")


def _flash(path: Path, blocks: list[_Block]) -> bytes:
    flash = bytearray(b"\xff" * _FLASH_SIZE)
    taken = set()
    for block in blocks:
        if block.flags & _ELSEWHERE:
            continue
        at = block.address - _FLASH
        if len(block.payload) != _PAYLOAD or at % _PAYLOAD:
            raise UserError(
                f"{path} is damaged: block {block.number} puts {len(block.payload)} bytes at "
                f"0x{block.address:08x}; an RP2040 takes whole pages of {_PAYLOAD}"
            )
        if not 0 <= at < _FLASH_SIZE:
            raise UserError(
                f"{path}: block {block.number} goes to 0x{block.address:08x}; flash is "
                f"0x{_FLASH:08x} to 0x{_FLASH + _FLASH_SIZE - 1:08x}"
            )
        if at in taken:
            raise UserError(f"{path} is damaged: two blocks go to 0x{block.address:08x}")
        taken.add(at)
        flash[at : at + _PAYLOAD] = block.payload
    return bytes(flash[: max(taken, default=0) + _PAYLOAD])


def _check_boot_stage(path: Path, flash: bytes) -> None:
    # The boot ROM starts nothing whose first page has not this sum at its end.
    if _sum(flash[: _BOOT2 - 4]) != struct.unpack_from("<I", flash, _BOOT2 - 4)[0]:
        raise UserError(f"{path} is damaged: the checksum of its first 256 bytes is wrong")


def _sum(data: bytes) -> int:
    """CRC-32 as the RP2040's boot ROM counts it: highest bit first, no final inversion."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value >> 31 else 0)) & 0xFFFFFFFF
    return value


def _check_micropython(path: Path, flash: bytes, board: Board) -> str:
    """The version, where image, board file and aether fit each other."""
    found = _VERSION.search(flash)
    if not found:
        raise UserError(f"{path} holds no MicroPython")
    machines = [name.decode() for name in _MACHINE.findall(flash)]
    if board.MACHINE not in machines:
        said = f"for '{machines[0]}'" if machines else "for a board that it does not name"
        raise UserError(f"{path} is {said}; {board.NAME} is '{board.MACHINE}'")
    version = found[1].decode()
    if (int(found[2]), int(found[3])) < board.MICROPYTHON:
        least = ".".join(map(str, board.MICROPYTHON))
        raise UserError(f"{path} is MicroPython {version}; {least} or later is needed")
    return version
