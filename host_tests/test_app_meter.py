"""The app `meter` end to end: what it says of what the virtual board's microphone hears."""

import re

import numpy as np
import pytest
from aether_tools import boards, layout
from app_kit import wav_file
from virtual_run import needs_micropython, play

pytestmark = needs_micropython

RATE = 16000
# With a stand-in that lacks its names, the native twin cannot be imported.
PORTABLE = "import sys\nsys.modules['apps._meter_viper'] = type('Bare', (), {})\n"


def listen(path, code, board="rpi_pico", peak=0.25, offset=0.1, twin=""):
    n = np.arange(3 * RATE)
    left = peak * np.sin(2 * np.pi * 440 * n / RATE) + offset
    frames = np.stack([left, np.zeros(len(n))], 1)
    path.write_bytes(wav_file((frames * 32767).astype("<i2").tobytes(), rate=RATE))
    return play(
        f"{twin}import board\nfrom apps import meter\n{code}",
        board,
        opened=False,
        files=layout.device_files(boards.load(board), "meter"),
        seconds=3,
        wav_in=path,
    )


@pytest.mark.parametrize("twin", ["", PORTABLE], ids=["viper", "portable"])
@pytest.mark.parametrize("board", ["rpi_pico", "esp32_generic"])
def test_it_shows_the_peak_of_the_left_channel_without_its_offset(tmp_path, board, twin):
    code = """
app = meter.start(board, seconds=1)
print(app.status)
print("%.2f" % app.level())
app.stop()
print(app.stream.playing(), app.stats()["overruns"], app.stats()["receive_errors"])
"""
    played = listen(tmp_path / "in.wav", code, board, twin=twin)
    bars, status, level, end = played.out.rstrip().rsplit("\n", 3)
    shown = re.findall(r"\n *(-[\d.]+) dBFS \|(#+)( +)\|", bars)
    assert len(shown) == 10
    expected = 20 * np.log10(0.25)
    for db, marks, room in shown[1:]:
        assert float(db) == pytest.approx(expected, abs=0.1)
        assert (len(marks), len(room)) == (23, 7)
    assert status == f"meter on {board}, {RATE} Hz, 32 bit mono"
    # Nothing was heard since the last bar, or a little of it.
    assert -60 <= float(level) <= expected + 0.1
    assert end == "False 0 0"
    assert twin or played.report["allocated_bytes"] == 0


def test_silence_is_at_the_floor(tmp_path):
    code = "app = meter.start(board, seconds=0.5)\napp.stop()\n"
    played = listen(tmp_path / "in.wav", code, peak=0, offset=0.2)
    assert played.out.count("-60.0 dBFS |" + 30 * " " + "|") == 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("seconds=-1", "ValueError seconds must be 0 to 86400, not -1"),
        ("seconds='1'", "TypeError seconds must be a number, not str"),
        ("bits=24", "ValueError bits must be 16 or 32, not 24"),
        ("rate=10", "ValueError rate must be 1000 to 192000, not 10"),
    ],
)
def test_bad_options_are_refused_in_a_line(tmp_path, options, message):
    code = f"""
try:
    meter.start(board, {options})
except (TypeError, ValueError) as error:
    print(type(error).__name__, error)
app = meter.start(board, seconds=0)
app.stop()
"""
    assert listen(tmp_path / "in.wav", code).lines[0] == message


def test_its_twins_find_the_same_range(tmp_path):
    code = """
from array import array
from apps import _meter_portable, _meter_viper
seed = 1
for turn in range(50):
    samples = bytearray(128)
    for i in range(128):
        seed = (seed * 69069 + 12345) & 0x3fffff
        samples[i] = seed >> 14 if turn else (0, 0x80)[i & 1]
    found = []
    for twin in (_meter_viper, _meter_portable):
        found.append(array("i", [32767, -32768] if turn % 2 else [-5, 7]))
        twin.spread(found[-1], samples, 64)
    assert list(found[0]) == list(found[1]), found
print(list(found[0]))
"""
    assert listen(tmp_path / "in.wav", code).code == 0
