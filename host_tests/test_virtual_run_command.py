"""The command `aether run`: its arguments, files and exit codes."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from aether_tools import cli
from virtual_run import needs_micropython, read_wav

pytestmark = needs_micropython

STREAM = """
from machine import I2S
buf = bytearray(b"\\1" * 1024)
i2s = I2S(0, sck=16, ws=17, sd=18, mode=I2S.TX, bits=16, format=I2S.STEREO, rate=44100, ibuf=4096)
i2s.irq(lambda s: s.write(buf))
i2s.write(buf)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.py").write_text(STREAM)
    return tmp_path


def test_writes_wav_and_json(folder):
    assert cli.main(["run", "p.py", "--seconds", "0.5", "--wav", "o.wav", "--json", "o.json"]) == 0
    rate, frames = read_wav(folder / "o.wav")
    report = json.loads((folder / "o.json").read_text())
    assert (rate, report["rate"], report["board"]) == (44100, 44100, "virtual")
    assert report["frames_played"] == len(frames)
    assert sorted(p.name for p in folder.iterdir()) == ["o.json", "o.wav", "p.py"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nope.py"], "no file 'nope.py'"),
        (["latin.py"], "latin.py is no text in UTF-8"),
        (["p.py", "--board", "nope"], "unknown board 'nope'"),
        (["p.py", "--seconds", "-1"], "--seconds"),
        (["p.py", "--seconds", "nan"], "--seconds"),
        (["p.py", "--seconds", "x"], "--seconds"),
        (["p.py", "--cost", "-1"], "--cost"),
        (["p.py", "--fs", "nope"], "--fs nope is no folder"),
        (["p.py", "--wav", "nope/o.wav"], "cannot write nope/o.wav"),
        (["p.py", "--wav", "."], "cannot write ."),
        (["p.py", "--json", "nope/o.json"], "cannot write nope/o.json"),
        (["p.py", "--wav-in", "nope.wav"], "cannot read nope.wav"),
        (["p.py", "--wav-in", "p.py"], "is no WAV file"),
        (["p.py", "--wav-in", "short.wav"], "short.wav is damaged"),
        (["p.py", "--wav-in", "bits.wav"], "format 1 of 12 bits"),
    ],
)
def test_mistakes_are_one_line_and_leave_nothing(folder, capsys, arguments, message):
    header = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x44\xac\0\0\x44\xac\0\0\2\0"
    (folder / "latin.py").write_bytes(b"print('\xe9')")
    (folder / "short.wav").write_bytes(header + b"\x10\0data\xff\xff\0\0\0\0")
    (folder / "bits.wav").write_bytes(header + b"\x0c\0data\2\0\0\0\0\0")
    before = sorted(p.name for p in folder.iterdir())
    try:
        code = cli.main(["run", *arguments])
    except SystemExit as error:
        code = error.code
    err = capsys.readouterr().err
    assert code == 2
    assert message in err
    assert err.startswith("aether: ") and err.count("\n") == 1
    assert sorted(p.name for p in folder.iterdir()) == before


def test_a_program_that_fails_gives_1_and_keeps_what_was_played(folder, capfd):
    (folder / "p.py").write_text(STREAM + "import time\ntime.sleep_ms(100)\n1 / 0\n")
    assert cli.main(["run", "p.py", "--wav", "o.wav"]) == 1
    assert "ZeroDivisionError" in capfd.readouterr().err
    assert len(read_wav(folder / "o.wav")[1]) > 4000


def test_a_module_beside_the_program_is_pointed_at(folder, capfd):
    (folder / "player.py").write_text("")
    (folder / "p.py").write_text("import player\n")
    assert cli.main(["run", "p.py"]) == 1
    told = (
        "aether: the virtual board has no module player: --fs gives it the folder of the program"
    )
    assert told in capfd.readouterr().err
    assert cli.main(["run", "p.py", "--fs", "."]) == 0


def test_a_wav_may_be_written_onto_the_card(folder):
    (folder / "card").mkdir()
    sound = ["--wav", "card/o.wav", "--json", "card/o.json"]
    assert cli.main(["run", "p.py", "--seconds", "0.1", "--sd", "card", *sound]) == 0
    assert sorted(path.name for path in (folder / "card").iterdir()) == ["o.json", "o.wav"]


def test_a_wav_in_of_another_rate_is_noted(folder, capsys):
    (folder / "p.py").write_text(STREAM.replace("I2S.TX", "I2S.RX").split("i2s.irq")[0])
    header = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0"
    (folder / "in.wav").write_bytes(header + b"data\2\0\0\0\1\0")
    assert cli.main(["run", "p.py", "--seconds", "0.1", "--wav-in", "in.wav"]) == 0
    assert "received at 44100 Hz what was recorded at 8000 Hz" in capsys.readouterr().err


def _start(folder, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "aether_tools", "run", "p.py", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )


@pytest.mark.parametrize("to_group", [True, False])
def test_ctrl_c_ends_cleanly(folder, to_group):
    (folder / "p.py").write_text(
        STREAM + "import time\nprint('go')\nwhile True: time.sleep_ms(1)\n"
    )
    child = _start(folder, "--seconds", "0", "--wav", "o.wav", "--json", "o.json")
    assert child.stdout.readline() == "go\n"
    time.sleep(0.5)
    if to_group:
        os.killpg(child.pid, signal.SIGINT)
    else:
        child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert child.returncode == 130
    assert "Traceback" not in err
    frames = read_wav(folder / "o.wav")[1]
    assert len(frames) > 44100 and np.all(frames[100:] == 0x0101)
    assert sorted(p.name for p in folder.iterdir()) == ["o.json", "o.wav", "p.py"]


def test_a_killed_host_leaves_no_half_written_file_and_no_process(folder):
    (folder / "p.py").write_text(
        STREAM + "import time\nprint('go')\nwhile True: time.sleep_ms(1)\n"
    )
    child = _start(folder, "--seconds", "0", "--wav", "o.wav")
    assert child.stdout.readline() == "go\n"
    time.sleep(0.3)
    child.kill()
    # The board holds the same pipe open until it has noticed.
    assert child.stdout.read() == ""
    child.communicate(timeout=10)
    assert not (folder / "o.wav").exists()
