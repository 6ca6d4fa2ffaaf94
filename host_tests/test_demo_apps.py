"""`aether demo` with apps of all kinds, and with mistakes."""

import json
import wave

import pytest
from aether_tools import interpreter, layout, session
from flash_kit import aether, refused

needs_micropython = pytest.mark.skipif(
    not interpreter.available(), reason="needs the host MicroPython"
)

# A program for machine.I2S alone: 24 blocks of a square wave, mono, 32 bits.
PLAIN = """
from machine import I2S, Pin
out = I2S(0, sck=Pin(16), ws=Pin(17), sd=Pin(18), mode=I2S.TX, bits=32, format=I2S.MONO,
          rate=16000, ibuf=4096)
wave = bytes(64 * [0, 0, 0, 32]) + bytes(64 * [0, 0, 0, 224])
print('squares')
for _ in range(24):
    out.write(wave)
"""


@pytest.fixture
def demo(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(*words):
        return aether(capsys, "demo", *words)

    return run


def outputs(folder):
    return sorted(p.name for p in (folder / "out").glob("*"))


@needs_micropython
def test_a_program_of_ones_own_without_aether(demo, tmp_path):
    (tmp_path / "mine.py").write_text(PLAIN)
    code, out, err = demo("--app", "mine.py", "--seconds", "0.3")
    assert (code, err) == (0, "")
    report = json.loads((tmp_path / "out/demo.json").read_text())
    assert (report["rate"], report["bits"], report["channels"]) == (16000, 32, 1)
    assert report["app"] == "mine"
    assert report["peak"] == 0.25
    assert report["capacity"] is None
    assert report["drivers"] == report["drivers_missing"] == {}
    assert "driver" not in out
    assert "squares" in out
    assert "mono, peak -12.0 dBFS" in " ".join(out.split())
    assert outputs(tmp_path) == ["demo.json", "demo.png", "demo.wav"]


@needs_micropython
def test_the_echo_hears_a_melody_or_a_file_at_its_rate(demo, tmp_path):
    code, _, err = demo("--app", "echo", "--seconds", "0.8")
    assert (code, err) == (0, "")
    report = json.loads((tmp_path / "out/demo.json").read_text())
    # The DMA sends a sample of 32 bits to both sides as two.
    assert (report["rate"], report["channels"], report["allocated_bytes"]) == (22050, 2, 0)
    assert report["high_water"] == report["capacity"]
    assert report["peak"] > 0.1
    assert set(report["drivers"]) == {"dma", "machine"}
    with wave.open("mine.wav", "wb") as out:
        out.setparams((1, 2, 16000, 0, "NONE", ""))
        out.writeframes(8000 * b"\0\x20\0\xe0")
    code, _, err = demo("--app", "echo", "--seconds", "0.5", "--wav-in", "mine.wav")
    assert (code, err) == (0, "")
    report = json.loads((tmp_path / "out/demo.json").read_text())
    assert report["rate"] == report["received_rate"] == 16000
    assert "none.wav" in refused(demo("--app", "echo", "--wav-in", "none.wav"))


# An app that decides by itself what it plays over.
STUBBORN = """
import board
from aether import I2SOut, SharedBufferPool
from aether.drivers import from_board
def start(_):
    def render(left, right):
        left[0] = 0.5
    I2SOut(from_board(board, driver="machine"), SharedBufferPool(4), render).start()
"""


@needs_micropython
def test_an_app_that_does_not_play_over_a_driver_is_not_shown_with_it(demo, tmp_path):
    (tmp_path / "mine.py").write_text(STUBBORN)
    code, out, err = demo("--app", "mine.py", "--seconds", "0.3")
    report = json.loads((tmp_path / "out/demo.json").read_text())
    assert (code, err) == (0, "")
    assert list(report["drivers"]) == ["machine"]
    assert report["drivers_missing"] == {"dma": "the app does not play over it"}
    assert "The driver dma cannot be had here: the app does not play over it." in out


@needs_micropython
def test_an_app_that_fails_shows_its_traceback_and_keeps_what_there_was(demo, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/demo.wav").write_text("of yesterday")
    (tmp_path / "broken.py").write_text(PLAIN + "raise ValueError('broken')\n")
    code, _, err = demo("--app", "broken.py", "--seconds", "0.3")
    assert code == 1
    assert "ValueError: broken" in err
    assert 'File "apps/broken.py"' in err
    assert "aether_tools" not in err
    assert outputs(tmp_path) == ["demo.wav"]
    assert (tmp_path / "out/demo.wav").read_text() == "of yesterday"


@needs_micropython
def test_an_app_that_plays_nothing(demo, tmp_path):
    (tmp_path / "silent.py").write_text("print('hello')\n")
    code, _, err = demo("--app", "silent.py", "--seconds", "0.3")
    assert code == 1
    assert "played nothing" in err
    assert outputs(tmp_path) == []


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e9", "0.01", "eight", ""])
def test_seconds_that_cannot_be(demo, tmp_path, seconds):
    with pytest.raises(SystemExit) as ended:
        demo("--seconds=" + seconds)
    assert ended.value.code == 2
    assert not (tmp_path / "out").exists()


def test_bad_seconds_are_told_in_one_line(demo, capsys):
    with pytest.raises(SystemExit):
        demo("--seconds", "eight")
    error = capsys.readouterr().err
    assert "must be 0.1 to 600 seconds, not 'eight'" in error
    assert error.count("\n") == 1


def test_an_unknown_app(demo, tmp_path):
    names = ", ".join(layout.app_names())
    assert f"unknown app 'nosuch'; there are: {names}, or" in refused(demo("--app", "nosuch"))
    assert "unknown app 'nosuch.py'" in refused(demo("--app", "nosuch.py"))
    assert not (tmp_path / "out").exists()


def test_an_unknown_board(demo, tmp_path):
    assert "unknown board 'nosuch'; there are: esp32" in refused(demo("--board", "nosuch"))
    assert not (tmp_path / "out").exists()


def test_out_that_is_a_file(demo, tmp_path):
    (tmp_path / "out").write_text("mine")
    assert "cannot write out: File exists" in refused(demo("--seconds", "0.3"))
    assert (tmp_path / "out").read_text() == "mine"


@needs_micropython
def test_a_folder_in_the_place_of_a_file_stops_all_of_them(demo, tmp_path):
    (tmp_path / "out/demo.wav").mkdir(parents=True)
    assert "cannot write out/demo.wav" in refused(demo("--seconds", "0.3"))
    assert outputs(tmp_path) == ["demo.wav"]


def test_without_micropython_it_says_so_and_counts_nothing(demo, tmp_path, monkeypatch):
    def on_cpython(board, *, wav, **options):
        with wave.open(str(wav), "wb") as file:
            file.setparams((2, 2, 44100, 0, "NONE", ""))
            file.writeframes(bytes(range(256)) * 100)
        report = dict.fromkeys(session._KEYS) | {"board": board.NAME, "clock": "virtual"}
        return session.Result(0, report, [wav])

    monkeypatch.setattr(interpreter, "available", lambda: False)
    monkeypatch.setattr(session, "run", on_cpython)
    code, out, _ = demo()
    assert code == 0
    assert "no MicroPython interpreter for" in out
    assert "CPython" in out
    assert "not counted" in out
    assert json.loads((tmp_path / "out/demo.json").read_text())["interpreter"] == "CPython"
    assert outputs(tmp_path) == ["demo.json", "demo.png", "demo.wav"]


@needs_micropython
def test_an_interrupted_demo_leaves_nothing(demo, tmp_path, monkeypatch):
    def interrupted(*args, wav, **options):
        wav.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "run", interrupted)
    assert demo()[0] == 130
    assert list((tmp_path / "out").iterdir()) == []
