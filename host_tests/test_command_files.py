"""What the host command writes replaces nothing that it must not."""

import os

import pytest
from aether_tools import interpreter
from command_kit import aether

PROGRAM = """
from machine import I2S, Pin
bus = I2S(0, sck=Pin(16), ws=Pin(17), sd=Pin(18), mode=I2S.TX, bits=16, format=I2S.STEREO,
          rate=8000, ibuf=2048)
bus.write(bytes(4096))
"""
needs_micropython = pytest.mark.skipif(not interpreter.available(), reason=interpreter.why_not())


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM)
    return tmp_path


@pytest.mark.parametrize(
    "outputs",
    [
        ["--wav", "program.py"],
        ["--json", "./program.py"],
        ["--wav", "same", "--json", "same"],
        ["--wav-in", "in.wav", "--json", "in.wav"],
    ],
    ids=" ".join,
)
def test_a_file_that_is_named_twice_is_refused(folder, outputs):
    done = aether(folder, "run", "program.py", *outputs)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "named twice" in done.stderr
    assert (folder / "program.py").read_text() == PROGRAM
    assert [p.name for p in folder.iterdir()] == ["program.py"]


@pytest.mark.parametrize("option", ["--wav", "--json", "--wav-in"])
def test_what_is_no_ordinary_file_is_neither_read_nor_replaced(folder, option):
    os.mkfifo(folder / "pipe")
    done = aether(folder, "run", "program.py", option, "pipe")
    assert done.returncode == 2
    assert "pipe: it is no ordinary file" in done.stderr
    assert (folder / "pipe").is_fifo()


@needs_micropython
def test_an_output_behind_a_link_is_written_where_it_points(folder):
    (folder / "link.wav").symlink_to("real.wav")
    assert aether(folder, "run", "program.py", "--wav", "link.wav").returncode == 0
    assert (folder / "link.wav").is_symlink()
    assert (folder / "real.wav").stat().st_size > 4096


@needs_micropython
def test_a_disk_that_does_not_take_the_whole_wav_keeps_none_of_it(folder):
    import resource

    done = aether(
        folder,
        "run",
        "program.py",
        "--wav",
        "out.wav",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048)),
    )
    assert done.returncode == 2
    assert done.stderr == "aether: cannot write out.wav: the disk did not take it to its end\n"
    assert [p.name for p in folder.iterdir()] == ["program.py"]


@pytest.mark.parametrize(
    "arguments",
    [["run", "x" * 300], ["run", "program.py", "--json", "x" * 300], ["demo", "--app", "x" * 300]],
    ids=["program", "output", "app"],
)
def test_a_name_too_long_for_a_file_is_one_line(folder, arguments):
    done = aether(folder, *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("aether: ")
    assert done.stderr.count("\n") == 1


@needs_micropython
def test_the_demo_brings_the_player_a_file_to_play(folder):
    done = aether(folder, "demo", "--app", "wav_player", "--seconds", "0.5")
    assert done.returncode == 0, done.stderr
    assert "wav_player on virtual, /music.wav" in done.stdout
