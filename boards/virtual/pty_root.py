"""The board's flash: a folder of the host as the root, seen as littlefs shows it.

The folder's own VfsPosix lists no sizes, has no name for its root and lets `..` lead out of it.
"""

from errno import ENOENT

import vfs

_BLOCK = 4096
_DIR = 0x4000
_FILE = 0x8000


class Root:
    """A file system for vfs.mount(): host folder `path`, said to hold `capacity` bytes."""

    def __init__(self, path, capacity):
        self._host = vfs.VfsPosix(path)
        self._unrooted = vfs.VfsPosix()
        self._path = path
        self._blocks = capacity // _BLOCK
        self._cwd = "/"

    def __repr__(self):
        return "<VfsLfs2>"

    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        pass

    def _absolute(self, path):
        if path[:1] != "/":
            path = self._cwd + path
        if "/." not in path and "//" not in path:
            return path
        parts = []
        for part in path.split("/"):
            if part == "..":
                if parts:
                    parts.pop()
            elif part and part != ".":
                parts.append(part)
        return "/" + "/".join(parts)

    def open(self, path, mode):
        return self._host.open(self._absolute(path), mode)

    def chdir(self, path):
        path = self._absolute(path)
        if not self._host.stat(path)[0] & _DIR:
            raise OSError(ENOENT)
        self._cwd = path if path[-1:] == "/" else path + "/"

    def getcwd(self):
        return self._cwd[:-1] or "/"

    def ilistdir(self, path):
        path = self._absolute(path)
        names = sorted(entry[0] for entry in self._host.ilistdir(path))
        return self._entries(path if path[-1:] == "/" else path + "/", names)

    def _entries(self, folder, names):
        for name in names:
            try:
                status = self.stat(folder + name)
            except OSError:
                continue  # a dangling link of the host, or just removed
            yield (name, status[0], 0, status[6])

    def mkdir(self, path):
        self._host.mkdir(self._absolute(path))

    def rmdir(self, path):
        self._host.rmdir(self._absolute(path))

    def remove(self, path):
        self._host.remove(self._absolute(path))

    def rename(self, old, new):
        # A VfsPosix with a root builds both names in one buffer: the first would be lost.
        self._unrooted.rename(self._path + self._absolute(old), self._path + self._absolute(new))

    def stat(self, path):
        host = self._host.stat(self._absolute(path))
        folder = host[0] & _DIR
        size = 0 if folder else host[6]
        return (_DIR if folder else _FILE, 0, 0, 0, 0, 0, size, host[7], host[8], host[9])

    def statvfs(self, path):
        used = self._used("/") + 2
        total = max(self._blocks, used)
        free = total - used
        return (_BLOCK, _BLOCK, total, free, free, 0, 0, 0, 0, 255)

    def _used(self, folder):
        blocks = 0
        for name, kind, _, size in self.ilistdir(folder):
            blocks += self._used(folder + name + "/") + 2 if kind == _DIR else -(-size // _BLOCK)
        return blocks
