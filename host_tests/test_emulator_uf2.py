"""What is no MicroPython for the Pico is told in one line, whatever is wrong with it."""

import os
from pathlib import Path

import image_kit
import pytest
from aether_tools import boards, uf2
from aether_tools.errors import UserError

PICO = boards.load("rpi_pico")
# Block 15 is the last one.
GOOD = image_kit.flash()
REAL = os.environ.get("AETHER_PICO_UF2")
needs_the_image = pytest.mark.skipif(not REAL, reason="AETHER_PICO_UF2 names no firmware")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "firmware.uf2"


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        uf2.load(path, PICO)
    line = str(caught.value)
    assert str(path) in line
    assert "\n" not in line
    return line


def test_flash_is_what_the_blocks_hold(file):
    file.write_bytes(image_kit.uf2(GOOD))
    assert uf2.load(file, PICO) == uf2.Firmware(GOOD, "1.28.0")


def test_blocks_may_come_in_any_order(file):
    file.write_bytes(b"".join(reversed(image_kit.blocks(GOOD))))
    assert uf2.load(file, PICO).flash == GOOD


def test_what_no_block_holds_is_erased_flash(file):
    blocks = image_kit.blocks(GOOD, count=15)
    blocks[15:] = []
    blocks[14] = image_kit.block(bytes(256), 14, 15, address=image_kit.FLASH + 0x2000)
    file.write_bytes(b"".join(blocks))
    flash = uf2.load(file, PICO).flash
    assert flash[: 14 * 256] == GOOD[: 14 * 256]
    assert flash[14 * 256 : 0x2000] == b"\xff" * (0x2000 - 14 * 256)
    assert len(flash) == 0x2100


@pytest.mark.parametrize("version", ["1.26.0", "1.29.0-preview.21.g1234567", "2.0.0", "1.100.3"])
def test_the_version_is_given_as_the_image_says_it(file, version):
    file.write_bytes(image_kit.uf2(image_kit.flash(version)))
    assert uf2.load(file, PICO).version == version


@pytest.mark.parametrize("version", ["1.25.1", "1.9.4", "0.99.0"])
def test_a_version_too_old(file, version):
    file.write_bytes(image_kit.uf2(image_kit.flash(version)))
    assert f"is MicroPython {version}; 1.26 or later is needed" in refusal(file)


@pytest.mark.parametrize(
    "machine", ["Raspberry Pi Pico W with RP2040", "Raspberry Pi Pico2 with RP2350"]
)
def test_an_image_of_another_board(file, machine):
    file.write_bytes(image_kit.uf2(image_kit.flash(machine=machine)))
    assert f"is for '{machine}'; rpi_pico is 'Raspberry Pi Pico with RP2040'" in refusal(file)


def test_an_image_of_another_board_that_is_longer_too(file):
    machine = "Raspberry Pi Pico W with RP2040"
    file.write_bytes(image_kit.uf2(image_kit.flash(machine=machine, size=0xC0000)))
    assert f"is for '{machine}'" in refusal(file)


def test_an_image_that_names_no_board(file):
    file.write_bytes(image_kit.uf2(image_kit.flash(machine="something else")))
    assert "a board that it does not name" in refusal(file)


def test_another_program_for_the_same_chip(file):
    file.write_bytes(image_kit.uf2(GOOD.replace(b"MicroPython", b"CircuitPyth")))
    assert "holds no MicroPython" in refusal(file)


@pytest.mark.parametrize(
    ("family", "chip"),
    [
        (0xE48BFF59, "RP2350"),
        (0xE48BFF5A, "RP2350 (RISC-V)"),
        (0xC47E5767, "ESP32-S3"),
        (0x12345678, "another chip (UF2 family 0x12345678)"),
    ],
)
def test_an_image_for_another_chip(file, family, chip):
    file.write_bytes(image_kit.uf2(GOOD, family=family))
    assert f"is for {chip}; rpi_pico has an RP2040" in refusal(file)


def test_an_image_for_another_chip_that_begins_with_a_block_for_any(file):
    change = {0: {"family": 0xE48BFF57}}
    file.write_bytes(image_kit.uf2(GOOD, change, family=0xE48BFF59))
    assert "is for RP2350;" in refusal(file)


