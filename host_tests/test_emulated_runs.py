"""`aether emulate` on stock firmware: what it runs, plays, reports, and how it ends."""

import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from aether_tools import bootrom
from command_kit import aether, refused
from emulated_run import needs_images
from virtual_run import read_wav

pytestmark = needs_images

# A ramp of frames, left n and right -n, from a callback; then silence, so that all is played.
RAMP = """
from machine import I2S, Pin
bus = I2S(0, sck=Pin(16), ws=Pin(17), sd=Pin(18), mode=I2S.TX, bits=16, format=I2S.STEREO,
          rate=44100, ibuf=4096)
frames = bytearray()
for i in range(1, 2001):
    frames += i.to_bytes(2, "little") + (65536 - i).to_bytes(2, "little")
print("before")
bus.write(frames)
bus.write(bytes(8192))
bus.deinit()
print("after")
"""


def run(folder, program, *arguments):
    (folder / "p.py").write_text(program)
    return aether(folder, "emulate", "p.py", *arguments)


def test_a_program_plays_and_its_wav_is_what_the_pins_sent(tmp_path):
    done = run(tmp_path, RAMP, "--wav", "o.wav", "--json", "o.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("before\nafter\n")
    rate, frames = read_wav(tmp_path / "o.wav")
    assert rate == 44100
    loud = frames[frames.any(axis=1)]
    np.testing.assert_array_equal(loud[:, 0], np.arange(1, 2001))
    np.testing.assert_array_equal(loud[:, 1], -np.arange(1, 2001))
    report = json.loads((tmp_path / "o.json").read_text())
    assert report["rate"] == 44100
    assert report["frame_rate"] == pytest.approx(44099.488, abs=0.01)
    assert report["frames_played"] == len(frames)
    assert (report["bits"], report["channels"], report["odd_words"]) == (16, 2, 0)
    assert report["wavs"] == ["o.wav"]
    assert report["deterministic"] is True
    assert report["blocks"] is None
    assert sorted(p.name for p in tmp_path.iterdir()) == ["o.json", "o.wav", "p.py"]


def test_two_runs_take_the_same_cycles_and_play_the_same(tmp_path):
    for name in "ab":
        assert (
            run(tmp_path, RAMP, "--wav", f"{name}.wav", "--json", f"{name}.json").returncode == 0
        )
    first, second = (json.loads((tmp_path / f"{n}.json").read_text()) for n in "ab")
    assert first | {"wavs": 0} == second | {"wavs": 0}
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


def test_the_cache_model_costs_cycles_and_says_so(tmp_path):
    program = "x = 0\nfor i in range(3000):\n    x = (x * 3 + i) & 0xffff\nprint(x)\n"
    for name, options in (("a", []), ("b", ["--xip"])):
        run(tmp_path, program, "--json", f"{name}.json", *options)
    plain, cached = (json.loads((tmp_path / f"{n}.json").read_text()) for n in "ab")
    assert (plain["flash"], cached["flash"]) == ("zero-wait", "cache model")
    assert plain["instructions"] == pytest.approx(cached["instructions"], rel=0.01)
    assert cached["cycles"] > 1.05 * plain["cycles"]


def test_programs_run_one_after_the_other_with_one_heap(tmp_path):
    (tmp_path / "a.py").write_text("import board\nkept = board.NAME\n")
    (tmp_path / "b.py").write_text("import aether\nprint(kept, aether.BUFFER_SIZE)\n")
    done = aether(tmp_path, "emulate", "a.py", "b.py")
    assert done.returncode == 0
    assert done.stdout.startswith("rpi_pico 64\n")


def test_fs_is_the_boards_file_system(tmp_path):
    (tmp_path / "root" / "data").mkdir(parents=True)
    (tmp_path / "root" / "data" / "x.txt").write_text("from the host")
    (tmp_path / "root" / "main.py").write_text("raise SystemError('main.py must not run')\n")
    done = run(tmp_path, "print(open('/data/x.txt').read())\n", "--fs", "root")
    assert done.stdout.startswith("from the host\n")
    assert "SystemError" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("program", "code", "said", "complaint"),
    [
        ("print('a')\n1 / 0\n", 1, "a\n", "ZeroDivisionError"),
        ("print('a')\nif x\n", 1, "", "SyntaxError"),
        ("import sys\nprint('a')\nsys.exit()\n", 0, "a\n", ""),
        ("import sys\nprint('a')\nsys.exit(7)\n", 1, "a\n", ""),
        ("import machine\nprint('a')\nmachine.reset()\n", 0, "a\n", "reset the chip"),
        ("import machine\nprint('a')\nmachine.bootloader()\n", 3, "a\n", "not emulated"),
        (
            "import _thread\nprint('a')\n_thread.start_new_thread(print, ())\n",
            3,
            "a\n",
            "the second core, which is not emulated",
        ),
        (
            "@micropython.asm_thumb\ndef f():\n    data(2, 0xde00)\nprint('a')\nf()\n",
            3,
            "a\n",
            "crashed",
        ),
        (
            "@micropython.viper\ndef f():\n    p = ptr32(0x900_0000 << 4)\n    p[0] = 1\n"
            "print('a')\nf()\nprint('b')\n",
            3,
            "a\n",
            "crashed",
        ),
        (
            "@micropython.asm_thumb\ndef f():\n    data(2, 0x4700)\nprint('a' * 300)\nf()\n",
            3,
            "a" * 300 + "\n",
            "crashed",
        ),
    ],
    ids=[
        "raises",
        "syntax",
        "exit",
        "exit 7",
        "reset",
        "bootloader",
        "core 1",
        "udf",
        "bus",
        "jump",
    ],
)
def test_how_a_program_ends_is_told(tmp_path, program, code, said, complaint):
    done = run(tmp_path, program, "--json", "o.json")
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stdout.partition("\n ")[0].strip() == said.strip()
    assert complaint in done.stderr
    assert ".mjs" not in done.stderr and "aether_tools" not in done.stderr
    assert json.loads((tmp_path / "o.json").read_text())["cycles"] > 0


