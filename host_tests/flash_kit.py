"""A virtual board on a pty for the tests of flash, stop and uninstall, and a small tree to flash.

The board's flash is a folder of the host, or a real littlefs or FAT in a file of that folder:
its boot.py mounts that in place of the folder, as a power-cut would leave it.
"""

import os
import select
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

from aether_tools import cli, paths
from aether_tools.board_files import BoardFiles
from aether_tools.device import Device, connect

_DISK = """
import os, vfs
class Disk:
    def __init__(self, size, count):
        self.file, self.size, self.count = open('/disk.img', 'r+b'), size, count
    def readblocks(self, n, buf, offset=0):
        self.file.seek(n * self.size + offset)
        self.file.readinto(buf)
    def writeblocks(self, n, buf, offset=0):
        self.file.seek(n * self.size + offset)
        self.file.write(buf)
        self.file.flush()
    def ioctl(self, op, arg):
        return {4: self.count, 5: self.size, 6: 0}.get(op)
def mount(kind, *shape):
    disk = Disk(*shape)
    if disk.file.read(16) == bytes(16):
        kind.mkfs(disk)
    there = kind(disk)
    vfs.umount('/')
    vfs.mount(there, '/')
    os.chdir('/')
"""
_STRICT = """
import os, vfs
class Strict:
    mkfs = staticmethod(lambda disk: vfs.VfsLfs2.mkfs(disk))
    def __init__(self, disk):
        self.inner = vfs.VfsLfs2(disk)
    def mount(self, readonly, mkfs):
        pass
    def rename(self, old, new):
        if any(entry[0] == new.split('/')[-1] for entry in self.inner.ilistdir(
                new.rpartition('/')[0] or '/')):
            raise OSError(17)
        self.inner.rename(old, new)
    def __getattr__(self, name):
        return getattr(self.inner, name)
"""


def littlefs(blocks: int) -> tuple[str, int]:
    """A boot.py and the size of the disk it mounts."""
    return _DISK + f"mount(vfs.VfsLfs2, 4096, {blocks})\n", 4096 * blocks


def fat(blocks: int) -> tuple[str, int]:
    return _DISK + f"mount(vfs.VfsFat, 512, {blocks})\n", 512 * blocks


def strict(blocks: int) -> tuple[str, int]:
    """A file system that refuses to rename over a file."""
    boot, size = littlefs(blocks)
    return _STRICT + boot.replace("mount(vfs.VfsLfs2", "mount(Strict"), size


class Board:
    """The process of `aether virtual`; `root` is the folder that is its file system."""

    def __init__(self, root: Path):
        self.root = root
        root.mkdir(exist_ok=True)
        self.start()

    def start(self) -> None:
        """Power on, also after a power cut."""
        command = [sys.executable, "-m", "aether_tools", "virtual", "--fs", str(self.root)]
        # One that is killed leaves its scratch folder: not in everybody's /tmp.
        env = {**os.environ, "TMPDIR": str(self.root.parent)}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
        came, _, _ = select.select([self.process.stdout], [], [], 30)
        self.port = self.process.stdout.readline().strip() if came else ""
        if not self.port:
            self.kill()
            raise AssertionError("aether virtual printed no port")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def files(self) -> dict[str, bytes]:
        """Path -> contents of every file, and of every folder None."""
        everything = sorted(self.root.rglob("*"))
        return {
            "/" + p.relative_to(self.root).as_posix(): None if p.is_dir() else p.read_bytes()
            for p in everything
        }

    def write(self, path: str, text: str | bytes) -> None:
        file = self.root / path[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def mount(self, disk: tuple[str, int]) -> None:
        """Has a fresh disk from the next reset on: littlefs() or fat()."""
        boot, size = disk
        self.write("/boot.py", boot)
        self.write("/disk.img", b"")
        os.truncate(self.root / "disk.img", size)

    def read(self, path: str) -> bytes:
        return (self.root / path[1:]).read_bytes()

    def wait_for(self, path: str, contents: bytes) -> None:
        """Until the board's program has written this."""
        end = time.monotonic() + 10
        while self.files().get(path) != contents:
            assert time.monotonic() < end, f"the board wrote no {path}"
            time.sleep(0.01)


@contextmanager
def virtual_board(root: Path):
    board = Board(root)
    try:
        yield board
    finally:
        if board.process.poll() is None:
            board.process.terminate()
            try:
                board.process.wait(10)
            except subprocess.TimeoutExpired:
                board.kill()
                raise
            board.process.stdout.close()


@contextmanager
def asked(board: Board):
    """The board at its raw prompt after a reset, and its files, for a look from inside."""
    with connect(board.port) as device:
        device.reset()
        yield device, BoardFiles(device)


def small_tree(folder: Path, monkeypatch) -> Path:
    """A library, a main.py and an app `tone` of a few lines each, which flash then takes."""
    sources = {
        "lib/aether/__init__.py": "VERSION = 1\n",
        "lib/aether/fast.py": "import micropython\n@micropython.viper\ndef f(a: int) -> int:\n"
        "    return a\n",
        "firmware/main.py": "# aether main\nimport autostart, board\n"
        "app = m = getattr(__import__('apps.' + autostart.APP), autostart.APP)\n"
        "if hasattr(m, 'start'):\n"
        "    app = m.start(board, **autostart.OPTIONS)\n    print(app.status)\n",
        "firmware/apps/tone.py": "from aether import VERSION\nfrom aether.fast import f\n"
        "class Session:\n"
        "    stopped = False\n    def stop(self):\n        self.stopped = True\n"
        "def start(board, hz=440):\n    s = Session()\n"
        "    s.status = 'tone %d: %d Hz' % (f(VERSION), hz)\n    return s\n",
    }
    for path, text in sources.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    monkeypatch.setattr(paths, "LIB", folder / "lib")
    monkeypatch.setattr(paths, "FIRMWARE", folder / "firmware")
    return folder


def aether(capsys, *command: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a command."""
    capsys.readouterr()
    code = cli.main([str(word) for word in command])
    out, err = capsys.readouterr()
    return code, out, err


def refused(result: tuple[int, str, str]) -> str:
    """The one line of a command that a user's mistake ended."""
    code, _, err = result
    assert code == 2
    assert err.startswith("aether: ")
    assert err.count("\n") == 1
    return err


def cut_power(monkeypatch, board: Board, exchange: int, delay: float = 0) -> None:
    """The board loses its power in the given exchange from now, `delay` seconds into it."""
    real = Device.run
    left = [exchange]

    def run(self, code, *rest):
        left[0] -= 1
        if left[0] == 0 and delay:
            threading.Timer(delay, board.process.kill).start()
        elif left[0] == 0:
            board.kill()
        return real(self, code, *rest)

    monkeypatch.setattr(Device, "run", run)
