"""`aether flash`: library, board file and app onto a board, then start the app."""

import argparse
import ast
import sys

from aether_tools import boards, layout, manifest, mpy, plan
from aether_tools.board_files import BoardFiles
from aether_tools.device import Device, Info, connect, printed_lines
from aether_tools.errors import UserError
from aether_tools.manifest import Manifest
from aether_tools.plan import Plan

_FROZEN = """
import sys
p = sys.path[:]
sys.path[:] = ['.frozen']
try:
    import aether
    print('frozen')
except Exception:
    pass
sys.path[:] = p
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--board", metavar="NAME", help="default: what the board says it is")
    parser.add_argument("--app", default="tone", metavar="NAME|FILE.py", help="default: tone")
    parser.add_argument("--port", help="serial port; default: the only USB one")
    parser.add_argument(
        "--replace-main",
        action="store_true",
        help="replace a main.py that is not aether's; it is kept as main.py.bak",
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="passed to the app's start(); can be given several times",
    )


def main(args: argparse.Namespace) -> int:
    layout.app_path(args.app)
    options = parse_options(args.option)
    if args.board:
        boards.load(args.board)
    if args.board == "virtual" and not args.port:
        raise UserError("the virtual board has no USB port: give the one `aether virtual` prints")
    with connect(args.port) as device:
        info = device.info()
        board = choose_board(args.board, info)
        check_version(board, info)
        device.stop_app()  # with its declick; nothing may play while flash is written
        device.reset()
        loads = mpy.decode(info.mpy)
        says = "" if args.board else f" (it says '{info.machine}')"
        arch = (loads and loads.arch) or "no"
        print(
            f"board {board.NAME}{says} on {device.port}, MicroPython {info.release}, {arch} code"
        )
        try:
            wanted = layout.device_files(board, args.app, options, loads=loads)
            build = plan.build(wanted, loads)
        except plan.AppError as error:
            print(error, file=sys.stderr)
            print(f"aether: {args.app} does not compile; the board is as before", file=sys.stderr)
            return 1
        for why in sorted(set(build.sources.values())):
            count = sum(1 for w in build.sources.values() if w == why)
            print(f"{count} file{'s' if count > 1 else ''} as source: {why}")
        files = BoardFiles(device)
        install(device, files, build.files, args.replace_main)
        report_copies(device, files)
        return start(device)


def parse_options(given: list[str]) -> dict:
    """KEY=VALUE to a dictionary of plain values; what is no Python literal is a string."""
    options = {}
    for item in given:
        key, equals, text = item.partition("=")
        if not equals or not key.isidentifier():
            raise UserError(f"'{item}' is no option: it must be KEY=VALUE, KEY a Python name")
        try:
            value = ast.literal_eval(text)
            if ast.literal_eval(repr(value)) != value:
                raise ValueError
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            value = text
        options[key] = value
    return options


def choose_board(name: str | None, info: Info) -> boards.Board:
    """The board file given, if it fits what is connected, or the one that does."""
    if info.name != "micropython":
        raise UserError(f"the board runs {info.name}: aether needs MicroPython")
    known = [boards.load(n) for n in boards.names()]
    fitting = [b for b in known if _fits(b, info)]
    exact = [b for b in fitting if b.MACHINE in info.machine] or fitting
    says = f"the connected board says '{info.machine}' ({info.platform})"
    if name:
        chosen = next((b for b in fitting if name == b.NAME), None)
        if chosen is None:
            raise UserError(f"{name} does not match: {says}")
        return chosen
    if len(exact) != 1:
        names = ", ".join(b.NAME for b in exact or known)
        raise UserError(f"{says}: no telling which board that is; choose with --board: {names}")
    return exact[0]


def _fits(board: boards.Board, info: Info) -> bool:
    mcu = info.machine.rpartition(" with ")[2].partition("-")[0]  # RP2350-RISCV is an RP2350
    if (info.platform, mcu) != (board.PLATFORM, board.MCU):
        return False
    # The virtual board borrows the chip of another: only its name tells it.
    return board.NAME != "virtual" or board.MACHINE in info.machine


def check_version(board: boards.Board, info: Info) -> None:
    """UserError where the board's MicroPython is too old."""
    if tuple(info.version[:2]) < board.MICROPYTHON:
        least = ".".join(str(v) for v in board.MICROPYTHON)
        raise UserError(
            f"the board runs MicroPython {info.release}, aether needs {least} or later: "
            f"{board.FIRMWARE}"
        )


