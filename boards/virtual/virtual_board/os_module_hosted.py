"""The file functions of `os` and open(), confined to the board's folder, for CPython."""

import os

_PATHS = ("chdir", "listdir", "mkdir", "remove", "rename", "rmdir", "stat", "statvfs", "unlink")


def _inside(path, root):
    # Paths of the host that the interpreter itself asks for pass.
    if not isinstance(path, str) or not path.startswith("/") or path.startswith(root):
        return path
    return root + path


def opener(host_open, root):
    """An open() that takes the board's paths."""

    def open(path, *args, **kwargs):
        inside = _inside(path, root)
        if inside != path and not os.path.exists(inside) and os.path.exists(path):
            inside = path
        return host_open(inside, *args, **kwargs)

    return open


def confine(module, root):
    """Gives the module `os` of the board functions that take the board's paths."""
    for name in _PATHS:
        if hasattr(os, name):
            setattr(module, name, _confined(getattr(os, name), root))
    module.getcwd = lambda: os.getcwd()[len(root) :] or "/"
    module.ilistdir = lambda path=".": _ilistdir(_inside(path, root))


def _confined(function, root):
    def call(*paths):
        return function(*[_inside(path, root) for path in paths])

    return call


def _ilistdir(path):
    for entry in os.scandir(path):
        folder = entry.is_dir()
        yield (entry.name, 0x4000 if folder else 0x8000, 0, 0 if folder else entry.stat().st_size)
