"""Resets of the virtual board: what is printed, what runs, what is kept."""

import pytest
from aether_tools import interpreter
from pty_kit import RAW_PROMPT, virtual

pytestmark = pytest.mark.skipif(not interpreter.available(), reason=interpreter.why_not())


@pytest.fixture
def board(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "boot.py").write_text("print('boot runs')\n")
    (tmp_path / "root" / "main.py").write_text("print('main runs')\nkept = 7\n")
    with virtual(tmp_path, "--board", "rpi_pico") as board:
        yield board


def test_a_soft_reset_boots_prints_and_leaves_mains_names(board):
    with board.line() as line:
        line.until(b">>> ")
        line.send(b"extra = 1\r\x04")
        text = line.until(b">>> ") + line.until(b">>> ")
        wanted = b"MPY: soft reboot\r\nboot runs\r\nmain runs\r\nMicroPython "
        assert wanted in text
        assert b"Raspberry Pi Pico with RP2040\r\n" in text
        line.send(b"print(kept, 'extra' in globals())\r")
        assert b"7 False\r\n" in line.until(b"\n>>> ")


def test_a_soft_reset_in_the_raw_repl_comes_back_there_without_main(board):
    with board.line() as line:
        line.raw()
        line.send(b"\x04")
        text = line.until(RAW_PROMPT)
        assert text == b"OK\r\nMPY: soft reboot\r\nboot runs\r\n" + RAW_PROMPT
        assert line.execute("print('kept' in globals())") == "False\r\n"


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("import machine; machine.soft_reset()", True),
        ("raise SystemExit", True),
        ("import machine; machine.reset()", False),
    ],
)
def test_a_program_resets_the_board(board, how, says):
    with board.line() as line:
        line.until(b">>> ")
        line.send(how.encode() + b"\r")
        line.until(how.encode())
        text = line.until(b"main runs\r\n")
        assert (b"MPY: soft reboot" in text) is says
        line.until(b">>> ")


def test_what_is_typed_during_a_reset_is_not_lost(board):
    with board.line() as line:
        line.until(b">>> ")
        line.send(b"\x04print(6 * 7)\r")
        line.until(b"main runs")
        line.until(b"42\r\n>>> ")


def test_a_main_that_never_ends_runs_until_mpremote_comes(board, tmp_path):
    main = "import time\nprint('up')\nwhile True:\n    time.sleep_ms(20)\n"
    with board.line() as line:
        line.until(b">>> ")
        (tmp_path / "root" / "main.py").write_text(main)
        line.send(b"\x04")
        line.until(b"up\r\n")
    assert board.does("exec", "print('there')").endswith("there\r\n")


def test_a_main_that_fails_shows_why_and_leaves_the_prompt(board, tmp_path):
    with board.line() as line:
        line.until(b">>> ")
        (tmp_path / "root" / "main.py").write_text("def f():\n    nothing\nf()\n")
        line.send(b"\x04")
        text = line.until(b"MicroPython ")
        assert b'File "main.py", line 2, in f' in text
        assert b"NameError" in text


def test_mpremote_resets_softly_and_hard(board):
    board.does("soft-reset")
    assert board.does("reset") == ""
    assert board.does("eval", "1 + 1").strip() == "2"
