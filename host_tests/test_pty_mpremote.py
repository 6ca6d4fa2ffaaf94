"""mpremote can do to the virtual board what it does to a board."""

import random

import pytest
from aether_tools import interpreter
from pty_kit import virtual

pytestmark = pytest.mark.skipif(not interpreter.available(), reason=interpreter.why_not())

EVERY_BYTE = bytes(range(256)) * 256


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    with virtual(tmp_path_factory.mktemp("pty")) as board:
        yield board


def test_exec_prints_lines_as_a_board_sends_them(board):
    assert board.does("exec", "print('a\\nb')") == "a\r\nb\r\n"


def test_a_failing_program_fails_with_its_traceback(board):
    done = board.mpremote("exec", "1/0")
    assert done.returncode == 1
    assert b"ZeroDivisionError" in done.stdout + done.stderr


def test_run_executes_a_file_of_the_host(board, tmp_path):
    program = tmp_path / "program.py"
    program.write_text("for i in range(3):\n    print(i * i)\n")
    assert board.does("run", program) == "0\r\n1\r\n4\r\n"


def test_resume_keeps_what_was_defined_and_a_new_connection_does_not(board):
    board.does("exec", "x = 41")
    assert board.does("resume", "eval", "x + 1").strip() == "42"
    assert board.mpremote("eval", "x").returncode == 1


def test_files_of_all_byte_values_go_there_and_back(board, tmp_path):
    shuffled = bytearray(EVERY_BYTE)
    random.Random(1).shuffle(shuffled)
    there, back = tmp_path / "there.bin", tmp_path / "back.bin"
    there.write_bytes(shuffled)
    board.does("fs", "cp", there, ":big.bin", "+", "fs", "cp", ":big.bin", back)
    assert back.read_bytes() == bytes(shuffled)


def test_folders_and_sizes_are_listed_and_removed(board, tmp_path):
    board.does("fs", "mkdir", ":/d", "+", "exec", "open('/d/f', 'w').write('12345')")
    assert board.does("fs", "ls", ":/d").split()[-2:] == ["5", "f"]
    board.does("fs", "rm", "-r", ":/d")
    assert "d/" not in board.does("fs", "ls", ":/")


def test_df_says_what_a_pico_holds(board):
    words = board.does("df").splitlines()[-1].split()
    assert words[-1] == "/"
    assert 1408 * 1024 in map(int, words[1:2])


def test_a_mounted_folder_is_imported_from_and_written_to(board, tmp_path):
    (tmp_path / "lent.py").write_text("# " + "x" * 2000 + "\nVALUE = 42\n")
    code = (
        "import lent; print(lent.VALUE); f = open('/remote/out', 'wb'); "
        "print(f.write(bytes(range(256)) * 8)); f.close()"
    )
    assert board.does("mount", tmp_path, "exec", code).split()[-2:] == ["42", "2048"]
    assert (tmp_path / "out").read_bytes() == bytes(range(256)) * 8


def test_mip_installs_a_package_of_the_host(board, tmp_path):
    (tmp_path / "package.json").write_text('{"urls": [["thing/a.py", "a.py"]], "version": "1"}')
    (tmp_path / "a.py").write_text("NAME = 'thing'\n")
    board.does("mip", "install", "--no-mpy", tmp_path / "package.json")
    assert board.does("exec", "import thing.a; print(thing.a.NAME)").strip() == "thing"


def test_the_clock_is_set_and_outlasts_a_soft_reset(board):
    now = "import time; print(time.localtime()[:3], time.time())"
    board.does("reset")
    assert board.does("exec", now).startswith("(2021, 1, 1) ")
    board.does("rtc", "--set")
    before, after = (int(board.does("exec", now).split()[-1]) for _ in range(2))
    assert 1_700_000_000 < before <= after <= before + 60


def test_binary_output_keeps_its_newlines(board):
    done = board.mpremote("exec", "import sys; sys.stdout.buffer.write(b'a\\nb\\x00\\r\\n')")
    assert done.stdout == b"a\nb\x00\r\n"
