"""`aether run`: any MicroPython program on the virtual board, in virtual time."""

import argparse
import json
from pathlib import Path

from aether_tools import boards, session
from aether_tools.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the program")
    parser.add_argument("--board", default="virtual", help="the board to behave as")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="S")
    parser.add_argument("--wav", type=Path, metavar="OUT")
    parser.add_argument("--wav-in", type=Path, metavar="IN")
    parser.add_argument("--fs", type=Path, metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="OUT")
    parser.add_argument("--cost", type=float, default=0.0, metavar="US")


def main(args: argparse.Namespace) -> int:
    board = boards.load(args.board)
    if not args.file.is_file():
        raise UserError(f"no file '{args.file}'")
    result = session.run(
        board,
        program=args.file,
        fs=args.fs,
        seconds=args.seconds,
        wav=args.wav,
        wav_in=args.wav_in,
        cost=args.cost,
    )
    if args.json is not None:
        args.json.write_text(json.dumps(result.report, indent=2) + "\n")
    return result.exit_code
