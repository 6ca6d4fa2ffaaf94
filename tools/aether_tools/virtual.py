"""`aether virtual`: the virtual board behind a pty, for mpremote."""

import argparse
import signal
import tempfile
from pathlib import Path

from aether_tools import boards, interpreter
from aether_tools.errors import UserError
from aether_tools.virtual_bridge import Bridge


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--board", default="virtual", help="the board to be (default: virtual)")
    parser.add_argument("--fs", type=Path, metavar="DIR", help="folder that is its file system")
    parser.add_argument("--wav", type=Path, metavar="OUT", help="write what I2S plays to OUT")


def main(args: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM; prints the port on a line of its own."""
    board = boards.load(args.board)
    if not interpreter.available():
        raise UserError(interpreter.why_not())
    if args.fs is not None and not args.fs.is_dir():
        raise UserError(f"--fs {args.fs}: not a directory")
    with tempfile.TemporaryDirectory(prefix="aether-") as scratch:
        bridge = Bridge(board, str((args.fs or Path(scratch)).resolve()))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: bridge.stop())
        bridge.serve(lambda: print(bridge.port, flush=True))
    return 0
