"""What a program finds on the virtual board: identity, file system, heap."""

import pytest
from aether_tools import boards
from virtual_run import needs_micropython, play

pytestmark = needs_micropython


@pytest.mark.parametrize("name", ["rpi_pico", "rpi_pico2", "esp32_generic", "esp32_s3"])
def test_the_board_says_what_it_is(name):
    board = boards.load(name)
    p = play(
        """
        import os, sys, usys, utime, time
        print(os.uname().sysname, os.uname()[4], sys.platform, usys is sys, utime is time)
        print(sys.implementation._machine, sys.implementation[0], sys.implementation._mpy & 0xff)
        print(sys.path, os.getcwd(), sys.argv, __name__, os.listdir("/"))
        import board
        print(board.NAME)
        import machine
        print(machine.freq())
        print(sys.implementation._build, repr(os.uname())[:9], repr(sys.implementation)[:6])
        """,
        name,
        opened=False,
    )
    clock = {"RP2040": 125, "RP2350": 150}.get(board.MCU, 160) * 1_000_000
    assert p.lines == [
        f"{board.PLATFORM} {board.MACHINE} {board.PLATFORM} True True",
        f"{board.MACHINE} micropython 6",
        "['', '.frozen', '/lib'] / [] __main__ []",
        name,
        str(clock),
        f"{board.FIRMWARE.split('/')[-2]} (sysname= (name=",
    ]


def test_a_program_can_import_by_any_name_of_the_boards_insides(tmp_path):
    (tmp_path / "engine.py").write_text("X = 1\n")
    (tmp_path / "sink.py").write_text("X = 2\n")
    p = play(
        """
        import engine, sink, sys
        print(engine.X, sink.X, [m for m in sys.modules if m.startswith("virtual_board")])
        from time import *
        from machine import *
        from os import *
        print(ticks_ms() >= 0, freq(), [n for n in globals() if n in ("board", "costs", "real")])
        """,
        fs=tmp_path,
        opened=False,
    )
    assert p.lines == ["1 2 []", "True 125000000 []"]


def test_the_folder_given_is_the_boards_root(tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "helper.py").write_text("def f():\n    return 42\n")
    (tmp_path / "board.py").write_text("NAME = 'mine'\n")
    p = play(
        """
        import os, helper, board
        print(helper.f(), board.NAME, sorted(os.listdir()))
        os.mkdir("/data")
        with open("/data/a.txt", "w") as f:
            f.write("hello")
        os.rename("/data/a.txt", "/data/b.txt")
        print(os.stat("/data/b.txt")[6], open("data/b.txt").read())
        try:
            open("/../../etc/passwd")
        except OSError:
            print("no way out")
        print(hasattr(os, "system"), hasattr(os, "getenv"))
        """,
        fs=tmp_path,
        opened=False,
    )
    assert p.lines == [
        "42 mine ['board.py', 'lib']",
        "5 hello",
        "no way out",
        "False False",
    ]
    assert (tmp_path / "data" / "b.txt").read_text() == "hello"


def test_the_library_is_lent_for_reading_only():
    p = play(
        """
        import aether, os
        print(aether.__file__, os.listdir("/"))
        try:
            open("/lib/aether/const.py", "w")
        except OSError as error:
            print(error.errno)
        """,
        opened=False,
    )
    assert p.lines == ["/lib/aether/__init__.py []", "30"]


def test_the_boards_own_library_comes_first(tmp_path):
    (tmp_path / "lib" / "aether").mkdir(parents=True)
    (tmp_path / "lib" / "aether" / "__init__.py").write_text("X = 'own'\n")
    assert play("import aether; print(aether.X)", fs=tmp_path, opened=False).lines == ["own"]


@pytest.mark.parametrize("name", ["rpi_pico", "esp32_generic"])
def test_the_heap_is_twice_the_boards(name):
    p = play("import gc\ngc.collect()\nprint(gc.mem_free())\n", name, opened=False)
    assert int(p.out) == pytest.approx(2 * boards.load(name).HEAP, abs=8192)


def test_more_than_the_heap_is_a_memory_error():
    p = play("bytearray(600_000)\n", opened=False)
    assert p.code == 1
    assert "MemoryError" in p.err


@pytest.mark.parametrize(("size", "warns"), [(150_000, False), (210_000, True)])
def test_a_nearly_full_heap_is_warned_of(size, warns):
    p = play(f"keep = bytearray({size})\n", opened=False)
    assert p.code == 0
    assert any("only the emulated chip" in m for m in p.result.messages) is warns


def test_boot_and_main_are_run_as_on_a_board():
    from aether_tools import session

    result = session.run(
        boards.load("rpi_pico"),
        files={
            "/boot.py": b"open('log', 'w').write('boot')\n",
            "/main.py": b"print(open('log').read(), __name__)\nimport apps.x\n",
            "/apps/x.py": b"print('app')\n",
        },
        seconds=1,
    )
    assert result.exit_code == 0
