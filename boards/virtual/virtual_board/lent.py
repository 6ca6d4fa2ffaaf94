"""The board's file system during a run: its folder, and what is lent to it for reading.

That is the library, and drivers that a firmware has or every user copies, where it has none.
"""

import pty_root

from virtual_board import board, real

_PLACE = "/lib/aether"
_EROFS = 30


class Root(pty_root.Root):
    """A pty_root.Root that lends `lib`, a folder of the host, for reading as /lib/aether.

    Files of the folder `drivers` are lent as /lib/NAME, unless the board has one of that name.
    """

    def __init__(self, path, capacity, lib, drivers):
        super().__init__(path, capacity)
        self._lib = real.vfs.VfsPosix(lib) if lib else None
        self._drivers = real.vfs.VfsPosix(drivers)
        self._names = ["/lib/" + entry[0] for entry in self._drivers.ilistdir("/")]

    def _lent(self, path):
        # The file system that has it, and the path there; or None.
        path = self._absolute(path)
        if self._lib is not None and (path + "/").startswith(_PLACE + "/"):
            return self._lib, path[len(_PLACE) :] or "/"
        if path in self._names and not self._has(path):
            return self._drivers, path[4:]
        return None

    def _has(self, path):
        try:
            super().stat(path)
        except OSError:
            return False
        return True

    def open(self, path, mode):
        lent = self._lent(path)
        written = any(c in mode for c in "wax+")
        if lent is None or (lent[0] is self._drivers and written):
            file = super().open(path, mode)
            if written:
                board.current.opened_in_flash(file)
            return file
        if written:
            raise OSError(_EROFS)
        return lent[0].open(lent[1], mode)

    def stat(self, path):
        lent = self._lent(path)
        return super().stat(path) if lent is None else lent[0].stat(lent[1])

    def ilistdir(self, path):
        lent = self._lent(path)
        return super().ilistdir(path) if lent is None else lent[0].ilistdir(lent[1])
