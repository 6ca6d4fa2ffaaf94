"""`aether demo` from the command line: the files it writes agree with each other."""

import json
import os
import struct
import subprocess
import sys
import wave

import pytest
from aether_tools import interpreter, sound

pytestmark = pytest.mark.skipif(
    not interpreter.available(), reason="the figures are those of real MicroPython"
)

SECONDS = 2
# What interface.md promises of demo.json: its own keys, then those of stats().
KEYS = {"board", "backend", "clock", "deterministic", "rate", "high_water", "capacity"}
KEYS |= {"allocated_bytes", "blocks", "underruns", "late_callbacks", "render_errors", "restarts"}
KEYS |= {"load_mean", "load_max", "latency_frames"}


def demo(folder, *words):
    command = [sys.executable, "-m", "aether_tools", "demo", *words]
    environment = os.environ | {"COLUMNS": "100"}
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, env=environment
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """The folder of one run of the default app, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    result = demo(folder, "--seconds", str(SECONDS))
    assert result.returncode == 0, result.stderr
    return folder / "out", result


@pytest.fixture(scope="module")
def report(done):
    return json.loads((done[0] / "demo.json").read_text())


def test_there_are_three_files_and_the_summary_names_them(done):
    out, result = done
    assert sorted(p.name for p in out.iterdir()) == ["demo.json", "demo.png", "demo.wav"]
    assert "out/demo.json, out/demo.png, out/demo.wav" in result.stdout


def test_the_json_has_every_key_of_the_contract(report):
    assert set(report) >= KEYS
    assert report["board"] == "virtual"
    assert report["app"] == "polysynth"
    assert report["backend"] in ("viper", "portable")
    assert report["interpreter"] == "MicroPython"
    assert report["deterministic"] is True
    assert report["clock"] == "host"


def test_the_stream_kept_its_promises(report):
    assert report["allocated_bytes"] == 0
    assert report["underruns"] == report["true_underruns"] == 0
    assert report["render_errors"] == report["restarts"] == report["lost_callbacks"] == 0
    assert 0 < report["high_water"] <= report["capacity"]
    assert report["callbacks"] > 0


def test_the_wav_is_what_the_json_says(done, report):
    with wave.open(str(done[0] / "demo.wav"), "rb") as file:
        frames = file.readframes(file.getnframes())
        assert file.getframerate() == report["rate"]
        assert file.getsampwidth() * 8 == report["bits"] == 16
        assert file.getnchannels() == report["channels"]
        assert file.getnframes() == report["frames"]
    assert len(frames) == report["frames"] * report["channels"] * 2
    samples = struct.unpack(f"<{len(frames) // 2}h", frames)
    assert max(map(abs, samples)) / 32768 == report["peak"] > 0.05
    # It fades out and ends by itself, just before its time is over.
    assert SECONDS - 0.2 < report["frames"] / report["rate"] < SECONDS
    assert max(map(abs, samples[-20:])) == 0


def test_the_load_is_the_callbacks_time_against_the_deadline(report):
    us, deadline = report["callback_us"], report["deadline_us"]
    # In whole microseconds: one that has nothing to render may take less than one.
    assert 0 <= us["min"] <= us["median"] <= us["p99"] <= us["max"]
    assert us["median"] > 0
    assert report["load_max"] == pytest.approx(us["max"] / deadline)
    assert us["min"] / deadline <= report["load_mean"] <= report["load_max"]
    # Each callback has the time of the frames that it writes.
    blocks = deadline * report["rate"] / 1e6 / 64
    assert blocks == pytest.approx(round(blocks), abs=0.01)
    assert round(blocks) >= 1


def test_the_picture_is_a_png_of_1800_pixels(done):
    data = (done[0] / "demo.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert width == 1800
    assert 1200 < height < 2600
    assert 40_000 < len(data) < 1_000_000


def test_the_summary_says_what_was_played(done, report):
    text = " ".join(done[1].stdout.split())
    assert f"{report['frames']:,} frames, 44,100 Hz, 16 bits" in text
    assert f"0 bytes in {report['callbacks']:,} callbacks" in text
    assert f"{report['high_water']} of {report['capacity']} buffers used" in text
    assert "underruns 0" in text
    assert "this machine's clock" in text


def test_both_drivers_are_shown_side_by_side(done, report):
    assert list(report["drivers"]) == ["dma", "machine"]
    assert report["drivers_missing"] == {}
    dma, machine = report["drivers"].values()
    for driver in (dma, machine):
        assert driver["cpu_clock"] == "host"
        assert 0 < driver["cpu"] < 1
        assert driver["latency_ms"] == pytest.approx(driver["latency_frames"] / 44.1)
        assert driver["period_us"] == pytest.approx(driver["callback_frames"] / 0.0441, rel=1e-4)
        # In virtual time code takes none: what is left is the callback's way to the program.
        assert driver["jitter_us"]["rms"] <= driver["jitter_us"]["max"] < 20
        assert driver["underruns"] == driver["late_callbacks"] == driver["bytes"] == 0
    assert (dma["callback_frames"], machine["callback_frames"]) == (64, 256)
    assert dma["latency_frames"] == 6 * 64
    assert machine["latency_frames"] > 2000
    assert report["latency_frames"] == report["drivers"][report["driver"]]["latency_frames"]
    text = " ".join(done[1].stdout.split())
    assert f"{report['driver']}, the board's" in text
    assert "latency 384 frames, 8.7 ms" in text
    assert "by the clock of this machine and say nothing of a board" in text


def test_a_second_run_gives_the_same_sound_and_figures(done, report):
    out, _ = done
    before = (out / "demo.wav").read_bytes()
    result = demo(out.parent, "--seconds", str(SECONDS))
    assert result.returncode == 0, result.stderr
    assert (out / "demo.wav").read_bytes() == before
    again = json.loads((out / "demo.json").read_text())
    # The collector takes numbers for pointers: what it keeps depends on the host's addresses.
    of_the_host = {"callback_us", "load_mean", "load_max", "cpu", "heap_used"}
    for key in set(report) - of_the_host - {"drivers"}:
        assert again[key] == report[key], key
    for name, driver in report["drivers"].items():
        for key in set(driver) - of_the_host:
            assert again["drivers"][name][key] == driver[key], (name, key)


def test_the_board_decides_what_is_played_on(tmp_path):
    result = demo(tmp_path, "--app", "tone", "--seconds", "0.5", "--board", "rpi_pico2")
    assert result.returncode == 0, result.stderr
    report = json.loads((tmp_path / "out/demo.json").read_text())
    assert report["board"] == "rpi_pico2"
    assert report["capacity"] == 64
    assert sound.read(tmp_path / "out/demo.wav").frames == report["frames"]


def test_a_board_of_another_kind_has_one_driver_and_the_summary_says_so(tmp_path):
    result = demo(tmp_path, "--app", "tone", "--seconds", "0.5", "--board", "esp32_generic")
    assert result.returncode == 0, result.stderr
    report = json.loads((tmp_path / "out/demo.json").read_text())
    assert list(report["drivers"]) == [report["driver"]] == ["machine"]
    assert report["drivers_missing"] == {}
    assert "This board has one driver only" in result.stdout
