"""Sets the board up, runs the program, keeps the board going until the run ends."""

import json

from virtual_board import board, control, costs, engine, i2s, meter, pin, real, report
from virtual_board import sink, source

# Heap the interpreter is started with beyond what a program gets; the rest is filled up.
_MODULES = (
    ("time", "time_module"),
    ("machine", "machine_module"),
    ("select", "select_module"),
    ("os", "os_module"),
    ("sys", "sys_module"),
    ("micropython", "micropython_module"),
    ("host_clock", "host_clock"),
)


class Run:
    """One run: what ends it and what is left of it."""

    def __init__(self, config):
        self.config = config
        self.reported = False
        self.reset_by = None
        self._host = real.vfs.VfsPosix()
        self.control = control.Control(self._open(config["control"], "wb"))
        rows = config.get("rows")
        self.meter = meter.Meter(self._open(rows, "wb") if rows else None)
        self._ballast = None

    def _open(self, path, mode):
        return self._host.open(path, mode)

    def read(self, path):
        with self._open(path, "r") as f:
            return f.read()

    def set_up(self):
        config = self.config
        current = board.Board(config["board"], config["cost"])
        board.current = current
        current.meter = self.meter
        current.reset = self.reset
        pin.configure(current.pins)
        sink.configure(self._open, config["wavs"])
        received = config["received"]
        source.configure(self._open(received, "rb") if received else None)
        if current.esp32:
            from virtual_board import i2s_esp32 as driver
        else:
            from virtual_board import i2s_rp2 as driver
        current.I2S = i2s.make(current, driver)
        modules = real.sys.modules
        for name, file in _MODULES:
            full = "virtual_board." + file
            __import__(full)
            modules[name] = modules["u" + name] = modules[full]
        if not current.esp32:
            from virtual_board import rp2_module

            modules["rp2"] = rp2_module
        self._mount()
        if config["seconds"]:
            engine.add_source(engine.End(config["seconds"], self.finish))
            engine.rearm()
        import random

        random.seed(1)

    def _mount(self):
        config = self.config
        vfs = real.vfs
        vfs.umount("/")
        if config["lib"]:
            vfs.mount(vfs.VfsPosix(config["lib"]), "/lib/aether")
        vfs.mount(vfs.VfsPosix(config["root"]), "/")
        real.os.chdir("/")
        real.sys.path[:] = ["", ".frozen", "/lib"]

    def hide(self):
        """The board's insides leave sys.modules, so that a program's names cannot meet them."""
        modules = real.sys.modules
        for name in list(modules):
            if name == "virtual_board" or name[:14] == "virtual_board.":
                del modules[name]

    def fill_heap(self):
        """Leaves the program as much heap as its board has, at the host's width of objects."""
        real.gc.collect()
        spare = real.gc.mem_free() - self.config["heap"]
        if spare > 1024:
            self._ballast = bytearray(spare - 64)
        real.gc.collect()
        self.own = real.gc.mem_alloc()

    def reset(self, by):
        self.reset_by = by
        raise engine.END

    def finish(self):
        """The end of the sound: the WAV is cut here, the report written."""
        if self.reported:
            return
        self.reported = True
        real.gc.collect()
        used = real.gc.mem_alloc() - self.own
        for driver in board.current.i2s:
            if driver.open:
                driver.finish()
        for each in sink.all_sinks():
            each.close()
        self.meter.flush()
        out = report.gather(self.meter)
        out["heap_used"] = used
        with self._open(self.config["report"], "w") as f:
            json.dump(out, f)
        self.control.send(control.FINISHED)


def main(config, names):
    with open(config) as f:
        run = Run(json.load(f))
    run.set_up()
    program = run.config["program"]
    if program is None:
        code = "import main"
        shown = "main.py"
    else:
        code = run.read(program)
        shown = run.config["shown"]
    run.hide()
    for name in list(names):
        if name[:2] != "__":
            del names[name]
    names["__file__"] = shown
    run.fill_heap()
    run.control.watch()
    status = _run(run, code, shown, names)
    return status


def _run(run, code, shown, names):
    status = 0
    try:
        code = compile(code, shown, "exec")
        exec(code, names)
        code = None
        _idle()
    except engine.VirtualEnd:
        pass
    except SystemExit as error:
        status = _exit_code(error)
        status = _after_exit(status)
    except KeyboardInterrupt as error:
        if not engine.ended:
            real.sys.print_exception(error, real.sys.stderr)
            status = 130
    except BaseException as error:
        real.sys.print_exception(error, real.sys.stderr)
        status = 1
    run.finish()
    return status


def _after_exit(status):
    try:
        _idle()
    except engine.VirtualEnd:
        pass
    return status


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
    while not engine.ended and any(d.open for d in board.current.i2s):
        engine.wait_event(engine.FAR)
