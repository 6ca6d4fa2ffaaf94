"""`aether emulate --pty`: the USB serial of the emulated Pico behind a pty, for mpremote."""

import argparse
import contextlib
import json
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time
import tty
from pathlib import Path

from aether_tools import emulate_report, emulate_run, emulation, filesystem, paths, session
from aether_tools.emulated_pico import EmulatedPico, Segment, Setting, last_line, write_config

_CHUNK = 4096
# Bytes kept for a client that does not read; what is more is dropped, as USB does it.
_UNREAD = 1 << 16
# Seconds that the emulator has for completing the sound's file.
_FINISH = 10


def serve(args: argparse.Namespace) -> int:
    """Prints the port, serves until interrupted or for --seconds; 3 if the core crashed."""
    setting = emulation.setting(args)
    with contextlib.ExitStack() as stack:
        wav_folder = stack.enter_context(session.beside(args.wav))
        session.check_apart(emulation.read_by(setting, []), [args.wav])
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aether-")))
        sound = folder / "sound"
        sound.mkdir()
        files = _files(setting, args)
        config = write_config(folder, setting, args.xip, sound)
        with (folder / "flash.bin").open("r+b") as flash:
            flash.seek(filesystem.START)
            flash.write(filesystem.image(files))
        with (folder / "log").open("w+b") as log:
            crash = _bridge(setting, config, log, args.seconds)
        segments = _segments(sound)
        parts = emulate_report.write_wavs(segments, wav_folder, args.wav) if wav_folder else []
        session.place(parts)
        if args.wav and not parts:
            print(f"aether: nothing was played: {args.wav} is not written", file=sys.stderr)
    if crash:
        print(f"aether: {crash}", file=sys.stderr)
    return 3 if crash else 0


def _files(setting: Setting, args: argparse.Namespace) -> dict[str, bytes]:
    with EmulatedPico(setting) as pico:
        pico.boot()  # an image that does not is told of before a port is
        if not args.app:
            return emulate_run.own_files(args)
        return emulate_run.files(pico.loads(), setting.board, args)


def _bridge(setting: Setting, config: Path, log, seconds: float | None) -> str | None:
    """Passes bytes on until the end; the emulator's last words if it ended by itself."""
    master, slave = pty.openpty()
    tty.setraw(slave)  # held open: a client that leaves is no hang-up
    bell, ring = os.pipe()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: os.write(ring, b"!"))
    process = subprocess.Popen(
        [*setting.node.command, str(paths.EMULATOR / "serial.mjs"), str(config)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        start_new_session=True,  # a Ctrl-C in the terminal is for us
    )
    try:
        port = os.ttyname(slave)
        print(port, flush=True)
        if sys.stderr.isatty():
            print(f"aether: mpremote connect {port}; Ctrl-C ends the board", file=sys.stderr)
        ended = _pass_on(process, master, bell, seconds)
        process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_FINISH)
        return last_line(log) if ended else None
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        for fd in (master, slave, bell, ring):
            os.close(fd)


def _pass_on(process: subprocess.Popen, master: int, bell: int, seconds: float | None) -> bool:
    """Whether the emulator ended by itself."""
    end = time.monotonic() + seconds if seconds else None
    keys, screen = process.stdin.fileno(), process.stdout.fileno()
    os.set_blocking(master, False)
    waiting = b""
    while True:
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            return False
        ready, writable, _ = select.select(
            [master, screen, bell], [master] if waiting else [], [], left
        )
        if bell in ready:
            return False
        if master in ready:
            with contextlib.suppress(BlockingIOError, BrokenPipeError):
                os.write(keys, os.read(master, _CHUNK))
        if screen in ready:
            data = os.read(screen, _CHUNK)
            if not data:
                return True
            if len(waiting) < _UNREAD:
                waiting += data
        if writable:
            with contextlib.suppress(BlockingIOError):
                waiting = waiting[os.write(master, waiting) :]


def _segments(sound: Path) -> list[Segment]:
    path = sound / "sound.json"
    if not path.is_file():
        return []
    listed = json.loads(path.read_text())
    return [Segment(**(segment | {"file": sound / segment["file"]})) for segment in listed]