def test_an_image_that_names_no_chip(file):
    file.write_bytes(image_kit.uf2(GOOD, flags=0))
    assert "does not say for which chip it is" in refusal(file)


def test_the_same_bytes_that_are_not_in_uf2(file):
    file.write_bytes(GOOD)
    line = refusal(file)
    assert "is no UF2 file" in line
    assert PICO.FIRMWARE in line


@pytest.mark.parametrize(
    ("cut", "reason"),
    [(700, "it ends within block 1"), (512 * 15, "it has 15 of 16 blocks"), (3, "is no UF2 file")],
)
def test_a_file_that_ends_too_early(file, cut, reason):
    file.write_bytes(image_kit.uf2(GOOD)[:cut])
    assert reason in refusal(file)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"end": 0}, "block 3 is no UF2 block"),
        ({"size": 477}, "block 3 claims 477 bytes"),
        ({"size": 0xFFFFFFFF}, "block 3 claims 4,294,967,295 bytes"),
        ({"size": 255}, "block 3 puts 255 bytes"),
        ({"address": 0x10000301}, "at 0x10000301"),
        ({"address": 0x10000200}, "two blocks go to 0x10000200"),
        ({"address": 0x10200000}, "goes to 0x10200000; flash is 0x10000000 to 0x101fffff"),
        ({"address": 0x20000000}, "goes to 0x20000000"),
        ({"address": 0x0FFFFF00}, "goes to 0x0fffff00"),
        ({"number": 2}, "block 3 says that it is number 2 of 16"),
        ({"number": 16}, "block 3 says that it is number 16 of 16"),
        ({"count": 17}, "block 3 says that it is number 3 of 17"),
    ],
)
def test_one_damaged_block(file, change, reason):
    file.write_bytes(image_kit.uf2(GOOD, {3: change}))
    assert reason in refusal(file)


@pytest.mark.parametrize("at", [0, 4, 508])
def test_one_damaged_mark_of_a_block(file, at):
    data = bytearray(image_kit.uf2(GOOD))
    data[5 * 512 + at] ^= 0x10
    file.write_bytes(data)
    assert "is damaged: block 5 is no UF2 block" in refusal(file)


@pytest.mark.parametrize("at", [0, 100, 251, 252, 255])
def test_a_damaged_boot_stage(file, at):
    damaged = bytearray(GOOD)
    damaged[at] ^= 1
    file.write_bytes(image_kit.uf2(bytes(damaged)))
    assert "the checksum of its first 256 bytes is wrong" in refusal(file)


def test_the_last_page_before_the_file_system_may_be_used_and_no_more(file):
    file.write_bytes(image_kit.uf2(image_kit.flash(size=0xA0000)))
    assert len(uf2.load(file, PICO).flash) == 0xA0000
    file.write_bytes(image_kit.uf2(image_kit.flash(size=0xA0100)))
    assert "into the file system, which begins at 0x100a0000" in refusal(file)


def test_a_block_that_is_not_for_flash_is_passed_over(file):
    change = {15: {"flags": 0x2001, "address": 0x50000000}}
    file.write_bytes(image_kit.uf2(GOOD, change))
    assert uf2.load(file, PICO).flash == GOOD[:-256]


def test_a_file_of_nothing_a_folder_a_pipe_and_no_file(file, tmp_path):
    file.write_bytes(b"")
    os.mkfifo(tmp_path / "pipe")
    assert "is empty" in refusal(file)
    assert "it is a folder" in refusal(tmp_path)
    assert "it is no ordinary file" in refusal(tmp_path / "pipe")
    assert "No such file" in refusal(tmp_path / "missing")


def test_a_file_larger_than_any_firmware(file):
    with file.open("wb") as sparse:
        sparse.truncate(1 << 33)
    assert "is too large: at most 4,194,304 bytes" in refusal(file)


@needs_the_image
def test_the_image_of_the_environment_is_taken():
    found = uf2.load(Path(REAL), PICO)
    assert f"MicroPython v{found.version} on ".encode() in found.flash
    assert 300_000 < len(found.flash) <= 0xA0000
