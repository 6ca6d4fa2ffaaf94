"""`aether virtual`: the virtual board behind a pty, for mpremote."""

import argparse
import contextlib
import shutil
import signal
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

from aether_tools import boards, interpreter
from aether_tools.errors import UserError
from aether_tools.virtual_bridge import Bridge

_HEADER = 44


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--board", default="virtual", help="the board to be (default: virtual)")
    parser.add_argument(
        "--fs", type=Path, metavar="DIR", help="its file system (default: an empty one)"
    )
    parser.add_argument(
        "--wav", type=Path, metavar="OUT", help="write what its I2S plays, at the end"
    )


def main(args: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM; prints the port on a line of its own."""
    board = boards.load(args.board)
    if not interpreter.available():
        raise UserError(interpreter.why_not())
    if args.fs is not None and not args.fs.is_dir():
        raise UserError(f"--fs {args.fs} is not a directory")
    if args.wav is not None and not args.wav.resolve().parent.is_dir():
        raise UserError(f"--wav {args.wav}: no directory {args.wav.parent}")
    with tempfile.TemporaryDirectory(prefix="aether-") as scratch, _recorded(args.wav) as wavs:
        bridge = Bridge(board, (args.fs or Path(scratch)).resolve(), wavs)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: bridge.stop())
        bridge.serve(lambda: print(bridge.port, flush=True))
    return 0


@contextlib.contextmanager
def _recorded(wav: Path | None) -> Iterator[Path | None]:
    """A folder for the sound of each power-on, which becomes OUT, OUT.2.wav and so on."""
    if wav is None:
        yield None
        return
    try:
        folder = Path(tempfile.mkdtemp(prefix=".aether-", dir=wav.resolve().parent))
    except OSError as error:
        raise UserError(f"--wav {wav} cannot be written: {error.strerror}") from None
    try:
        yield folder
        parts = [part for part in sorted(folder.glob("*/*.wav")) if part.stat().st_size > _HEADER]
        for number, part in enumerate(parts, 1):
            _complete(part)
            part.replace(wav if number == 1 else wav.with_suffix(f".{number}{wav.suffix}"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _complete(wav: Path) -> None:
    """Fills in the sizes, which the board leaves open."""
    size = wav.stat().st_size
    with wav.open("r+b") as file:
        file.seek(4)
        file.write(struct.pack("<I", size - 8))
        file.seek(_HEADER - 4)
        file.write(struct.pack("<I", size - _HEADER))
