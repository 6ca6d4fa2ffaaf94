"""Power-on of the virtual board behind a pty: runs on the host MicroPython before its REPL.

The supervisor (`aether virtual`) starts it with one argument, a JSON object: `fs` the folder that
becomes the root, `nonce` the hex mark of our own output, `raw` whether a soft reset came from
the raw REPL, `report` and `orders` file descriptors, `platform` and `machine` the identity, `flash` the
bytes that the root is said to hold.
"""

import binascii
import gc
import json
import os
import sys
from collections import namedtuple

import pty_keeper
import pty_root
import pty_stdio
import vfs


class _Sys:
    pass


def _board_sys(power, nonce):
    """A stand-in for `sys`, which cannot be changed."""
    board = _Sys()
    for name in dir(sys):
        if name[:2] != "__":
            setattr(board, name, getattr(sys, name))
    native = sys.implementation
    fields = namedtuple("implementation", ("name", "version", "_machine", "_mpy"))
    board.implementation = fields(native[0], native[1], power["machine"], native[3])
    board.platform = power["platform"]
    board.stdout = pty_stdio.TextOut(sys.stdout, nonce)
    sys.modules["sys"] = board
    return board


def _run(name, scope):
    """Runs a file of the board; False if a soft reset is due (SystemExit)."""
    try:
        os.stat(name)
    except OSError:
        return True
    try:
        execfile(name, scope)
    except SystemExit:
        return False
    except BaseException as error:
        sys.print_exception(error)
    return True


def start(scope):
    """Makes this process the board, then runs boot.py and main.py in `scope`."""
    power = json.loads(sys.argv[1])
    nonce = binascii.unhexlify(power["nonce"])
    banner = "%s; %s\r\n" % (sys.version.split("; ", 1)[1], sys.implementation[2])
    report = open(power["report"], "wb")
    keeper = pty_keeper.Keeper(report, open(power["orders"], "rb"))
    sys.path[:] = ["", ".frozen", "/lib"]
    sys.argv.clear()
    sys.modules.pop("pty_boot", None)
    vfs.umount("/")
    vfs.mount(pty_root.Root(power["fs"], power["flash"]), "/")
    os.chdir("/")
    board_sys = _board_sys(power, nonce)
    sys.atexit(keeper.leave)
    keeper.start()
    gc.collect()
    report.write(b"H")
    if not _run("boot.py", scope) or not (power["raw"] or _run("main.py", scope)):
        keeper.leave()
    # From here on the REPL writes: its banner is replaced by the board's.
    board_sys.stdout.buffer.write(nonce + b"B" + banner.encode())
