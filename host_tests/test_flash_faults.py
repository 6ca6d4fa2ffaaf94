"""What can go wrong with flash: cut power, full or FAT flash, silent, lost and unfit boards."""

import os
import pty
import time
import tty
from base64 import b64encode
from collections import namedtuple
from pathlib import Path

import pytest
from aether_tools import board_files, device, interpreter
from aether_tools.device import Device, Info
from flash_kit import (
    aether,
    asked,
    cut_power,
    fat,
    littlefs,
    refused,
    small_tree,
    strict,
    virtual_board,
)
from serial.tools import list_ports

pytestmark = pytest.mark.skipif(not interpreter.available(), reason=interpreter.why_not())


@pytest.fixture
def board(tmp_path):
    with virtual_board(tmp_path / "board") as board:
        yield board


@pytest.fixture
def tree(tmp_path, monkeypatch):
    return small_tree(tmp_path / "tree", monkeypatch)


@pytest.fixture
def flash(board, tree, capsys):
    return lambda *more: aether(capsys, "flash", "--port", board.port, *more)


FILES = (
    "/main.py",
    "/board.py",
    "/autostart.py",
    "/apps/tone.mpy",
    "/lib/aether/__init__.mpy",
    "/lib/aether/fast.mpy",
    "/aether.json",
)
# With these two, and change_tree(), every file has an old and a new state.
OLD = ("--board", "virtual", "--option", "hz=100")
NEW = ("--board", "rpi_pico", "--option", "hz=200")


def change_tree(tree: Path) -> None:
    for file in tree.rglob("*.py"):
        # Long enough to be sent in two parts.
        file.write_text(file.read_text() + f"CHANGED = {'x' * 1600!r}\n")


def snapshot(board) -> dict:
    with asked(board) as (_, files):
        names = [*FILES, *(f"{p}.new" for p in FILES)]
        return {path: found.sha256 for path, found in files.state(names).items()}


# The whole flash takes about 60 exchanges, of which the first few only look.
# A folder shows a half-written file at once, littlefs what is left on the flash itself.
@pytest.mark.parametrize(
    ("disk", "delay"), [(None, 0), (littlefs(64), 0.0004)], ids=["folder", "littlefs"]
)
@pytest.mark.parametrize("exchange", [11, 19, 26, 33, 40, 46, 53])
def test_a_cut_cable_leaves_each_file_old_or_new(
    board, flash, tree, monkeypatch, exchange, disk, delay
):
    if disk:
        board.mount(disk)
    assert flash(*OLD)[0] == 0
    old = snapshot(board)
    change_tree(tree)
    with monkeypatch.context() as patch:
        cut_power(patch, board, exchange, delay)
        line = refused(flash(*NEW))
    assert "lost the board" in line or "stopped answering" in line
    board.start()
    cut = snapshot(board)
    assert flash(*NEW)[0] == 0
    new = snapshot(board)
    assert set(new) == set(FILES), "nothing is left of the flash that was cut short"
    assert not {path for path in FILES if old[path] == new[path]}
    for path in set(FILES) - {"/aether.json"}:
        assert cut.get(path) in (old[path], new[path]), path


def test_a_first_flash_that_was_cut_short_is_completed_and_can_be_removed(
    board, flash, capsys, monkeypatch
):
    with monkeypatch.context() as patch:
        cut_power(patch, board, 25)
        refused(flash())
    board.start()
    assert "/main.py" not in board.files(), "main.py comes last"
    assert aether(capsys, "uninstall", "--port", board.port)[0] == 0
    assert board.files() == {}
    assert aether(capsys, "flash", "--port", board.port)[0] == 0


def test_too_little_space_is_said_before_anything_is_written(board, flash):
    board.mount(littlefs(16))
    assert "not enough flash on the board" in refused(flash())
    assert snapshot(board) == {}


def test_flash_fits_where_it_says_it_fits(board, flash):
    results = []
    for blocks in range(17, 34, 2):
        board.mount(littlefs(blocks))
        code, _, err = flash()
        assert code == 0 or "not enough flash" in err, "no file system that fills up on the way"
        results.append(code)
    assert results[0] == 2
    assert results[-1] == 0


@pytest.mark.parametrize("disk", [fat(512), strict(64)], ids=["fat", "refusing"])
def test_a_file_system_that_cannot_rename_over_a_file_is_said(board, flash, tree, disk):
    board.mount(disk)
    code, out, _ = flash(*OLD)
    assert code == 0
    change_tree(tree)
    code, out, _ = flash(*NEW)
    assert code == 0
    assert "no rename over a file on this file system (FAT): removed, then renamed" in out
    assert out.splitlines()[-1] == "tone 1: 200 Hz"
    assert set(snapshot(board)) == set(FILES)


