"""`aether stop`: silence, and the board at its prompt."""

import argparse

from aether_tools.device import connect


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", help="serial port; default: the only USB one")


def main(args: argparse.Namespace) -> int:
    with connect(args.port) as device:
        if device.stop_app():
            print(f"stopped; {device.port} is at its prompt")
        else:
            # Nothing to ask politely: a soft reset ends every stream, and starts no main.py here.
            device.reset()
            print(
                f"no app to stop: {device.port} was reset, without main.py, and is at its prompt"
            )
        device.leave()
    return 0
