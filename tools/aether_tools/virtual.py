"""`aether virtual`: the virtual board behind a pty, for mpremote."""

import argparse
import contextlib
import shutil
import signal
import struct
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from aether_tools import boards, interpreter, sd_folder, session
from aether_tools.errors import UserError

_HEADER = 44


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--board", default="virtual", help="the board to be (default: virtual)")
    parser.add_argument(
        "--fs", type=Path, metavar="DIR", help="its file system (default: an empty one)"
    )
    parser.add_argument("--sd", type=Path, metavar="DIR", help="the files on its SD card")
    parser.add_argument(
        "--wav", type=Path, metavar="OUT", help="write what its I2S plays, at the end"
    )


def main(args: argparse.Namespace) -> int:
    """Serves until SIGINT or SIGTERM; prints the port on a line of its own."""
    board = boards.load(args.board)
    if not interpreter.available():
        raise UserError(interpreter.why_not())
    # Only now: there are no ptys where there is no interpreter.
    from aether_tools.virtual_bridge import Bridge

    if args.fs is not None and not args.fs.is_dir():
        raise UserError(f"--fs {args.fs} is no folder")
    if args.sd is not None and not args.sd.is_dir():
        raise UserError(f"--sd {args.sd} is no folder")
    with (
        tempfile.TemporaryDirectory(prefix="aether-") as scratch,
        _inserted(args.sd, Path(scratch) / "card") as card,
        _recorded(args.wav) as wavs,
    ):
        root = Path(scratch) / "root"
        root.mkdir()
        fs = (args.fs or root).resolve()
        bridge = Bridge(board, fs, wavs, [Path(scratch), *([wavs] if wavs else [])], card)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: bridge.stop())
        try:
            bridge.serve(lambda: _tell(bridge.port))
        except RuntimeError as error:
            print(f"aether: {error}", file=sys.stderr)
            return 1
    return 0


def _tell(port: str) -> None:
    print(port, flush=True)
    if sys.stderr.isatty():
        print(f"aether: mpremote connect {port}; Ctrl-C ends the board", file=sys.stderr)


@contextlib.contextmanager
def _inserted(folder: Path | None, work: Path) -> Iterator[Path | None]:
    """The image of a card with a folder's files, which gets what is changed there at the end."""
    if folder is None:
        yield None
        return
    work.mkdir()
    card = sd_folder.Card(folder, work)
    yield card.image
    card.take_back()


@contextlib.contextmanager
def _recorded(wav: Path | None) -> Iterator[Path | None]:
    """A folder for the sound of each power-on, which becomes OUT, OUT.2.wav and so on."""
    if wav is None:
        yield None
        return
    folder = session.writable(wav)
    try:
        yield folder
        number = 0
        for power in sorted(folder.iterdir()):
            for part in sorted(power.glob("*.wav"), key=lambda p: int(p.stem)):
                if part.stat().st_size <= _HEADER:
                    continue
                number += 1
                _complete(part)
                part.replace(session.numbered(wav, number))
        if not number:
            print(f"aether: nothing was played: {wav} is not written", file=sys.stderr)
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
