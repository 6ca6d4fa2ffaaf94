"""The virtual board under CPython, where there is no MicroPython interpreter."""

import numpy as np
import pytest
from aether_tools import boards, interpreter, layout, session
from virtual_run import play, sounding


@pytest.fixture
def cpython(monkeypatch):
    monkeypatch.setattr(interpreter, "available", lambda: False)


STREAM = """
times = []
buf = ramp(256)
def ready(s):
    times.append(time.ticks_us())
    s.write(buf)
i2s = open_i2s()
i2s.irq(ready)
i2s.write(buf)
time.sleep_ms(100)
i2s.deinit()
print(times)
"""


@pytest.mark.parametrize("board", ["rpi_pico", "esp32_generic"])
@pytest.mark.skipif(not interpreter.available(), reason="nothing to compare with")
def test_plays_what_micropython_plays(board, monkeypatch):
    reference = play(STREAM, board)
    monkeypatch.setattr(interpreter, "available", lambda: False)
    p = play(STREAM, board)
    assert p.out == reference.out
    assert np.array_equal(p.frames, reference.frames)
    assert len(sounding(p.frames)) > 2000


def test_says_so(cpython):
    p = play("import sys\nprint(sys.platform, sys.implementation._machine)", opened=False)
    assert p.lines == ["rp2 Raspberry Pi Pico with RP2040"]
    assert p.report["interpreter"] == "CPython"
    assert p.report["allocated_bytes"] is None
    assert any("CPython" in m for m in p.result.messages)


def test_an_app_of_ours_plays(cpython, tmp_path):
    board = boards.load("virtual")
    with (tmp_path / "out").open("w") as out:
        result = session.run(
            board,
            files=layout.device_files(board, "tone"),
            seconds=0.5,
            wav=tmp_path / "o.wav",
            stdout=out,
            stderr=out,
        )
    assert result.exit_code == 0, (tmp_path / "out").read_text()
    assert result.report["blocks"] > 300
    assert result.report["backend"] == "portable"
    assert len(result.callbacks) == result.report["callbacks"]


def test_files_are_the_boards(cpython, tmp_path):
    (tmp_path / "helper.py").write_text("import time\nX = time.ticks_ms\n")
    p = play(
        """
        import os, helper
        os.mkdir("/data")
        with open("/data/a.txt", "w") as f:
            f.write("hello")
        os.rename("/data/a.txt", "/data/b.txt")
        print(sorted(os.listdir("/")), os.listdir("data"), os.getcwd(), helper.X() < 10)
        """,
        fs=tmp_path,
        opened=False,
    )
    assert p.lines == ["['data', 'helper.py'] ['b.txt'] / True"]
    assert (tmp_path / "data" / "b.txt").read_text() == "hello"


def test_ends_and_failures(cpython):
    p = play(STREAM + "while True: time.sleep(1)", seconds=0.5)
    assert (p.code, p.err, p.report["seconds"]) == (0, "", 0.5)
    p = play("1 / 0", opened=False)
    assert p.code == 1
    assert p.err.splitlines()[-1].startswith("ZeroDivisionError")
    assert "virtual_board" not in p.err


def test_a_loop_without_board_calls_is_noticed(cpython):
    p = play(STREAM.replace("time.sleep_ms(100)", "while len(times) < 20: pass"), seconds=5)
    assert p.code == 0
    assert p.report["deterministic"] is False
    assert len(sounding(p.frames)) > 1000
