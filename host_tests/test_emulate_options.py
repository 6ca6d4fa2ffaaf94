"""What `aether emulate` and `aether cycles` refuse, before anything is fetched or started."""

import pytest
from command_kit import aether, refused
from image_kit import blocks, bootrom, flash, uf2

PROGRAM = "print(1)\n"
# Neither Node nor npm may be asked before the images are there.
NOTHING = {"AETHER_PICO_UF2": "", "AETHER_PICO_BOOTROM": "", "PATH": ""}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "p.py").write_text(PROGRAM)
    (tmp_path / "cells.py").write_text("# %% a\npass\n")
    (tmp_path / "cache").mkdir()
    return tmp_path


def _environment(folder, **more):
    return NOTHING | {"AETHER_CACHE": str(folder / "cache")} | more


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.py"], "no file 'none.py'"),
        (["."], "no file '.'"),
        (["p.py", "--app", "tone"], "leave --app"),
        (["p.py", "--pty"], "leave --app, --option and --pty away"),
        (["p.py", "--option", "a=1"], "leave --app"),
        (["--app", "none"], "unknown app 'none'"),
        (["--option", "no"], "it must be KEY=VALUE"),
        (["--pty", "--option", "a=1"], "name it with --app"),
        (["--pty", "--json", "o.json"], "--json needs a run that ends"),
        (["--board", "none"], "unknown board 'none'"),
        (["--board", "esp32_generic"], "cannot be emulated; there are: rpi_pico"),
        (["--board", "rpi_pico2"], "cannot be emulated; there are: rpi_pico"),
        (["--seconds", "0"], "must be above 0"),
        (["--seconds", "-1"], "must be above 0"),
        (["--seconds", "nan"], "must be above 0"),
        (["--seconds", "soon"], "not 'soon'"),
        (["--fs", "none"], "--fs none is no folder"),
        (["p.py", "--wav", "p.py"], "named twice"),
        (["--wav", "o", "--json", "o"], "named twice"),
        (["p.py", "--wav", "."], "cannot write .: it is a folder"),
        (["p.py", "--wav", "none/o.wav"], "cannot write none/o.wav"),
        (["p.py", "--nonsense"], "--nonsense"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_emulate_refuses_with_one_line(folder, arguments, words):
    done = aether(folder, "emulate", *arguments, "--offline", environment=_environment(folder))
    assert words in refused(done)
    assert sorted(path.name for path in folder.iterdir()) == ["cache", "cells.py", "p.py"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "the following arguments are required: FILE.py"),
        (["none.py"], "cannot read none.py"),
        (["p.py"], "p.py has no snippet"),
        (["cells.py", "--json", "cells.py"], "named twice"),
        (["cells.py", "--board", "virtual"], "cannot be emulated"),
        (["cells.py", "--seconds", "0"], "must be above 0"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_cycles_refuses_with_one_line(folder, arguments, words):
    done = aether(folder, "cycles", *arguments, environment=_environment(folder))
    assert words in refused(done)


@pytest.mark.parametrize("command", [["emulate", "p.py"], ["cycles", "cells.py"]], ids=" ".join)
def test_offline_one_line_says_what_is_missing_and_where_it_is_had(folder, command):
    said = refused(aether(folder, *command, "--offline", environment=_environment(folder)))
    for words in (
        "firmware",
        "boot ROM",
        "https://micropython.org/",
        "https://github.com/raspberrypi/",
        "--firmware",
        "--bootrom",
        "AETHER_PICO_UF2",
        "AETHER_PICO_BOOTROM",
    ):
        assert words in said
    assert not any((folder / "cache").iterdir())


def _images(folder):
    (folder / "pico.uf2").write_bytes(uf2(flash()))
    (folder / "rom.bin").write_bytes(bootrom())
    return ["--firmware", "pico.uf2", "--bootrom", "rom.bin"]


def test_node_is_asked_for_when_the_images_are_there(folder):
    done = aether(folder, "emulate", "p.py", *_images(folder), environment=_environment(folder))
    assert "Node 18 or later" in refused(done)


@pytest.mark.parametrize(
    ("name", "contents", "words"),
    [
        ("pico.uf2", b"", "pico.uf2"),
        ("pico.uf2", b"no such file\n" * 300, "is no UF2"),
        ("pico.uf2", uf2(flash(), family=0xE48BFF59), "RP2350"),
        ("pico.uf2", b"".join(blocks(flash())[:-1]), "pico.uf2"),
        ("pico.uf2", uf2(flash(machine="Raspberry Pi Pico W with RP2040")), "Pico W"),
        ("rom.bin", b"", "rom.bin"),
        ("rom.bin", bootrom()[:-1], "16,383 bytes, not 16,384"),
        ("rom.bin", bytes(16384), "rom.bin"),
    ],
    ids=["empty", "text", "RP2350", "cut", "Pico W", "no ROM", "short ROM", "zeros"],
)
def test_what_is_no_image_for_the_chip_is_refused(folder, name, contents, words):
    options = _images(folder)
    (folder / name).write_bytes(contents)
    done = aether(folder, "emulate", "p.py", *options, environment=_environment(folder))
    assert words in refused(done)
