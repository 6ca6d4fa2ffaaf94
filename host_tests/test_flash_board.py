"""flash, stop and uninstall against the virtual board through its pty."""

import hashlib
import json
import time
from types import SimpleNamespace

import pytest
from aether_tools import boards, interpreter
from aether_tools.device import connect
from flash_kit import aether, refused, small_tree, virtual_board

pytestmark = pytest.mark.skipif(not interpreter.available(), reason=interpreter.why_not())
_ARM = {"ARCH": "armv6m"}


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


def test_the_first_flash_copies_compiled_files_and_shows_the_first_line(board, flash):
    code, out, _ = flash("--option", "hz=220")
    assert code == 0
    assert out.splitlines()[-1] == "tone 1: 220 Hz"
    assert "board virtual (it says 'aether virtual board with RP2040')" in out
    assert "x64" in out
    files = board.files()
    assert {p for p, data in files.items() if data is not None} == {
        "/aether.json",
        "/apps/tone.mpy",
        "/autostart.py",
        "/board.py",
        "/lib/aether/__init__.mpy",
        "/lib/aether/fast.mpy",
        "/main.py",
    }
    assert files["/lib/aether/fast.mpy"][2] >> 2 == 2, "machine code is for x64"
    assert files["/lib/aether/__init__.mpy"][2] >> 2 == 0, "bytecode is for any arch"
    record = json.loads(files["/aether.json"])["files"]
    assert record["/main.py"] == [hashlib.sha256(files["/main.py"]).hexdigest()]


def test_a_second_flash_copies_nothing(board, flash):
    flash()
    times = {p: p.stat().st_mtime_ns for p in board.root.rglob("*") if p.is_file()}
    code, out, _ = flash()
    assert code == 0
    assert "all 6 files are up to date" in out
    assert out.splitlines()[-1] == "tone 1: 440 Hz"
    assert {p: p.stat().st_mtime_ns for p in board.root.rglob("*") if p.is_file()} == times


def test_only_a_changed_file_is_copied(board, flash, tree):
    flash()
    (tree / "lib/aether/__init__.py").write_text("VERSION = 2\n")
    _, out, _ = flash()
    assert "copied 1 of 6 files" in out
    assert out.splitlines()[-1] == "tone 2: 440 Hz"


def test_a_file_damaged_on_the_board_is_repaired(board, flash):
    flash()
    whole = board.read("/lib/aether/fast.mpy")
    board.write("/lib/aether/fast.mpy", whole[:-3] + b"xyz")
    code, out, _ = flash()
    assert code == 0
    assert "/lib/aether/fast.mpy was not as flash had left it" in out
    assert board.read("/lib/aether/fast.mpy") == whole


def test_a_damaged_record_is_written_anew(board, flash):
    flash()
    whole = board.read("/aether.json")
    board.write("/aether.json", whole[:40])
    code, out, _ = flash()
    assert code == 0
    assert "/aether.json is damaged: written anew" in out
    assert json.loads(board.read("/aether.json"))["files"] == json.loads(whole)["files"]


def test_the_twin_with_the_other_extension_goes(board, flash):
    board.write("/lib/aether/fast.py", "raise ValueError('the old library')\n")
    code, out, _ = flash()
    assert code == 0
    assert "removed 1" in out
    assert "/lib/aether/fast.py" not in board.files()


def test_a_library_file_that_is_no_more_goes(board, flash, tree):
    flash()
    (tree / "lib/aether/fast.py").rename(tree / "lib/aether/quick.py")
    app = tree / "firmware/apps/tone.py"
    app.write_text(app.read_text().replace("aether.fast", "aether.quick"))
    assert flash()[0] == 0
    assert "/lib/aether/quick.mpy" in board.files()
    assert "/lib/aether/fast.mpy" not in board.files()


def test_what_a_flash_that_was_cut_short_left_goes(board, flash):
    flash()
    board.write("/board.py.new", "NAME = 'vir")
    board.write("/lib/aether/other.mpy.new", "not ours")
    flash()
    left = [path for path in board.files() if path.endswith(".new")]
    assert left == ["/lib/aether/other.mpy.new"]


def test_a_main_of_the_users_stays_unless_asked(board, flash, capsys):
    board.write("/main.py", "print('mine')\n")
    assert "--replace-main" in refused(flash())
    assert board.files() == {"/main.py": b"print('mine')\n"}
    code, out, _ = flash("--replace-main")
    assert code == 0
    assert "/main.py was not aether's: kept as /main.py.bak" in out
    assert board.read("/main.py.bak") == b"print('mine')\n"
    assert flash()[0] == 0, "the main.py that is there now is ours"


def test_a_kept_main_is_never_overwritten(board, flash):
    board.write("/main.py", "print('mine')\n")
    board.write("/main.py.bak", "print('older')\n")
    assert "/main.py.bak, which exists" in refused(flash("--replace-main"))
    assert board.read("/main.py.bak") == b"print('older')\n"


def test_another_file_of_the_users_in_our_place_is_kept(board, flash, capsys):
    board.write("/board.py", "PINS = 3\n")
    flash()
    assert board.read("/board.py.bak") == b"PINS = 3\n"
    aether(capsys, "uninstall", "--port", board.port)
    assert board.files() == {"/board.py": b"PINS = 3\n"}


