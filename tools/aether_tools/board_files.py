"""The files on a board, through its raw REPL; a change that is cut short leaves no half file."""

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass

from aether_tools.device import BoardError, Device, literal
from aether_tools.errors import UserError

# Bytes of a file in one line of code sent to the board, as base64 a third more.
_CHUNK = 1536
# Paths in one question: the board builds no long list in a small heap.
_PATHS = 16

_HELPERS = """
import os, hashlib, binascii
def _a_state(paths):
    b = memoryview(bytearray(512))
    for p in paths:
        try:
            s = os.stat(p)
        except OSError:
            continue
        if s[0] & 0x4000:
            print(repr((p, None, '')), end=',')
            continue
        h = hashlib.sha256()
        with open(p, 'rb') as f:
            n = f.readinto(b)
            while n:
                h.update(b[:n])
                n = f.readinto(b)
        print(repr((p, s[6], binascii.hexlify(h.digest()).decode())), end=',')
try:
    import vfs
    _a_fat = [f for f, p in vfs.mount() if p == '/' and 'VfsFat' in repr(f)]
except Exception:
    _a_fat = []
def _a_rename(a, b):
    try:
        os.stat(b)
        over = True
    except OSError:
        over = False
    try:
        os.rename(a, b)
    except OSError as e:
        if e.args[0] != 17:
            raise
        os.remove(b)
        os.rename(a, b)
        print('removed')
    if over and _a_fat:
        print('removed')
def _a_copy(a, b):
    m = memoryview(bytearray(512))
    with open(a, 'rb') as f, open(b, 'wb') as g:
        n = f.readinto(m)
        while n:
            g.write(m[:n])
            n = f.readinto(m)
def _a_put(s):
    _a_f.write(binascii.a2b_base64(s))
"""


@dataclass(frozen=True)
class Found:
    """A file on the board; a folder has size None."""

    size: int | None
    sha256: str


class BoardFiles:
    """The file system of the board behind `device`, which is at its raw prompt.

    `removes_first` tells whether a file had to go before another could take its name: MicroPython
    does that by itself on FAT. Raises UserError as Device does, for one when the flash is full.
    """

    def __init__(self, device: Device):
        self._device = device
        self.removes_first = False
        device.run(_HELPERS)

    def state(self, paths: list[str]) -> dict[str, Found]:
        """Size and hash of those of `paths` that exist."""
        found = {}
        for start in range(0, len(paths), _PATHS):
            some = paths[start : start + _PATHS]
            answer = literal("[" + self._device.run(f"_a_state({some!r})", 60) + "]")
            found |= {path: Found(size, digest) for path, size, digest in answer}
        return found

    def holds(self, path: str, data: bytes) -> bool:
        """Whether the file is there with these contents."""
        there = self.state([path]).get(path)
        return there is not None and there.sha256 == hashlib.sha256(data).hexdigest()

    def space(self) -> tuple[int, int] | None:
        """Bytes of a flash block and number of free ones; None where the board cannot tell."""
        try:
            stat = self._device.value("os.statvfs('/')")
        except BoardError:
            return None
        # As df does: f_bavail counts units of f_frsize.
        return (stat[1] or stat[0], stat[4]) if len(stat) > 4 and stat[0] else None

    def read(self, path: str) -> bytes:
        """The contents of a short file."""
        code = f"with open({path!r}, 'rb') as f: print(binascii.b2a_base64(f.read()))"
        return b64decode(literal(self._device.run(code)))

    def make_folder(self, path: str) -> None:
        self._device.run(f"os.mkdir({path!r})")

    def put(self, path: str, data: bytes) -> None:
        """Write `path` by way of PATH.new: a cut cable leaves the old file or the new one."""
        new = path + ".new"
        run = self._device.run
        run(f"_a_f = open({new!r}, 'wb')")
        try:
            for start in range(0, len(data), _CHUNK):
                run(f"_a_put({b64encode(data[start : start + _CHUNK])!r})")
            run("_a_f.close()")
        except BoardError as error:
            self._discard(new)
            raise UserError(f"{path} could not be written: {error}") from error
        if not self.holds(new, data):
            self._discard(new)
            raise UserError(f"{path} did not arrive whole: the board's flash may be worn")
        self.rename(new, path)

    def rename(self, old: str, new: str) -> None:
        """Rename over an existing file."""
        if "removed" in self._device.run(f"_a_rename({old!r}, {new!r})"):
            self.removes_first = True

    def copy(self, source: str, path: str) -> None:
        """Copy on the board; `path` appears whole or not at all."""
        self._device.run(f"_a_copy({source!r}, {path + '.new'!r})", 60)
        self.rename(path + ".new", path)

    def remove(self, path: str) -> None:
        self._device.run(f"os.remove({path!r})")

    def remove_folder(self, path: str) -> bool:
        """Whether it was empty and is gone."""
        try:
            self._device.run(f"os.rmdir({path!r})")
        except BoardError:
            return False
        return True

    def _discard(self, path: str) -> None:
        self._device.run(f"try:\n _a_f.close()\n os.remove({path!r})\nexcept OSError: pass")
