"""`aether uninstall`: take off a board exactly what flash put there."""

import argparse

from aether_tools import manifest, plan
from aether_tools.board_files import BoardFiles
from aether_tools.device import connect
from aether_tools.errors import UserError
from aether_tools.manifest import Manifest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", help="serial port; default: the only USB one")


def main(args: argparse.Namespace) -> int:
    with connect(args.port) as device:
        device.stop_app()
        device.reset()
        files = BoardFiles(device)
        if manifest.PATH not in files.state([manifest.PATH]):
            print(f"nothing to remove: the board has no {manifest.PATH}, which flash writes")
            return 0
        ours = manifest.parse(files.read(manifest.PATH))
        if ours is None:
            raise UserError(f"{manifest.PATH} is damaged: flash again, then uninstall")
        for line in remove(files, ours):
            print(line)
        device.leave()
    return 0


def remove(files: BoardFiles, ours: Manifest) -> list[str]:
    """Undo what the manifest tells; what a person should know of it, as lines.

    The manifest goes last: an uninstall that is cut short can be run again.
    """
    kept = ours.backups.values()
    leftovers = [f"{p}.new" for p in [*ours.files, *kept, manifest.PATH]]
    found = files.state([*ours.files, *kept, *leftovers])
    lines = []
    # main.py first, then what it imports: no step leaves a board that cannot boot.
    removed = 0
    for path in sorted(ours.files, key=plan.rank, reverse=True):
        if path not in found:
            continue
        if ours.owns(path, found[path].sha256):
            removed += 1
            if ours.backups.get(path) not in found:
                files.remove(path)
        else:
            lines.append(f"{path} was changed on the board: left")
    for path, copy in ours.backups.items():
        there = found.get(path)
        if copy not in found:
            continue
        if there is None or ours.owns(path, there.sha256):
            files.rename(copy, path)
            lines.append(f"{path} is yours again, from {copy}")
        else:
            lines.append(f"{copy} is yours of before: left")
    for path in leftovers:
        if path in found:
            files.remove(path)
    files.remove(manifest.PATH)
    for folder in reversed(ours.folders):
        if not files.remove_folder(folder):
            lines.append(f"{folder} holds files that are not aether's: left")
    return [f"removed {removed} files", *lines]
