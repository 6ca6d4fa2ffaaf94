"""Sets the board up, runs the program, keeps the board going until the run ends."""

import json

from virtual_board import (
    ballast,
    board,
    control,
    engine,
    hints,
    i2s,
    meter,
    pin,
    real,
    report,
    sd_card,
    sink,
    source,
    watchdog,
)

_MODULES = (
    ("time", "time_module"),
    ("machine", "machine_module"),
    ("select", "select_module"),
    ("os", "os_module"),
    ("sys", "sys_module"),
    ("micropython", "micropython_module"),
    ("platform", "platform_module"),
    ("_thread", "thread_module"),
    ("_asyncio", "asyncio_module"),
    ("host_clock", "host_clock"),
)
# Bytes that a Pico's file system holds.
_FLASH = 1408 * 1024


class _Forced:
    def __init__(self, backend):
        self.BACKEND = backend


class Run:
    """One run: what ends it and what is left of it.

    `config` holds: board (the values of a board file), root (folder of its file system), lib
    (folder of aether or None), seconds (ns, 0: no end), cost (ns), heap (bytes for the program),
    wavs (folder or None), received (raw frames or None), card (image of an SD card or None),
    control (path to write signs of life to); for main() also program, shown, report, rows,
    board_dir.
    """

    # The heap is given to the program in one piece.
    whole = True

    def __init__(self, config):
        self.config = config
        self.reported = False
        self.reset_by = None
        self.own = 0
        self.locked = False
        self._host = real.vfs.VfsPosix()
        self.control = control.Control(self._open(config["control"], "wb"))
        rows = config.get("rows")
        self.meter = meter.Meter(self._open(rows, "wb") if rows else None)

    def _open(self, path, mode):
        return self._host.open(path, mode)

    def read(self, path):
        """The text of a file of the host."""
        with self._open(path, "r") as f:
            return f.read()

    def has_beside(self, name):
        """Whether there is a file or folder `name` beside the program, on the host."""
        program = self.config["program"]
        if program is None:
            return False
        try:
            self._host.stat(program[: program.rfind("/") + 1] + name)
        except (OSError, AttributeError):
            return False
        return True

    def set_up(self):
        """Puts the board's modules in place of the interpreter's."""
        config = self.config
        current = board.Board(config["board"], config["cost"])
        board.current = current
        current.meter = self.meter
        current.reset = self.reset
        current.bite = self.bite
        pin.configure(current.pins, current.esp32)
        sink.configure(self._open, config["wavs"])
        received = config["received"]
        source.configure(self._open(received, "rb") if received else None)
        card = config["card"]
        sd_card.configure(self._open(card, "r+b") if card else None)
        if current.esp32:
            from virtual_board import i2s_esp32 as driver
        else:
            from virtual_board import i2s_rp2 as driver
        current.I2S = i2s.make(current, driver)
        if config["seconds"]:
            engine.add_source(_End(config["seconds"], self.finish))
            engine.rearm()
        for name, file in _MODULES:
            full = "virtual_board." + file
            __import__(full)
            self._install(name, real.sys.modules[full])
        if not current.esp32:
            from virtual_board import rp2_module

            self._install("rp2", rp2_module)
        if real.HOSTED:
            from virtual_board import uctypes_module

            self._install("uctypes", uctypes_module)
        # A board has no environment: what is in the host's comes by the other way there is.
        kernels = real.os.getenv("AETHER_KERNELS")
        if kernels:
            self._install("aether_kernels", _Forced(kernels))
        import random

        random.seed(1)
        self._mount()

    def _install(self, name, module):
        # `import x` looks here first, even for what is built in, and so does asyncio.
        real.sys.modules[name] = real.sys.modules["u" + name] = module

    def _mount(self):
        # The last moment to import from the host.
        from virtual_board.lent import Root

        config = self.config
        if config.get("board_dir"):
            real.sys.path[:] = [config["board_dir"]]
            __import__("board")
        capacity = config["board"].get("FLASH", _FLASH)
        real.vfs.umount("/")
        real.vfs.mount(Root(config["root"], capacity, config["lib"], config["drivers"]), "/")
        real.os.chdir("/")
        real.sys.path[:] = ["", ".frozen", "/lib"]

    def hide(self):
        """The board's insides leave sys.modules, so that a program's names cannot meet them."""
        modules = real.sys.modules
        for name in list(modules):
            if name in ("virtual_board", "pty_root") or name[:14] == "virtual_board.":
                del modules[name]

    def fill_heap(self):
        """Leaves the program as much heap as its board has, at the host's width of objects."""
        ballast.fill(self.config["heap"], self.whole)
        self.own = real.gc.mem_alloc()

    def reset(self, by):
        self.reset_by = by
        engine.close(self.finish)
        raise engine.END

    def bite(self):
        """The watchdog was not fed: a reset, from within an event."""
        self.reset_by = "machine.WDT(), and did not feed it"
        engine.end_at = engine.now
        engine.close(self.finish)

    def unlock(self):
        """Takes the locks off the heap that a failed callback may have left there."""
        self.locked = bool(real.unlock_heap()) or self.locked

    def finish(self):
        """The end of the sound: the WAV is cut here, the report written."""
        if self.reported:
            return
        self.reported = True
        self.unlock()
        real.gc.collect()
        used = real.gc.mem_alloc() - self.own
        # A program may have left no room for the report.
        ballast.drop()
        for driver in board.current.i2s:
            if driver.open:
                driver.finish()
        for each in sink.all_sinks():
            each.close()
        self.meter.flush()
        out = report.gather(self.meter)
        out["heap_used"] = used
        out["heap_locked"] = self.locked
        out["reset"] = self.reset_by
        out["flash_and_input"] = board.current.flash_and_input and not board.current.esp32
        with self._open(self.config["report"], "w") as f:
            json.dump(out, f)
        self.control.send(control.FINISHED)


