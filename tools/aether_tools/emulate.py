"""`aether emulate`: apps and programs on the emulated Pico, under stock firmware."""

import argparse
import contextlib
import json
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from aether_tools import emulate_report, emulate_run, emulation, flash, layout, plan, session
from aether_tools.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", type=Path, nargs="*", metavar="FILE.py", help="programs, run one after the other"
    )
    parser.add_argument(
        "--app", metavar="NAME|FILE.py", help="an app, started by main.py (default: tone)"
    )
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="passed to the app's start(); can be given several times",
    )
    emulation.add_arguments(parser)
    parser.add_argument(
        "--seconds",
        type=emulation.seconds,
        metavar="S",
        help="emulated seconds after which it ends (default: 2); with --pty seconds of this "
        "machine (default: never)",
    )
    parser.add_argument("--fs", type=Path, metavar="DIR", help="files for its flash")
    parser.add_argument(
        "--wav",
        type=Path,
        metavar="OUT",
        help="write what the pins send, in stereo",
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write a report")
    parser.add_argument(
        "--xip", action="store_true", help="charge for misses of the flash cache, by a model"
    )
    parser.add_argument(
        "--pty", action="store_true", help="open its USB serial, and print the port for mpremote"
    )


def main(args: argparse.Namespace) -> int:
    """0, 1 if the program failed, 3 if it crashed the core; UserError for bad arguments."""
    _check(args)
    try:
        return _emulate(args)
    except plan.AppError as error:
        print(error, file=sys.stderr)
        print(f"aether: {args.app} does not compile", file=sys.stderr)
        return 1


def _emulate(args: argparse.Namespace) -> int:
    if args.pty:
        if args.json:
            raise UserError("--json needs a run that ends: leave it or --pty away")
        try:
            from aether_tools import emulate_pty
        except ImportError:
            raise UserError("--pty needs Linux or macOS: there are no ptys here") from None
        return emulate_pty.serve(args)
    args.seconds = args.seconds or 2.0
    with contextlib.ExitStack() as stack:
        json_folder = stack.enter_context(session.beside(args.json))
        wav_folder = stack.enter_context(session.beside(args.wav))
        setting = emulation.setting(args)
        sound = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aether-")))
        bar = stack.enter_context(_bar())
        session.check_apart(emulation.read_by(setting, args.files), [args.wav, args.json])
        ran = emulate_run.run(setting, args, sound, bar)
        bar.stop()
        report = emulate_report.make(setting, args, ran)
        parts = []
        if wav_folder:
            parts = emulate_report.write_wavs(ran.segments, wav_folder, args.wav)
            report["wavs"] = [str(target) for _, target in parts]
        if json_folder:
            part = json_folder / "report.json"
            part.write_text(json.dumps(report, indent=2, sort_keys=True) + "\n")
            parts.append((part, args.json))
        session.place(parts)
    emulate_report.show(report, Console())
    for line in ran.messages:
        print(f"aether: {line}", file=sys.stderr)
    if args.wav and not report["wavs"]:
        print(f"aether: nothing was played: {args.wav} is not written", file=sys.stderr)
    return ran.exit_code


def _check(args: argparse.Namespace) -> None:
    """What is wrong with the arguments by themselves, before anything is fetched."""
    if args.files and (args.app or args.option or args.pty):
        raise UserError("programs are run by themselves: leave --app, --option and --pty away")
    for path in args.files:
        if not path.is_file():
            raise UserError(f"no file '{path}'")
    if not args.files and not args.pty:
        args.app = args.app or "tone"
    if args.app:
        layout.app_path(args.app)
    args.options = flash.parse_options(args.option)
    if args.options and not args.app:
        raise UserError("--option is for an app: name it with --app")
    if args.fs is not None and not args.fs.is_dir():
        raise UserError(f"--fs {args.fs} is no folder")
    session.check_apart([*args.files, args.firmware, args.bootrom], [args.wav, args.json])


def _bar() -> Progress:
    terminal = Console(stderr=True)
    return Progress(
        TextColumn("emulated Pico"),
        BarColumn(),
        TextColumn("{task.completed:.1f} of {task.total:.1f} s, in"),
        TimeElapsedColumn(),
        console=terminal,
        transient=True,
        disable=not terminal.is_terminal,
    )
