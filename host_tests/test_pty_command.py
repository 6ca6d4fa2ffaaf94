"""`aether virtual` as a command: its boards, its ends, its mistakes."""

import signal

import pytest
from aether_tools import boards, cli, interpreter
from pty_kit import Board, gone, virtual

pytestmark = pytest.mark.skipif(not interpreter.available(), reason=interpreter.why_not())


def test_two_boards_at_once_are_two_boards(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with virtual(tmp_path / "a") as one, virtual(tmp_path / "b") as other:
        assert one.port != other.port
        one.does("exec", "open('/here', 'w').close()")
        assert one.does("exec", "import os; print(os.listdir('/'))").strip() == "['here']"
        assert other.does("exec", "import os; print(os.listdir('/'))").strip() == "[]"


@pytest.mark.parametrize("name", boards.names())
def test_programs_find_the_board_they_asked_for(tmp_path, name):
    board = boards.load(name)
    code = (
        "import gc, os, sys\nprint(sys.platform)\nprint(sys.implementation._machine)\n"
        "print(os.uname().machine)\nprint(sys.path)\nprint(os.getcwd())\n"
        "gc.collect()\nprint(gc.mem_free())"
    )
    with virtual(tmp_path, "--board", name) as it:
        platform, machine, uname, path, cwd, free = it.does("exec", code).splitlines()
    assert (platform, machine) == (board.PLATFORM, board.MACHINE)
    assert machine in uname
    assert path == "['', '.frozen', '/lib']"
    assert cwd == "/"
    assert 0.97 < int(free) / (2 * board.HEAP) < 1.03


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_board_leaves_nothing_behind(tmp_path, number):
    board = Board(scratch=tmp_path)
    child = board.child()
    with board.line() as line:
        line.raw()
        line.start("while True: pass")
        assert list(tmp_path.iterdir())
        assert board.stop(number) == 0
    assert gone(child)
    assert not list(tmp_path.iterdir())


def test_a_killed_supervisor_takes_its_board_along(tmp_path):
    board = Board(scratch=tmp_path)
    child = board.child()
    with board.line() as line:
        line.raw()
        line.start("while True: pass")
        board.stop(signal.SIGKILL)
    assert gone(child)
    assert not list(tmp_path.iterdir())


def test_an_interpreter_that_dies_is_a_reset(tmp_path):
    with virtual(tmp_path) as board:
        board.does("exec", "open('/main.py', 'w').write('print(\"main runs\")')")
        with board.line() as line:
            import os

            os.kill(board.child(), signal.SIGKILL)
            line.until(b"main runs\r\n")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--board", "toaster"], "unknown board 'toaster'; there are: esp32_generic,"),
        (["--fs", "no/such/folder"], "--fs no/such/folder is no folder"),
        (["--wav", "no/such/folder/out.wav"], "cannot write no/such/folder/out.wav"),
        (["--speed", "9"], "unrecognized arguments"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(arguments, says, capsys):
    try:
        code = cli.main(["virtual", *arguments])
    except SystemExit as end:
        code = end.code
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.startswith("aether: ") and says in err
    assert err.count("\n") == 1