def test_a_timer_that_prints_and_any_byte_harm_neither_end_nor_report(tmp_path):
    program = (
        "import machine, sys, time\n"
        "t = machine.Timer(period=20, callback=lambda t: print('tick'))\n"
        "time.sleep_ms(50)\n"
        "sys.stdout.buffer.write(bytes(range(128)))\n"
        "print('\\x04\\x04>')\ntime.sleep_ms(50)\nprint('end')\n"
    )
    done = run(tmp_path, program, "--json", "o.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("tick\ntick\n")
    assert "end\n" in done.stdout
    assert json.loads((tmp_path / "o.json").read_text())["seconds"] < 0.3


def test_a_traceback_names_the_program_and_nothing_of_ours(tmp_path):
    done = run(tmp_path, "def f():\n    return missing\n\nf()\n")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Traceback (most recent call last):",
        '  File "p.py", line 4, in <module>',
        '  File "p.py", line 2, in f',
        "NameError: name 'missing' isn't defined",
    ]


def test_seconds_do_not_count_the_way_of_a_long_program_to_the_chip(tmp_path):
    done = run(tmp_path, "#" * 100_000 + "\nprint('run')\n", "--seconds", "1")
    assert done.stdout.startswith("run\n")


def test_no_output_takes_the_place_of_an_image(tmp_path):
    for name in ("AETHER_PICO_UF2", "AETHER_PICO_BOOTROM"):
        image = Path(os.environ[name])
        before = image.read_bytes()
        assert "named twice" in refused(run(tmp_path, "pass\n", "--json", image))
        assert image.read_bytes() == before


def test_an_option_that_the_app_has_not_is_its_failure(tmp_path):
    done = aether(tmp_path, "emulate", "--app", "tone", "--option", "nope=1", "--seconds", "0.5")
    assert done.returncode == 1
    assert "unexpected keyword argument 'nope'" in done.stdout


