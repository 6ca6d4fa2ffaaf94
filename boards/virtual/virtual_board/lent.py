"""The board's file system during a run: its folder, and the library if that has none."""

import pty_root

from virtual_board import real

_PLACE = "/lib/aether"
_EROFS = 30


class Root(pty_root.Root):
    """A pty_root.Root that lends `lib`, a folder of the host, for reading as /lib/aether."""

    def __init__(self, path, capacity, lib):
        super().__init__(path, capacity)
        self._lib = real.vfs.VfsPosix(lib) if lib else None

    def _lent(self, path):
        # The path inside the library, or None.
        path = self._absolute(path)
        if self._lib is None or not (path + "/").startswith(_PLACE + "/"):
            return None
        return path[len(_PLACE) :] or "/"

    def open(self, path, mode):
        inside = self._lent(path)
        if inside is None:
            return super().open(path, mode)
        if any(c in mode for c in "wax+"):
            raise OSError(_EROFS)
        return self._lib.open(inside, mode)

    def stat(self, path):
        inside = self._lent(path)
        return super().stat(path) if inside is None else self._lib.stat(inside)

    def ilistdir(self, path):
        inside = self._lent(path)
        return super().ilistdir(path) if inside is None else self._lib.ilistdir(inside)
