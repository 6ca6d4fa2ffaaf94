"""Where the firmware and the boot ROM come from, and what is said where they are missing."""

import os
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import image_kit
import pytest
from aether_tools import boards, download, images
from aether_tools.errors import UserError
from web_kit import serve

PICO = boards.load("rpi_pico")
UF2 = image_kit.uf2(image_kit.flash("1.28.0"))
ROM = image_kit.elf(image_kit.bootrom())
VARIABLES = ("AETHER_PICO_UF2", "AETHER_PICO_BOOTROM")
REAL = [os.environ.get(name) for name in VARIABLES]


@pytest.fixture(autouse=True)
def bare(tmp_path, monkeypatch):
    """An empty cache, and none of the user's own variables."""
    monkeypatch.setenv(download.VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def web():
    with serve() as server:
        server.files = {"/pico.uf2": UF2, "/b1.elf": ROM}
        yield server


@pytest.fixture
def own(tmp_path) -> list[Path]:
    """The user's own files, of another version than those of the web."""
    files = [tmp_path / "own.uf2", tmp_path / "own.bin"]
    files[0].write_bytes(image_kit.uf2(image_kit.flash("1.27.0")))
    files[1].write_bytes(image_kit.bootrom())
    return files


def pico(url: str, **changed) -> SimpleNamespace:
    """A board file that names the images at `url`."""
    named = {"IMAGE": url + "/pico.uf2", "IMAGE_SHA256": sha256(UF2).hexdigest()}
    named |= {"BOOTROM": url + "/b1.elf", "BOOTROM_SHA256": sha256(ROM).hexdigest()}
    return SimpleNamespace(**vars(PICO) | named | changed)


def refusal(board, *given: Path | None, **options) -> str:
    with pytest.raises(UserError) as caught:
        images.find(board, *given, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_what_is_missing_is_fetched_once(web):
    found = images.find(pico(web.url))
    assert found.version == "1.28.0"
    assert found.flash == image_kit.flash("1.28.0")
    assert found.bootrom_bytes == image_kit.bootrom()
    assert found.firmware.read_bytes() == UF2
    assert found.bootrom.read_bytes() == ROM
    assert images.find(pico(web.url), offline=True) == found
    assert web.asked == ["/pico.uf2", "/b1.elf"]


def test_a_damaged_file_of_the_cache_is_fetched_again(web):
    found = images.find(pico(web.url))
    found.bootrom.write_bytes(ROM[:-1])
    assert "the boot ROM of rpi_pico is missing" in refusal(pico(web.url), offline=True)
    assert images.find(pico(web.url)) == found
    assert web.asked == ["/pico.uf2", "/b1.elf", "/b1.elf"]


def test_files_named_by_option_come_before_those_of_the_environment(web, own, monkeypatch):
    monkeypatch.setenv("AETHER_PICO_UF2", "/nowhere.uf2")
    monkeypatch.setenv("AETHER_PICO_BOOTROM", "/nowhere.bin")
    found = images.find(pico(web.url), *own)
    assert (found.firmware, found.bootrom) == tuple(own)
    assert found.version == "1.27.0"
    assert web.asked == []


def test_files_of_the_environment_come_before_the_cache(web, own, monkeypatch):
    images.find(pico(web.url))
    monkeypatch.setenv("AETHER_PICO_UF2", str(own[0]))
    monkeypatch.setenv("AETHER_PICO_BOOTROM", str(own[1]))
    found = images.find(pico(web.url))
    assert (found.firmware, found.bootrom) == tuple(own)


def test_an_empty_variable_names_nothing(web, monkeypatch):
    monkeypatch.setenv("AETHER_PICO_UF2", "")
    assert images.find(pico(web.url)).version == "1.28.0"


def test_only_what_is_missing_is_fetched(web, own):
    assert images.find(pico(web.url), own[0]).version == "1.27.0"
    assert web.asked == ["/b1.elf"]


def test_offline_one_line_names_all_that_is_missing(web, own):
    line = refusal(pico(web.url), offline=True)
    assert "the firmware and boot ROM of rpi_pico are missing and --offline" in line
    for words in ("/pico.uf2 (--firmware or AETHER_PICO_UF2", "--bootrom or AETHER_PICO_BOOTROM"):
        assert words in line
    assert web.url + "/b1.elf" in line
    assert web.asked == []
    line = refusal(pico(web.url), own[0], offline=True)
    assert "the boot ROM of rpi_pico is missing" in line
    assert "--firmware" not in line


def test_without_a_network_one_line_names_all_that_is_missing():
    with serve() as web:
        board = pico(web.url)
    line = refusal(board)
    assert line.startswith(f"cannot fetch {board.IMAGE}: ")
    for words in (board.BOOTROM, *VARIABLES, "--firmware", "--bootrom"):
        assert words in line


def test_what_was_fetched_before_the_network_went_is_not_named(web):
    del web.files["/b1.elf"]
    line = refusal(pico(web.url))
    assert "404" in line
    assert "the boot ROM of rpi_pico is missing" in line
    assert "--firmware" not in line


def test_nothing_is_fetched_while_one_sum_is_not_known(web):
    line = refusal(pico(web.url, BOOTROM_SHA256=None))
    assert "no SHA-256 is known for the boot ROM: the firmware is at" in line
    assert web.asked == []


def test_what_has_another_sum_is_refused(web):
    web.files["/pico.uf2"] = UF2 + UF2[-512:]
    line = refusal(pico(web.url))
    assert sha256(UF2).hexdigest() in line
    assert "AETHER_PICO_UF2" in line


def test_a_file_that_is_not_there(web, own, monkeypatch):
    assert "--firmware: no file 'x.uf2'" in refusal(pico(web.url), Path("x.uf2"))
    assert "--bootrom: no file 'x.bin'" in refusal(pico(web.url), own[0], Path("x.bin"))
    monkeypatch.setenv("AETHER_PICO_BOOTROM", "x.bin")
    assert "AETHER_PICO_BOOTROM: no file 'x.bin'" in refusal(pico(web.url))
    assert web.asked == []


def test_a_bad_file_is_told_before_another_is_fetched(web, own):
    own[1].write_bytes(b"no boot ROM")
    assert "is no boot ROM" in refusal(pico(web.url), None, own[1])
    assert "is no UF2 file" in refusal(pico(web.url), own[1])
    assert web.asked == []


@pytest.mark.parametrize("name", sorted(set(boards.names()) - {"rpi_pico"}))
def test_a_board_that_cannot_be_emulated(own, name):
    line = refusal(boards.load(name), *own)
    assert line == f"{name} cannot be emulated; there are: rpi_pico"


def test_the_board_file_names_official_places():
    assert PICO.IMAGE.startswith("https://micropython.org/resources/firmware/RPI_PICO-")
    assert PICO.BOOTROM.startswith("https://github.com/raspberrypi/")


@pytest.mark.skipif(None in REAL, reason=" and ".join(VARIABLES) + " name no files")
def test_the_files_of_the_environment_are_found(monkeypatch):
    for name, value in zip(VARIABLES, REAL, strict=True):
        monkeypatch.setenv(name, value)
    found = images.find(PICO, offline=True)
    assert [str(found.firmware), str(found.bootrom)] == REAL
    assert len(found.bootrom_bytes) == 16384