def install(
    device: Device, files: BoardFiles, wanted: dict[str, bytes], replace_main: bool
) -> None:
    """Bring the board's files to `wanted`; only what differs is written."""
    ours = read_manifest(files)
    found = files.state(plan.paths_to_ask(wanted, ours))
    head = device.value("open('/main.py', 'rb').read(32)") if plan.MAIN in found else b""
    todo = plan.make(wanted, found, ours, head.startswith(plan.MARKER), replace_main)
    space = files.space()
    if space is None:
        print("the board does not tell how much flash is free")
    else:
        missing = plan.missing_bytes(todo, wanted, found, *space)
        if missing:
            raise UserError(
                f"not enough flash on the board: {_kb(missing)} missing, "
                f"{_kb(space[0] * space[1])} free"
            )
    carry_out(files, todo, wanted)
    for path in todo.changed:
        print(f"{path} was not as flash had left it: put right")
    for path in todo.kept:
        print(f"{path} is no part of aether any more, but was changed on the board: left alone")
    for path, kept in todo.backups.items():
        print(f"{path} was not aether's: kept as {kept}")
    if files.removes_first:
        print("no rename over a file on this file system (FAT): removed, then renamed")
    if not todo.copy and not todo.remove:
        print(f"all {len(wanted)} files are up to date")
        return
    size = sum(len(wanted[path]) for path in todo.copy)
    removed = f", removed {len(todo.remove)}" if todo.remove else ""
    print(f"copied {len(todo.copy)} of {len(wanted)} files, {_kb(size)}{removed}")


def read_manifest(files: BoardFiles) -> Manifest:
    """The board's record of what is ours; an empty one where there is none, or a damaged one."""
    if manifest.PATH not in files.state([manifest.PATH]):
        return Manifest()
    ours = manifest.parse(files.read(manifest.PATH))
    if ours is None:
        print(f"{manifest.PATH} is damaged: written anew")
    return ours or Manifest()


def carry_out(files: BoardFiles, todo: Plan, wanted: dict[str, bytes]) -> None:
    """Do what the plan says, so that the board is whole at every step."""
    for path in todo.leftovers:
        files.remove(path)
    final = todo.after.dump()
    if todo.copy or todo.remove:
        files.put(manifest.PATH, todo.before.dump())
    for folder in todo.folders:
        files.make_folder(folder)
    for number, path in enumerate(todo.copy, 1):
        _progress(f"{number}/{len(todo.copy)} {path}")
        if path in todo.backups:
            files.copy(path, todo.backups[path])
        files.put(path, wanted[path])
        other = plan.twin(path)
        if other in todo.remove:
            _take_away(files, todo, other)
    for path in todo.remove:
        if plan.twin(path) not in todo.copy:
            _take_away(files, todo, path)
    if not files.holds(manifest.PATH, final):
        files.put(manifest.PATH, final)
    _progress("")


def _take_away(files: BoardFiles, todo: Plan, path: str) -> None:
    if path in todo.backups:
        files.rename(path, todo.backups[path])
    else:
        files.remove(path)


def report_copies(device: Device, files: BoardFiles) -> None:
    """Name other copies of the library on the board, and say which one it imports."""
    search = device.value("__import__('sys').path")
    if "/lib" not in search:
        print(f"the board does not look in /lib ({search}): aether cannot be imported")
        return
    names = [f"{p.rstrip('/')}/aether{e}" for p in search for e in ("", ".py", ".mpy")]
    others = files.state([n for n in names if n[0] == "/" and n != "/lib/aether"])
    ours = search.index("/lib")
    for path in others:
        folder = path.rpartition("/")[0]
        _report_copy(path, search.index(folder) < ours)
    if ".frozen" in search and "frozen" in device.run(_FROZEN):
        _report_copy("frozen into the firmware", search.index(".frozen") < ours)


def _report_copy(where: str, wins: bool) -> None:
    which = "it is imported, not /lib/aether" if wins else "/lib/aether is imported instead"
    print(f"another copy of aether, {where}: {which}")


def start(device: Device) -> int:
    """Run main.py, show the first line of the app; 1 if it failed."""
    text = device.start_main()
    before, failed, traceback = text.partition("Traceback (most recent call last)")
    for line in printed_lines(before)[:1]:
        print(line)
    if failed:
        print("\n".join(printed_lines(failed + traceback)), file=sys.stderr)
        return 1
    at_prompt = text.endswith(">>> ")
    if not printed_lines(text):
        print("the app printed nothing" + ("" if at_prompt else " in 10 s"))
    return 1 if at_prompt and not _has_app(device) else 0


def _has_app(device: Device) -> bool:
    """Whether our main.py, which is done, has started something; if not, its line said why."""
    device.interrupt()
    has_app = device.value("globals().get('app') is not None")
    device.leave()
    return has_app


def _progress(text: str) -> None:
    if sys.stdout.isatty():
        print(f"\r\x1b[K{text}", end="", flush=True)


def _kb(size: int) -> str:
    return f"{max(1, round(size / 1024))} KB" if size else "0 KB"
