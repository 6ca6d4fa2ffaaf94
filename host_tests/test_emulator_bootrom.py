"""A boot ROM is taken as it is or from its ELF; a damaged one is told in one line."""

import os
from pathlib import Path

import image_kit
import pytest
from aether_tools import bootrom
from aether_tools.errors import UserError

REAL = os.environ.get("AETHER_PICO_BOOTROM")
needs_the_rom = pytest.mark.skipif(not REAL, reason="AETHER_PICO_BOOTROM names no boot ROM")
ROM = image_kit.bootrom()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "bootrom.bin"


def refusal(file: Path, data: bytes) -> str:
    file.write_bytes(data)
    with pytest.raises(UserError) as caught:
        bootrom.load(file)
    line = str(caught.value)
    assert str(file) in line
    assert "\n" not in line
    return line


@pytest.mark.parametrize("data", [ROM, image_kit.elf(ROM)], ids=["plain", "elf"])
def test_its_16_kib_are_taken(file, data):
    file.write_bytes(data)
    assert bootrom.load(file) == ROM


@pytest.mark.parametrize("size", [16383, 16385, 32768, 1])
def test_a_file_of_another_size(file, size):
    assert f"{size:,} bytes, not 16,384" in refusal(file, ROM.ljust(size, b"\0")[:size])


@pytest.mark.parametrize("at", [0x10, 0x11, 0x12])
def test_a_file_without_the_mark(file, at):
    data = bytearray(ROM)
    data[at] ^= 3
    assert "is no boot ROM of an RP2040" in refusal(file, bytes(data))


@pytest.mark.parametrize("revision", [0x00A4A191, 0x24783652])
def test_a_revision_that_is_known_must_be_what_it_was(file, revision):
    data = bytearray(ROM)
    data[0x50:0x54] = revision.to_bytes(4, "little")
    assert f"the SHA-256 of boot ROM {revision:08x} is" in refusal(file, bytes(data))


@pytest.mark.parametrize("name", ["RE", "RP"])
def test_a_function_that_is_missing(file, name):
    functions = {b"RE": 0x301, b"RP": 0x401}
    del functions[name.encode()]
    assert f"it has no function '{name}'" in refusal(file, image_kit.bootrom(functions=functions))


def test_a_function_outside_of_it(file):
    functions = {b"RE": 0x301, b"RP": 0x4001}
    line = refusal(file, image_kit.bootrom(functions=functions))
    assert "an entry at 0x0044 points outside of it" in line


@pytest.mark.parametrize("at", [0x14, 0x16])
@pytest.mark.parametrize("pointer", [b"\xff\xff", b"\x00\x40", b"\xfe\x3f"])
def test_a_table_that_does_not_end(file, at, pointer):
    data = bytearray(ROM)
    data[at : at + 2] = pointer
    data[0x3FFE:] = b"XX"
    assert f"the table at 0x{at:02x} does not end" in refusal(file, bytes(data))


@pytest.mark.parametrize("size", [5, 40, 80, 0x1000])
def test_an_elf_that_ends_too_early(file, size):
    assert "is damaged: it ends within" in refusal(file, image_kit.elf(ROM)[:size])


def test_an_elf_of_another_program(file):
    other = bytearray(image_kit.elf(ROM))
    other[52 + 12 : 52 + 16] = b"\0\0\0\x10"  # the address where its segment goes
    assert "is no boot ROM of an RP2040: 0 bytes" in refusal(file, bytes(other))


def test_a_file_larger_than_any_boot_rom(file):
    assert "is too large" in refusal(file, bytes((1 << 20) + 1))


@needs_the_rom
def test_the_boot_rom_of_the_environment_is_taken(file):
    rom = bootrom.load(Path(REAL))
    file.write_bytes(image_kit.elf(rom))
    assert bootrom.load(file) == rom


@needs_the_rom
@pytest.mark.parametrize("at", [0, 0x1234, 0x3FFF])
def test_one_bit_of_a_known_boot_rom(file, at):
    rom = bytearray(bootrom.load(Path(REAL)))
    if rom[0x13] != 2:
        pytest.skip("its version is not known by its contents")
    rom[at] ^= 0x80
    assert "is damaged" in refusal(file, bytes(rom))
