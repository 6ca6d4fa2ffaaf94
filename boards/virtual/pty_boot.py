"""Power-on of the virtual board behind a pty: runs on the host MicroPython before its REPL.

It is started with two file descriptors: a line of JSON, and where to talk to the keeper. In the
JSON, `nonce` is the hex mark of our own output, `raw` whether a soft reset came from the raw REPL,
`flash` the bytes that the root is said to hold, `date` the seconds at which the clock goes on, if
it does, `run` the configuration of virtual_board.start.
"""

import binascii
import gc
import json
import sys

import pty_root
import pty_stdio
from virtual_board import board, real, sink, start


class _Board(start.Run):
    # After a program that has filled the heap, the prompt lives in the holes.
    whole = False

    def __init__(self, power, say):
        super().__init__(power["run"])
        self._flash = power["flash"]
        self._say = say
        self.link = None

    def _mount(self):
        # The last moment to import from the host; the board's modules exist by now.
        import pty_link
        import pty_wall

        self.link = pty_link.Link(self._say, self.finish)
        pty_wall.install(self.link)
        vfs = real.vfs
        root = pty_root.Root(self.config["root"], self._flash)
        vfs.umount("/")
        vfs.mount(root, "/")
        real.os.chdir("/")
        real.sys.path[:] = ["", ".frozen", "/lib"]

    def reset(self, by):
        if by == "machine.soft_reset()":
            raise SystemExit
        self.link.reset()

    def bite(self):
        self.link.reset()

    def finish(self):
        """Completes the sound's files."""
        if self.reported:
            return
        self.reported = True
        for driver in board.current.i2s:
            if driver.open:
                driver.finish()
        for each in sink.all_sinks():
            each.close()


def _set_up(power, say):
    this = _Board(power, say)
    this.set_up()
    if power["date"] is not None:
        board.current.started_at = power["date"]
    stdout = pty_stdio.TextOut(real.sys.stdout, binascii.unhexlify(power["nonce"]))
    real.sys.modules["sys"].stdout = stdout
    this.hide()
    for name in list(real.sys.modules):
        if name[:4] == "pty_":
            del real.sys.modules[name]
    this.fill_heap()
    real.sys.atexit(this.link.leave)
    return this.link


def _run(name, scope):
    """Runs a file of the board; False if a soft reset is due (SystemExit)."""
    try:
        real.os.stat(name)
    except OSError:
        return True
    try:
        execfile(name, scope)
    except SystemExit:
        return False
    except BaseException as error:
        real.sys.print_exception(error)
    return True


def start_board(scope):
    """Makes this process the board, then runs boot.py and main.py in `scope`."""
    with open(int(sys.argv[1]), "r") as file:
        power = json.loads(file.readline())
    raw = power["raw"]
    mark = binascii.unhexlify(power["nonce"]) + b"B"
    banner = "%s; %s\r\n" % (sys.version.split("; ", 1)[1], sys.implementation[2])
    link = _set_up(power, open(int(sys.argv[2]), "wb"))
    power = None
    gc.collect()
    link.up()
    if not _run("boot.py", scope) or not (raw or _run("main.py", scope)):
        link.leave()
    # From here on the REPL writes: its banner is replaced by the board's.
    real.sys.stdout.write(mark + banner.encode())