class _End:
    """The source that ends the run at `moment`."""

    over = False

    def __init__(self, moment, finish):
        engine.end_at = moment
        self.due = moment
        self._finish = finish

    def fire(self):
        self.due = engine.FAR
        engine.close(self._finish)

    def unmasked(self):
        pass


def main(config, names, kind=Run):
    """Runs what `config`, a JSON file, says; the program gets `names` as its globals."""
    with open(config) as f:
        run = kind(json.load(f))
    run.set_up()
    run.hide()
    for name in list(names):
        if name[:2] != "__":
            del names[name]
    names["__file__"] = run.config["shown"]
    # What the firmware's own _boot.py leaves behind.
    left = ("gc", "vfs") if board.current.esp32 else ("machine", "rp2")
    for name in () if real.HOSTED else left:
        names[name] = __import__(name)
    run.fill_heap()
    watchdog.Watchdog(run.control).start()
    status = _run(run, names)
    run.finish()
    return status


def _run(run, names):
    try:
        _execute(run, names)
        run.unlock()
        _idle()
    except engine.VirtualEnd:
        pass
    except SystemExit as error:
        # A soft reset, on a board: the bus goes quiet too.
        return _exit_code(error)
    except KeyboardInterrupt:
        return 0 if engine.ended else 130
    except BaseException as error:
        run.finish()
        real.print_error(error, real.sys.stderr)
        if engine.ended:
            # Its time was over: this is of what it did to clean up.
            return 0
        hints.show(error, run.has_beside)
        return 1
    return 0


def _execute(run, names):
    program = run.config["program"]
    if program is None:
        # As on a board after power-on; a boot.py that fails does not keep main.py from running.
        for shown in ("boot.py", "main.py"):
            if _exists(shown):
                _boot_file(shown, names)
        return
    exec(compile(run.read(program), run.config["shown"], "exec"), names)


def _exists(name):
    try:
        real.os.stat(name)
    except OSError:
        return False
    return True


def _boot_file(name, names):
    with open(name) as f:
        code = f.read()
    exec(compile(code, name, "exec"), names)


def _exit_code(error):
    value = error.args[0] if error.args else None
    if value is None:
        return 0
    if isinstance(value, int):
        return 1 if value else 0
    print(value)
    return 1


def _idle():
    """After the program's end the board goes on while an I2S is open."""
    while not engine.ended and _any_open():
        engine.wait_event(engine.FAR)


def _any_open():
    # Without allocating: the program may have left no room.
    for driver in board.current.i2s:
        if driver.open:
            return True
    return False
