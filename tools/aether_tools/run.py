"""`aether run`: any MicroPython program on the virtual board, in virtual time."""

import argparse
import json
import math
import shutil
import sys
from pathlib import Path

from aether_tools import boards, session
from aether_tools.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the program")
    parser.add_argument("--board", default="virtual", metavar="NAME", help="the board to be")
    parser.add_argument(
        "--seconds",
        type=_number,
        default=10.0,
        metavar="S",
        help="virtual seconds after which the program is ended (default: 10; 0: never)",
    )
    parser.add_argument("--wav", type=Path, metavar="OUT", help="write what the DAC would get")
    parser.add_argument("--wav-in", type=Path, metavar="IN", help="what an I2S receives")
    parser.add_argument("--fs", type=Path, metavar="DIR", help="the board's file system")
    parser.add_argument("--sd", type=Path, metavar="DIR", help="the files on its SD card")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write a report")
    parser.add_argument(
        "--cost",
        type=_number,
        default=0.0,
        metavar="US",
        help="microseconds that rendering takes for every 64 frames written (default: 0)",
    )


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or not 0 <= value <= 1e6:
        raise argparse.ArgumentTypeError("a number from 0 to 1000000 is allowed")
    return value


def main(args: argparse.Namespace) -> int:
    """0, 1 if the program failed, 130 if interrupted; UserError for bad arguments."""
    board = boards.load(args.board)
    if not args.file.is_file():
        raise UserError(f"no file '{args.file}'")
    try:
        args.file.read_text("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{args.file} is no text in UTF-8, as programs are") from None
    except OSError as error:
        raise UserError(f"cannot read {args.file}: {error.strerror}") from None
    if args.fs is not None and not args.fs.is_dir():
        raise UserError(f"--fs {args.fs} is no folder")
    if args.sd is not None and not args.sd.is_dir():
        raise UserError(f"--sd {args.sd} is no folder")
    session.check_apart([args.file, args.wav_in], [args.wav, args.json])
    scratch = session.writable(args.json) if args.json else None
    try:
        result = session.run(
            board,
            program=args.file,
            fs=args.fs,
            sd=args.sd,
            seconds=args.seconds,
            wav=args.wav,
            wav_in=args.wav_in,
            cost=args.cost,
        )
        if scratch:
            part = scratch / "report.json"
            part.write_text(json.dumps(result.report, indent=2, sort_keys=True) + "\n")
            part.replace(args.json.resolve())
    finally:
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)
    for line in result.messages:
        print(f"aether: {line}", file=sys.stderr)
    return result.exit_code