@pytest.mark.parametrize(
    "program",
    [
        "while True:\n    pass\n",
        "import time\nwhile True:\n    time.sleep(1)\n",
        "while True:\n    print('x' * 100)\n",
        "while True:\n    try:\n        while True:\n            pass\n"
        "    except BaseException:\n        pass\n",
        "import machine\nmachine.disable_irq()\nwhile True:\n    pass\n",
        "@micropython.viper\ndef f():\n    while True:\n        pass\nf()\n",
        "import machine\nmachine.lightsleep()\n",
    ],
    ids=["loop", "sleep", "print", "stubborn", "masked", "viper", "lightsleep"],
)
def test_seconds_end_whatever_does_not_return(tmp_path, program):
    done = run(tmp_path, "print('begun')\n" + program, "--seconds", "0.1", "--json", "o.json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("begun\n")
    assert json.loads((tmp_path / "o.json").read_text())["seconds"] == pytest.approx(0.1, abs=0.02)


def test_an_app_that_raises_fails_with_its_own_traceback(tmp_path):
    (tmp_path / "my_app.py").write_text("def start(board):\n    raise OSError('no such thing')\n")
    done = aether(tmp_path, "emulate", "--app", "my_app.py", "--seconds", "0.3")
    assert done.returncode == 1
    assert "OSError: no such thing" in done.stdout
    assert "my_app failed" in done.stdout


def test_an_app_that_is_no_python_is_refused_with_its_line(tmp_path):
    (tmp_path / "my_app.py").write_text("def start(board):\n    return (\n")
    done = aether(tmp_path, "emulate", "--app", "my_app.py", "--wav", "o.wav")
    assert done.returncode == 1
    assert "SyntaxError" in done.stderr and "line 3" in done.stderr
    assert not (tmp_path / "o.wav").exists()


def test_another_format_starts_another_wav(tmp_path):
    program = RAMP + RAMP.replace("rate=44100", "rate=22050").replace("bits=16", "bits=32")
    done = run(tmp_path, program, "--wav", "o.wav", "--seconds", "5")
    assert done.returncode == 0, done.stderr
    first, second = read_wav(tmp_path / "o.wav"), read_wav(tmp_path / "o.2.wav")
    assert first[0] == 44100 and first[1].dtype == "<i2"
    assert second[0] == 22050 and second[1].dtype == "<i4"


def test_silence_at_the_pins_is_no_wav_and_is_told(tmp_path):
    done = run(tmp_path, "pass\n", "--wav", "o.wav")
    assert done.returncode == 0
    assert "nothing was played: o.wav is not written" in done.stderr
    assert not (tmp_path / "o.wav").exists()


class Plugged:
    """`aether emulate --pty` in a process of its own."""

    def __init__(self, folder, *arguments):
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "aether_tools", "emulate", "--pty", *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        came, _, _ = select.select([self.process.stdout], [], [], 60)
        self.port = self.process.stdout.readline().strip() if came else ""
        assert self.port, "no port was printed"

    def does(self, *arguments):
        done = subprocess.run(
            [sys.executable, "-m", "mpremote", "connect", self.port, *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=self.folder,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.process.terminate()
        try:
            self.ended = self.process.communicate(timeout=60)
        finally:
            self.process.kill()


def test_mpremote_works_through_the_pty_and_files_outlast_resets(tmp_path):
    (tmp_path / "x.txt").write_text("kept\n")
    with Plugged(tmp_path) as pico:
        assert "Raspberry Pi Pico with RP2040" in pico.does("exec", "import os; print(os.uname())")
        pico.does("cp", "x.txt", ":x.txt")
        pico.does("soft-reset")
        assert pico.does("cat", ":x.txt") == "kept\n"
        pico.does("reset")
        assert pico.does("cat", ":x.txt") == "kept\n"
    assert pico.process.returncode == 0
    assert pico.ended == ("", "")


def test_flash_and_probe_work_on_it_as_on_a_board(tmp_path):
    with Plugged(tmp_path, "--wav", "o.wav") as pico:
        done = aether(tmp_path, "flash", "--port", pico.port, "--app", "tone", patience=300)
        assert done.returncode == 0, done.stderr
        assert "tone on rpi_pico, 44100 Hz" in done.stdout
        done = aether(tmp_path, "stop", "--port", pico.port)
        assert done.returncode == 0, done.stderr
        done = aether(tmp_path, "probe", "--port", pico.port, patience=400)
        assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "out" / "probe.json").read_text())
    assert report["board"] == "rpi_pico"
    assert report["clock"] == "board"
    assert report["times"]["pair"]["median"] <= 36
    dma, machine = report["drivers"]["dma"], report["drivers"]["machine"]
    assert dma["cpu_of"] == machine["cpu_of"] == "everything"
    assert 0 < dma["cpu"] < 0.1 < 4 * dma["cpu"] < machine["cpu"] < 0.6
    for driver in (dma, machine):
        assert driver["complete"]
        assert driver["heap_lock"]
        assert driver["bytes"] == driver["underruns"] == driver["late_callbacks"] == 0
        assert driver["jitter_us"]["max"] < 100
    assert dma["latency_ms"] < 9 < 50 < machine["latency_ms"]
    _, frames = read_wav(tmp_path / "o.wav")
    assert frames.any()


def test_a_crash_ends_the_pty_with_its_line(tmp_path):
    with Plugged(tmp_path) as pico:
        line = os.open(pico.port, os.O_RDWR | os.O_NOCTTY)
        os.write(line, b"import machine; machine.bootloader()\r")
        deadline = time.monotonic() + 60
        while pico.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        os.close(line)
    assert pico.process.returncode == 3
    assert "not emulated" in pico.ended[1]
    assert pico.ended[1].count("\n") == 1


def test_seconds_end_the_pty_too(tmp_path):
    with Plugged(tmp_path, "--seconds", "1") as pico:
        assert pico.process.wait(60) == 0


def test_a_damaged_boot_rom_is_refused(tmp_path):
    rom = bytearray(bootrom.load(Path(os.environ["AETHER_PICO_BOOTROM"])))
    rom[len(rom) // 2] ^= 1
    (tmp_path / "rom.bin").write_bytes(rom)
    done = run(tmp_path, "pass\n", "--bootrom", "rom.bin")
    assert "damaged" in refused(done)
