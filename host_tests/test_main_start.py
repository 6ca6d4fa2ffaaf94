"""main.py: which app it starts, and what it says when it starts none."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from aether_tools import boards, layout, paths, session
from app_kit import wav_file
from virtual_run import needs_micropython, read_wav

pytestmark = needs_micropython

MUSIC = wav_file(np.arange(1, 1001).astype("<i2").tobytes())


@dataclass
class Started:
    code: int
    lines: list[str]
    err: str
    frames: np.ndarray | None


def boot(app="tone", *, board="rpi_pico", options=None, files=None, without=(), program=None):
    """Runs main.py on a board with an app, other `files` (path -> bytes), `without` some.

    program: source to be run in its place, which may import it.
    """
    everything = layout.device_files(boards.load(board), app, options)
    everything.update(files or {})
    for path in without:
        del everything[path]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "program.py").write_text(program or "")
        with (folder / "out").open("w+") as out, (folder / "err").open("w+") as err:
            result = session.run(
                boards.load(board),
                program=folder / "program.py" if program else None,
                files=everything,
                seconds=0.4,
                wav=folder / "o.wav",
                stdout=out,
                stderr=err,
            )
        texts = [(folder / each).read_text(errors="replace") for each in ("out", "err")]
        frames = read_wav(result.wavs[0])[1] if result.wavs else None
    return Started(result.exit_code, texts[0].splitlines(), texts[1], frames)


def autostart(app: str, options="{}") -> dict:
    return {"/autostart.py": f"APP = {app!r}\nOPTIONS = {options}\n".encode()}


def assert_only(started: Started, line: str):
    """Nothing was played, one line was printed."""
    assert (started.code, started.lines, started.err) == (0, [line], "")
    assert started.frames is None


def test_its_first_line_is_the_one_that_flash_knows_it_by():
    assert (paths.FIRMWARE / "main.py").read_text().startswith("# aether main\n")


@pytest.mark.parametrize(
    "board", ["rpi_pico", "rpi_pico2", "esp32_generic", "esp32_s3", "virtual"]
)
def test_it_starts_the_app_and_prints_one_line(board):
    started = boot(board=board)
    line = f"aether: tone on {board}, 44100 Hz, 16 bit stereo, kernels viper"
    assert (started.code, started.lines, started.err) == (0, [line], "")
    assert started.frames.any()


def test_the_options_of_autostart_reach_the_app():
    started = boot(options={"notes": [440], "rate": 48000, "bits": 32, "seconds": 0.2})
    assert started.lines == ["aether: tone on rpi_pico, 48000 Hz, 32 bit stereo, kernels viper"]


def test_the_session_is_left_in_app():
    program = """
import main
print(main.app.stream.playing())
main.app.stop()
print(main.app.stream.playing(), main.app.stats()["underruns"])
"""
    assert boot(program=program).lines[1:] == ["True", "False 0"]


def test_wav_player_starts_too():
    started = boot("wav_player", files={"/music.wav": MUSIC})
    assert started.lines == [
        "aether: wav_player on rpi_pico, /music.wav, 44100 Hz, 16 bit stereo, kernels viper"
    ]
    assert started.frames.any()


def test_a_file_no_autostart_skips_the_app():
    started = boot(files={"/no_autostart": b""})
    assert_only(started, "aether: no app started: there is a file /no_autostart")


def test_bootsel_skips_the_app():
    held = "import rp2\nrp2.bootsel_button = lambda: 1\nimport main\n"
    assert_only(boot(program=held), "aether: no app started: BOOTSEL is held")


@pytest.mark.parametrize("board", ["esp32_generic", "esp32_s3"])
def test_the_boot_button_of_an_esp32_skips_the_app(board):
    held = """
import machine
class Pin(machine.Pin):
    def value(self, level=None):
        return 0 if self.number == 0 else 1
machine.Pin = Pin
import main
"""
    assert_only(boot(board=board, program=held), "aether: no app started: BOOT is held")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"without": ["/autostart.py"]}, "no app started: there is no /autostart.py"),
        (
            {"files": {"/board.py": b"NAME = \n"}},
            "no app started: /board.py is damaged: SyntaxError invalid syntax",
        ),
        (
            {"files": {"/autostart.py": b"APP = 'tone\n"}},
            "no app started: /autostart.py is damaged: SyntaxError invalid syntax",
        ),
        (
            {"files": {"/autostart.py": b"\xff\xfe"}},
            "no app started: /autostart.py is damaged: ",
        ),
        (
            {"files": {"/autostart.py": b"OPTIONS = {}\n"}},
            "no app started: /autostart.py needs APP = 'name' and OPTIONS = {...}",
        ),
        (
            {"files": autostart("tone", "[1]")},
            "no app started: /autostart.py needs APP = 'name' and OPTIONS = {...}",
        ),
        ({"files": autostart("theremin")}, "unknown app 'theremin'; on this board: tone"),
        ({"files": autostart("_tone_viper")}, "unknown app '_tone_viper'; on this board: tone"),
        ({"files": autostart("../main")}, "unknown app '../main'; on this board: tone"),
        ({"options": {"notes": 99999}}, "tone: a note must be 1 to 22049 Hz at 44100 frames"),
        ({"options": {"color": 1}}, "tone: "),
        ({"app": "wav_player"}, "wav_player: there is no .wav file on the board: copy one to it"),
        (
            {"app": "wav_player", "files": {"/music.wav": MUSIC[:30]}},
            "wav_player: '/music.wav' is damaged: its fmt chunk has 10 bytes, not 16",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_is_one_line_and_the_prompt_is_free(changes, line):
    started = boot(**changes)
    assert (started.code, len(started.lines), started.err) == (0, 1, "")
    assert started.lines[0].startswith("aether: " + line)
    assert started.frames is None


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("print('hello')\n", ["hello", "aether: mine ended"]),
        ("def start(board):\n    return board\n", ["aether: mine started"]),
        (
            "class Session:\n    status = 'mine on ' + 'it'\n"
            "def start(board, *, colour):\n    print(colour, board.NAME)\n    return Session\n",
            ["red rpi_pico", "aether: mine on it"],
        ),
        ("import sys\nprint(1)\nsys.exit(3)\n", ["1", "aether: mine ended"]),
        ("raise KeyboardInterrupt\n", ["aether: mine interrupted"]),
    ],
    ids=["script", "session", "status", "exit", "interrupted"],
)
def test_an_app_of_ones_own(source, lines):
    files = {**autostart("mine", "{'colour': 'red'}" if "colour" in source else "{}")}
    assert_lines(boot(files={"/apps/mine.py": source.encode(), **files}), lines)


def assert_lines(started: Started, lines: list[str]):
    assert (started.code, started.lines, started.err) == (0, lines, "")


@pytest.mark.parametrize("error", ["ValueError('mine')", "OSError(5)", "MemoryError()"])
@pytest.mark.parametrize("source", ["raise {}\n", "def start(board):\n    raise {}\n"])
def test_an_app_of_ones_own_that_fails_shows_its_traceback(source, error):
    files = {"/apps/mine.py": source.format(error).encode(), **autostart("mine")}
    started = boot(files=files)
    assert started.code == 0
    text = started.lines
    assert text[0] == "Traceback (most recent call last):"
    assert any('File "apps/mine.py", line' in line for line in text)
    assert text[-2].startswith(error.partition("(")[0])
    assert text[-1] == "aether: mine failed"