def test_a_users_own_app(board, flash, tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text("print('hello from mine')\n")
    code, out, _ = flash("--app", mine)
    assert code == 0
    assert out.splitlines()[-1] == "hello from mine"
    assert "/apps/mine.mpy" in board.files()


def test_an_app_that_keeps_the_prompt_away_is_left_running(board, flash, tmp_path, capsys):
    mine = tmp_path / "mine.py"
    mine.write_text("import time\nprint('begun')\nwhile True:\n    time.sleep(1)\n")
    code, out, _ = flash("--app", mine)
    assert (code, out.splitlines()[-1]) == (0, "begun")
    code, out, _ = flash()
    assert (code, out.splitlines()[-1]) == (0, "tone 1: 440 Hz")


def test_an_app_that_floods_its_output_cannot_keep_flash_out(board, flash, tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text("while True:\n    print('again and again')\n")
    begin = time.monotonic()
    assert flash("--app", mine)[1].splitlines()[-1] == "again and again"
    assert time.monotonic() - begin < 9, "one line is enough to see that it runs"
    code, out, _ = flash()
    assert (code, out.splitlines()[-1]) == (0, "tone 1: 440 Hz")


def test_an_app_that_fails_shows_its_traceback(board, flash, tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text("def start(board):\n    print('so far')\n    return 1 // 0\n")
    code, out, err = flash("--app", mine)
    assert code == 1
    assert out.splitlines()[-1] == "so far"
    assert err.startswith("Traceback (most recent call last):")
    assert err.splitlines()[-1].startswith("ZeroDivisionError")


def test_an_app_that_does_not_compile_leaves_the_board_as_it_was(board, flash, tmp_path):
    flash()
    before = board.files()
    mine = tmp_path / "mine.py"
    mine.write_text("def start(:\n")
    code, _, err = flash("--app", mine)
    assert code == 1
    assert "SyntaxError" in err
    assert 'File "apps/mine.py", line 1' in err
    assert "the board is as before" in err
    assert board.files() == before


def test_an_app_that_prints_nothing_is_said_plainly(board, flash, tmp_path):
    mine = tmp_path / "mine.py"
    mine.write_text("x = 1\n")
    code, out, _ = flash("--app", mine)
    assert (code, out.splitlines()[-1]) == (0, "the app printed nothing")


def test_another_copy_of_the_library_is_reported(board, flash):
    board.write("/aether/__init__.py", "VERSION = 7\n")
    board.write("/aether/fast.py", "f = int\n")
    code, out, _ = flash()
    assert code == 0
    assert "another copy of aether, /aether: it is imported, not /lib/aether" in out
    assert out.splitlines()[-1] == "tone 7: 440 Hz"


def test_the_library_and_app_of_this_repository(board, capsys, monkeypatch):
    # What the board loads counts, not what its file says.
    load = boards.load
    monkeypatch.setattr(boards, "load", lambda name: SimpleNamespace(**vars(load(name)) | _ARM))
    code, out, err = aether(capsys, "flash", "--port", board.port)
    assert code == 0, out + err
    assert out.splitlines()[-1].startswith("aether: tone")
    with connect(board.port) as device:
        assert device.value("__import__('aether.kernels').kernels.backend") == "viper"
    assert not [path for path in board.files() if "thumb" in path]
    assert aether(capsys, "stop", "--port", board.port)[0] == 0
    # A file of this name keeps main.py from starting the app.
    board.write("/no_autostart", "")
    code, out, _ = aether(capsys, "flash", "--port", board.port)
    assert code == 1, "nothing was started"
    assert "no_autostart" in out.splitlines()[-1]


def test_stop_calls_the_apps_stop(board, flash, capsys):
    flash()
    code, out, _ = aether(capsys, "stop", "--port", board.port)
    assert code == 0
    assert out.startswith("stopped")
    with connect(board.port) as device:
        assert device.value("app.stopped")


def test_stop_resets_a_board_with_no_app_and_starts_nothing(board, tree, capsys):
    write = "with open('/started', 'a') as f:\n    f.write('x')\n"
    board.write("/main.py", write + "while True:\n    mine = 1\n")
    board.kill()
    board.start()
    board.wait_for("/started", b"x")
    code, out, _ = aether(capsys, "stop", "--port", board.port)
    assert code == 0
    assert out.startswith("no app to stop")
    assert board.read("/started") == b"x", "started at power-on, and not again"
    with connect(board.port) as device:
        assert not device.value("'mine' in globals()")


def test_uninstall_leaves_the_board_as_it_was(board, flash, tmp_path, capsys):
    board.write("/main.py", "print('mine')\n")
    board.write("/lib/other.py", "x = 1\n")
    board.write("/notes.txt", "mine\n")
    before = board.files()
    mine = tmp_path / "mine.py"
    mine.write_text("print('hello')\n")
    assert flash("--replace-main")[0] == 0
    assert flash("--app", mine)[0] == 0
    code, out, _ = aether(capsys, "uninstall", "--port", board.port)
    assert code == 0
    assert "/main.py is yours again" in out
    assert board.files() == before


def test_uninstall_leaves_and_names_what_was_changed(board, flash, capsys):
    flash()
    board.write("/board.py", "PINS = 4\n")
    board.write("/apps/more.py", "x = 1\n")
    code, out, _ = aether(capsys, "uninstall", "--port", board.port)
    assert code == 0
    assert "/board.py was changed on the board: left" in out
    assert "/apps holds files that are not aether's: left" in out
    left = {p for p, data in board.files().items() if data is not None}
    assert left == {"/board.py", "/apps/more.py"}


def test_uninstall_of_a_board_without_aether_removes_nothing(board, tree, capsys):
    board.write("/main.py", "# aether main\n")
    code, out, _ = aether(capsys, "uninstall", "--port", board.port)
    assert code == 0
    assert "nothing to remove" in out
    assert board.files() == {"/main.py": b"# aether main\n"}