def test_littlefs_renames_over_a_file_in_one_step(board, flash, tree):
    board.mount(littlefs(64))
    flash(*OLD)
    change_tree(tree)
    code, out, _ = flash(*NEW)
    assert code == 0
    assert "FAT" not in out


def test_micropython_that_is_too_old(board, flash, monkeypatch):
    monkeypatch.setattr(
        Device,
        "info",
        lambda self: Info("micropython", (1, 20, 0), "rp2", "Raspberry Pi Pico with RP2040", 6),
    )
    line = refused(flash())
    assert "runs MicroPython 1.20.0, aether needs 1.26 or later" in line
    assert board.files() == {}


def test_a_board_of_another_family(board, flash):
    line = refused(flash("--board", "esp32_s3"))
    assert "esp32_s3 does not match: the connected board says 'aether virtual board" in line
    assert board.files() == {}


def test_a_port_in_use(board, tree, capsys):
    with Device(board.port):
        assert "in use by another program" in refused(
            aether(capsys, "flash", "--port", board.port)
        )


@pytest.mark.parametrize("command", ["flash", "stop", "uninstall"])
def test_a_port_that_is_none(tree, capsys, command):
    assert "no port /dev/nowhere" in refused(aether(capsys, command, "--port", "/dev/nowhere"))


def test_a_port_that_does_not_answer(tree, capsys, monkeypatch):
    monkeypatch.setattr(device, "ANSWER", 0.7)
    master, slave = pty.openpty()
    tty.setraw(slave)
    begin = time.monotonic()
    try:
        line = refused(aether(capsys, "stop", "--port", os.ttyname(slave)))
    finally:
        os.close(master)
        os.close(slave)
    assert "does not answer" in line
    assert time.monotonic() - begin < 20


def test_a_program_that_cannot_be_interrupted(board, tree, capsys, monkeypatch):
    monkeypatch.setattr(device, "ANSWER", 0.7)
    board.write(
        "/main.py",
        "import time\nwhile True:\n    try:\n"
        "        with open('/started', 'w') as f:\n            f.write('x')\n"
        "        time.sleep(1)\n    except KeyboardInterrupt:\n        pass\n",
    )
    board.kill()
    board.start()
    board.wait_for("/started", b"x")
    assert "does not answer" in refused(aether(capsys, "flash", "--port", board.port))


def test_a_boot_that_never_ends_is_interrupted(board, monkeypatch):
    monkeypatch.setattr(device, "BOOT", 2)
    board.write("/boot.py", "while True:\n    pass\n")
    board.kill()
    board.start()
    with asked(board) as (there, _):
        assert there.value("1 + 1") == 2


Port = namedtuple("Port", "device description vid")


@pytest.mark.parametrize(
    ("ports", "said"),
    [
        ([], "no board found: this machine has no serial port"),
        ([Port("/dev/ttyS0", "n/a", None)], "no board found: serial ports seen: /dev/ttyS0;"),
        (
            [Port("/dev/ttyACM1", "Pico", 1), Port("/dev/ttyACM0", "Board", 1)],
            "several boards: /dev/ttyACM0 (Board), /dev/ttyACM1 (Pico); choose one with --port",
        ),
    ],
)
def test_no_telling_which_port(tree, capsys, monkeypatch, ports, said):
    monkeypatch.setattr(list_ports, "comports", lambda: ports)
    assert said in refused(aether(capsys, "flash"))


def test_the_only_usb_port_is_taken(board, tree, capsys, monkeypatch):
    ports = [Port("/dev/ttyS0", "n/a", None), Port(board.port, "Board", 0x2E8A)]
    monkeypatch.setattr(list_ports, "comports", lambda: ports)
    assert aether(capsys, "flash")[0] == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--app", "nothing"], "unknown app 'nothing'"),
        (["--app", "nothing.py"], "unknown app 'nothing.py'"),
        (["--board", "nothing"], "unknown board 'nothing'"),
        (["--option", "hz"], "'hz' is no option"),
        (["--option", "1=2"], "'1=2' is no option"),
        (["--board", "virtual"], "`aether virtual`"),
    ],
)
def test_bad_arguments_never_reach_a_board(tree, capsys, monkeypatch, options, said):
    monkeypatch.setattr(list_ports, "comports", lambda: pytest.fail("looked for a board"))
    assert said in refused(aether(capsys, "flash", *options))


def test_a_file_that_arrives_damaged_does_not_take_the_place_of_the_old(
    board, flash, tree, monkeypatch
):
    flash(*OLD)
    before = board.files()
    change_tree(tree)

    def damaged(data: bytes) -> bytes:
        return b64encode(data.replace(b"xxxx", b"xxx_"))

    monkeypatch.setattr(board_files, "b64encode", damaged)
    assert "did not arrive whole: the board's flash may be worn" in refused(flash(*NEW))
    after = board.files()
    assert after.pop("/aether.json") != before.pop("/aether.json")
    assert after == before
