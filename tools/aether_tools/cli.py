"""Entry point of the command `aether`: picks the subcommand and turns errors into exit codes."""

import argparse
import errno
import os
import signal
import sys
from importlib import import_module

from aether_tools import __version__
from aether_tools.errors import UserError

# Subcommand -> module with add_arguments(parser) and main(args) -> exit code.
COMMANDS = {
    "demo": ("aether_tools.demo", "play the main app on the virtual board into a WAV file"),
    "run": ("aether_tools.run", "run any MicroPython program on the virtual board"),
    "virtual": ("aether_tools.virtual", "put the virtual board behind a pty for mpremote"),
    "emulate": ("aether_tools.emulate", "run apps and programs on the emulated Pico"),
    "cycles": ("aether_tools.cycles", "count what snippets cost on the emulated Pico"),
    "graph": ("aether_tools.graph", "draw an app's patch, with its buffers and its cost"),
    "flash": ("aether_tools.flash", "put library, board file and app on a board, start the app"),
    "stop": ("aether_tools.stop", "stop the app that plays on a board"),
    "uninstall": ("aether_tools.uninstall", "take aether off a board"),
    "probe": ("aether_tools.probe", "time the pool and the callback on a board"),
}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        # One line, as for every other mistake; the usage text is behind --help.
        self.exit(2, f"aether: {message} (see {self.prog} --help)\n")


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    parser = _Parser(prog="aether", description="Real-time audio on stock MicroPython.")
    parser.add_argument("--version", action="version", version=f"aether {__version__}")
    sub = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    wanted = next((a for a in argv if not a.startswith("-")), None)
    for name, (module, summary) in COMMANDS.items():
        child = sub.add_parser(name, help=summary, description=summary)
        if name == wanted:  # numpy and matplotlib are slow to import: only for their own command
            import_module(module).add_arguments(child)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns its exit code (0, 1 program failed, 2 user's mistake)."""
    argv = sys.argv[1:] if argv is None else argv
    try:
        args = _parser(argv).parse_args(argv)
        return import_module(COMMANDS[args.command][0]).main(args)
    except UserError as error:
        print(f"aether: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 141
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EIO):  # what is piped somewhere cannot be taken
            print(f"aether: cannot write the output: {error.strerror}", file=sys.stderr)
            return 2
        if error.filename is None:
            raise
        print(f"aether: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2


def _interrupted(*_) -> None:
    # Not by way of SIGINT: a script's background job is started with that one ignored.
    raise KeyboardInterrupt


def run() -> None:
    """Entry point of the installed command."""
    if sys.stdin is None:
        os.open(os.devnull, os.O_RDONLY)  # or the next file opened would be standard input
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # end as Ctrl-C does, and clean up
            signal.signal(getattr(signal, name), _interrupted)
    sys.exit(main())
