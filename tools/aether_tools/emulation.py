"""What the commands on the emulated Pico share: their options, the images, the library's files."""

import argparse
import math
from pathlib import Path

from aether_tools import boards, download, images, layout, mpy, node, plan
from aether_tools.boards import Board
from aether_tools.emulated_pico import Setting

_LONGEST = 3600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        f"Needs Node {node.OLDEST} or later. What is fetched is kept in {download.cache_folder()} "
        f"({download.VARIABLE} names another folder)."
    )
    parser.add_argument(
        "--firmware",
        type=Path,
        metavar="UF2",
        help="MicroPython for the Pico (default: AETHER_PICO_UF2, or that of the board file)",
    )
    parser.add_argument(
        "--bootrom",
        type=Path,
        metavar="BIN",
        help="boot ROM of the RP2040 (default: AETHER_PICO_BOOTROM, or that of the board file)",
    )
    parser.add_argument("--offline", action="store_true", help="fetch nothing")
    parser.add_argument(
        "--board", default="rpi_pico", metavar="NAME", help="an RP2040 (default: rpi_pico)"
    )


def seconds(text: str) -> float:
    """The type of --seconds."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= _LONGEST:
        raise argparse.ArgumentTypeError(f"must be above 0, up to {_LONGEST}, not '{text}'")
    return value


def setting(args: argparse.Namespace) -> Setting:
    """Images first, Node after them; UserError for what is missing or damaged."""
    board = boards.load(args.board)
    found = images.find(board, args.firmware, args.bootrom, offline=args.offline)
    return Setting(board, found, node.find(offline=args.offline))


def read_by(setting: Setting, files: list[Path]) -> list[Path]:
    """Every file that a run reads, and that none of its outputs may replace."""
    return [*files, setting.images.firmware, setting.images.bootrom]


def library(board: Board, loads: mpy.Format | None) -> dict[str, bytes]:
    """Library and board file as `aether flash` puts them there: compiled where it compiles."""
    device_files = layout.device_files(board, layout.app_names()[0])
    wanted = {p: f for p, f in device_files.items() if p.startswith("/lib/") or p == "/board.py"}
    return plan.build(wanted, loads).files
