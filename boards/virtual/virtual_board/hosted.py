"""What the virtual board needs of MicroPython's modules, for CPython.

Only where no MicroPython interpreter exists. What cannot be had here is harmless: the heap has no
end, nothing is known of allocations, and code runs without viper.
"""

import _thread as host_thread
import gc as host_gc
import os as host_os
import select as host_select
import signal
import sys as host_sys
import time as host_time
import traceback
from types import SimpleNamespace

# A signal that nobody sends: its handler runs on the main thread, between two instructions.
_SIGNAL = getattr(signal, "SIGUSR1", signal.SIGTERM)
_queue = []
_open = open


def _names(module):
    return {n: getattr(module, n) for n in dir(module) if not n.startswith("__")}


def _scheduled(*_):
    while _queue:
        function, argument = _queue.pop(0)
        function(argument)


def _schedule(function, argument):
    _queue.append((function, argument))
    host_thread.interrupt_main(_SIGNAL)


def _print_exception(error, file=None):
    told = traceback.TracebackException.from_exception(error)
    told.stack = traceback.StackSummary.from_list(
        [frame for frame in told.stack if "virtual_board" not in frame.filename]
    )
    print("".join(told.format()), end="", file=file or host_sys.stdout)


class _File:
    """A file of the host whose write() and readinto() are MicroPython's."""

    def __init__(self, path, mode):
        self._file = _open(path, mode, buffering=0 if "b" in mode else -1)

    def write(self, data, n=None):
        return self._file.write(data if n is None else memoryview(data).cast("B")[:n])

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._file.close()


class _VfsPosix:
    def open(self, path, mode):
        return _File(path, mode)


class _NoPoll:
    def poll(self, timeout):
        return []


signal.signal(_SIGNAL, _scheduled)

_thread = host_thread
os = host_os
gc = SimpleNamespace(collect=host_gc.collect, mem_free=lambda: 0, mem_alloc=lambda: 0)
select = SimpleNamespace(poll=getattr(host_select, "poll", _NoPoll))
sys = SimpleNamespace(**_names(host_sys) | {"print_exception": _print_exception})
vfs = SimpleNamespace(VfsPosix=_VfsPosix)
time = SimpleNamespace(
    gmtime=host_time.gmtime,
    sleep=host_time.sleep,
    sleep_ms=lambda ms: host_time.sleep(ms / 1000),
    sleep_us=lambda us: host_time.sleep(us / 1_000_000),
    clock=host_time.process_time,
    ticks_us=lambda: host_time.perf_counter_ns() // 1000,
)
micropython = SimpleNamespace(
    const=lambda value: value,
    heap_lock=lambda: None,
    heap_unlock=lambda: None,
    mem_total=lambda: 0,
    native=lambda function: function,
    opt_level=lambda level=0: 0,
    schedule=_schedule,
)
