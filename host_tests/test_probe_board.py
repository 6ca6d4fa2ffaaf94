"""`aether probe`: what it measures, and what it says when a board is not as it should be."""

import io
import json
import os
import shutil
import signal
import threading

import pytest
from aether_tools import __version__, boards, interpreter, paths, probe_device, probe_figures
from aether_tools import probe as command
from aether_tools.device import connect
from aether_tools.errors import UserError
from aether_tools.probe_figures import STEPS
from flash_kit import aether, refused, virtual_board
from rich.console import Console

pytestmark = pytest.mark.skipif(
    not interpreter.available(), reason="the virtual board needs the host MicroPython"
)

NUMBERS = ("min", "median", "p99", "max")
BLOCK_US = 64 / 44100 * 1e6


@pytest.fixture
def board(tmp_path):
    with virtual_board(tmp_path / "board") as board:
        yield board


@pytest.fixture
def probe(tmp_path, monkeypatch, capsys):
    """Runs the command; its result, and the contents of probe.json."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        code, out, err = aether(capsys, "probe", *words)
        path = tmp_path / "out/probe.json"
        return code, out, err, json.loads(path.read_text()) if path.exists() else None

    return run


def check(report):
    """What holds for every board on which nothing allocates."""
    assert report["block_us"] == pytest.approx(BLOCK_US)
    assert report["aether"] == __version__
    assert set(report["times"]) == set(STEPS)
    for step, t in report["times"].items():
        assert 0 <= t["min"] <= t["median"] <= t["p99"] <= t["max"], step
        assert t["bytes"] == 0, step
        assert t["heap_lock"] is True, step
    assert report["times"]["block"]["median"] > report["times"]["convert"]["median"] > 0
    callbacks = report["callbacks"]
    assert callbacks["complete"] is True
    assert len(callbacks["us"]) == 300
    assert callbacks["deadline_us"] == pytest.approx(BLOCK_US * callbacks["frames"] / 64)
    # Behind a pty time is the host's, which may be late by more than the blocks rendered ahead.
    assert callbacks["underruns"] <= (0 if report["port"] is None else 30)
    assert callbacks["render_errors"] == 0
    assert 0 < callbacks["load_mean"] <= callbacks["load_max"]
    mean = sum(callbacks["us"]) / 300
    assert callbacks["load_mean"] == pytest.approx(mean / callbacks["deadline_us"], rel=1e-3)
    assert list(report["drivers"]) == ["dma", "machine"]
    assert report["drivers_missing"] == {}
    for driver in report["drivers"].values():
        assert 0 <= driver["cpu"] < 1
        assert driver["callbacks"] == 300
        assert driver["complete"] is True
        assert driver["heap_lock"] is True
        assert driver["bytes"] == 0
        assert driver["latency_ms"] == pytest.approx(driver["latency_frames"] / 44.1)
        off = driver["jitter_us"]
        assert 0 <= off["mean"] <= off["rms"] <= off["max"]
    assert report["drivers"]["dma"]["latency_frames"] == 6 * 64
    assert report["drivers"]["dma"]["callback_frames"] == 64
    assert report["drivers"]["machine"]["callback_frames"] == 256


def test_the_virtual_board_without_a_port(probe, tmp_path):
    code, out, err, report = probe("--board", "virtual")
    assert (code, err) == (0, "")
    check(report)
    assert report["board"] == "virtual"
    assert report["port"] is None
    assert report["clock"] == "host"
    assert "say nothing of a board" in out
    for what in STEPS.values():
        assert what in out
    for driver in report["drivers"].values():
        # In virtual time: nothing of this machine is in it.
        assert driver["jitter_us"]["max"] < 20
        assert driver["underruns"] == driver["late_callbacks"] == 0
        assert (driver["cpu_clock"], driver["cpu_of"]) == ("host", "callbacks")
    text = " ".join(out.split())
    assert "latency 384 frames, 8.7 ms" in text
    assert "the share of time in callbacks, by the clock of this machine" in text
    picture = (tmp_path / "out/probe.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(picture[16:20], "big") == 1800
    assert 20_000 < len(picture) < 1_000_000
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["probe.json", "probe.png"]


def test_a_board_without_aether_is_lent_the_library(probe, board):
    before = board.files()
    code, out, _, report = probe("--port", board.port)
    assert code == 0
    check(report)
    assert report["library"] == "host"
    assert report["port"] == board.port
    assert report["clock"] == "host"
    assert "no aether: measured with ours" in out
    assert board.files() == before


def flashed(board, **changes):
    """The library and a board file, as flash puts them there."""
    shutil.copytree(paths.LIB / "aether", board.root / "lib/aether")
    values = (paths.BOARDS / "virtual.py").read_text()
    board.write("/board.py", values + "".join(f"{k} = {v!r}\n" for k, v in changes.items()))


def test_a_flashed_board_uses_its_own_library_and_board_file(probe, board):
    flashed(board, RATE=22050)
    code, _, _, report = probe("--port", board.port)
    assert code == 0
    assert report["library"] == "board"
    assert report["notes"] == []
    assert report["rate"] == 22050
    frames = report["drivers"][report["driver"]]["callback_frames"]
    assert report["callbacks"]["deadline_us"] == pytest.approx(frames / 22050 * 1e6)
    assert report["callbacks"]["complete"] is True
    assert report["drivers"]["dma"]["cpu_of"] == "everything"


def test_code_that_allocates_is_found_out(probe, board):
    flashed(board)
    (board.root / "lib/aether/kernels/viper.py").unlink()
    code, _, _, report = probe("--port", board.port)
    assert code == 0
    assert report["backend"] == "portable"
    for step in ("convert", "block", "callback"):
        assert report["times"][step]["bytes"] > 64, step
        assert report["times"][step]["heap_lock"] is False, step
    assert report["times"]["acquire"]["heap_lock"] is True
    assert list(report["drivers"]) == ["dma", "machine"]
    for driver in report["drivers"].values():
        assert driver["heap_lock"] is False


def test_an_app_that_plays_is_stopped_and_left_so(probe, board):
    flashed(board)
    board.write(
        "/main.py",
        "class App:\n    def stop(self):\n        open('/stopped', 'a').write('x')\n"
        "open('/started', 'a').write('x')\napp = App()\n",
    )
    board.kill()
    board.start()
    code, out, _, report = probe("--port", board.port)
    assert code == 0
    assert "stopped; reset the board to start it again" in report["notes"][0]
    assert report["notes"][0] in " ".join(out.split())
    assert board.read("/stopped") == b"x"
    assert board.read("/started") == b"x"


def test_another_version_on_the_board_is_not_measured(probe, board):
    board.write("/lib/aether/__init__.py", "__version__ = '0.0.1'\n")
    code, out, _, report = probe("--port", board.port)
    assert code == 0
    assert report["aether"] == __version__
    assert "the board has aether 0.0.1" in out


NO_I2S = "import machine\ndel machine.I2S\n"
NO_PIO = "import rp2\ndel rp2.PIO\n"


def test_a_board_without_i2s_still_tells_of_the_pool(probe, board, tmp_path):
    board.write("/boot.py", NO_I2S + NO_PIO)
    code, out, _, report = probe("--port", board.port)
    assert code == 0
    assert report["callbacks"] is None
    assert report["drivers"] == {}
    assert "callback" not in report["times"]
    assert report["times"]["acquire"]["max"] > 0
    assert "No callback could be timed: ImportError" in out
    assert (tmp_path / "out/probe.png").stat().st_size > 20_000


@pytest.mark.parametrize(
    ("boot", "lacking", "left"), [(NO_I2S, "machine", "dma"), (NO_PIO, "dma", "machine")]
)
def test_a_driver_that_cannot_be_had_is_said_in_a_line(probe, board, boot, lacking, left):
    board.write("/boot.py", boot)
    code, out, _, report = probe("--port", board.port)
    assert code == 0
    assert list(report["drivers_missing"]) == [lacking]
    assert list(report["drivers"]) == [report["driver"]] == [left]
    text = " ".join(out.split())
    assert f"The driver {lacking} cannot be had here: can't import name" in text
    assert report["callbacks"]["complete"] is True


def test_before_micropython_1_27_there_is_machine_alone_and_why(probe, board):
    board.write("/boot.py", pretending("(1, 26, 0)"))
    board.kill()
    board.start()
    code, out, _, report = probe("--port", board.port)
    assert code == 0
    assert list(report["drivers"]) == ["machine"]
    assert report["drivers_missing"] == {"dma": "it needs MicroPython 1.27"}
    assert "The driver dma cannot be had here: it needs MicroPython 1.27." in " ".join(out.split())


def test_on_an_esp32_there_is_one_driver_and_a_line_says_so():
    probed = probe_device.on_virtual_board("esp32_generic")
    report = probe_figures.report(probed)
    assert list(report["drivers"]) == ["machine"]
    console = Console(file=io.StringIO(), width=120)
    command.show(report, console)
    assert "This board has one driver only" in console.file.getvalue()


def test_a_write_that_is_taken_in_parts_has_a_callback_for_each(monkeypatch):
    fast = boards.Board(**vars(boards.load("virtual")) | {"RATE": 96000})
    monkeypatch.setattr(boards, "load", lambda name: fast)
    report = probe_figures.report(probe_device.on_virtual_board())
    machine = report["drivers"]["machine"]
    assert machine["callback_frames"] == 64
    assert machine["period_us"] == pytest.approx(64 / 0.096, rel=1e-3)
    assert machine["jitter_us"]["mean"] < 30


def test_callbacks_that_stop_are_told(probe, board):
    flashed(board)
    driver = board.root / "lib/aether/drivers/machine_bus.py"
    driver.write_text(driver.read_text().replace("self._i2s.irq(ready)", "pass"))
    code, _, err, report = probe("--port", board.port)
    assert code == 1
    assert report["drivers"]["machine"]["complete"] is False
    assert report["drivers"]["dma"]["complete"] is True
    assert "callbacks stopped" in err


@pytest.mark.parametrize("moment", ["lending", "measuring"])
def test_a_board_that_vanishes(board, moment):
    def say(text):
        if text.startswith(moment):
            board.kill()

    with pytest.raises(UserError, match=r"lost the board|stopped answering"):
        probe_device.on_port(board.port, None, say)


@pytest.mark.parametrize("moment", ["lending", "measuring"])
def test_after_a_ctrl_c_the_board_answers(board, moment):
    def say(text):
        if text.startswith(moment):
            threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()

    with pytest.raises(KeyboardInterrupt):
        probe_device.on_port(board.port, None, say)
    with connect(board.port) as device:
        device.reset()
        assert device.value("1 + 1") == 2


def test_mistakes_are_one_line_and_leave_nothing(probe, tmp_path):
    assert "no port /dev/nowhere" in refused(probe("--port", "/dev/nowhere")[:3])
    assert "unknown board 'nosuch'" in refused(probe("--board", "nosuch")[:3])
    assert not list((tmp_path / "out").glob("*"))


def test_a_board_that_is_another(probe, board):
    result = probe("--port", board.port, "--board", "esp32_s3")
    assert "esp32_s3 does not match" in refused(result[:3])


def pretending(version):
    """A boot.py of an older MicroPython."""
    return (
        "import sys\ni = sys.implementation\nclass Old:\n    name = i.name\n"
        f"    version = {version}\n    _machine = i._machine\n    _mpy = i._mpy\n"
        "sys.implementation = Old\n"
    )


def test_a_micropython_that_is_too_old(probe, board):
    board.write("/boot.py", pretending("(1, 25, 0)"))
    board.kill()
    board.start()
    assert "runs MicroPython 1.25.0, aether needs 1.26" in refused(probe("--port", board.port)[:3])


def test_an_output_folder_that_is_a_file(probe, tmp_path):
    (tmp_path / "out").write_text("mine")
    assert "cannot write out" in refused(probe("--board", "virtual")[:3])
    assert (tmp_path / "out").read_text() == "mine"
