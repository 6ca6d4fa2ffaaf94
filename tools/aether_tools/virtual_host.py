"""The process that is the virtual board while it is powered, with two pipes as arguments.

MicroPython has the main thread and the standard files; beside it runs the keeper, which lives in
the host's Python. MicroPython is called through ctypes, which lets that one run meanwhile.
"""

import ctypes
import json
import os
import signal
import sys
import threading

import micropython_run

from aether_tools.virtual_keeper import Keeper, Machine

_BOOT = "import pty_boot; pty_boot.start_board(globals()); del pty_boot"


def main() -> None:
    """Never returns. `orders` begins with the configuration, a line of JSON."""
    orders, report = int(sys.argv[1]), int(sys.argv[2])
    with os.fdopen(os.dup(orders), "rb", buffering=0) as file:
        power = json.loads(file.readline())
    outside = os.dup(0)
    keys, typist = os.pipe()
    os.dup2(keys, 0)
    if power["raw"]:
        os.write(typist, b"\x01")  # the REPL goes back to where the soft reset came from
    said, say = os.pipe()
    start, config = os.pipe()
    os.write(config, json.dumps(power).encode() + b"\n")
    library = ctypes.CDLL(micropython_run.__file__)
    # Ends a blocking system call, so that MicroPython looks at what is scheduled.
    signal.signal(signal.SIGURG, lambda *_: None)
    machine = Machine(library, threading.main_thread())
    keeper = Keeper(machine, outside, typist, said, orders, report, power["scratch"])
    threading.Thread(target=keeper.run, daemon=True).start()
    words = ["aether", "-X", f"heapsize={power['heap']}", "-i", "-c", _BOOT, str(start), str(say)]
    arguments = (ctypes.c_char_p * (len(words) + 1))(*[word.encode() for word in words])
    os._exit(library.micropython_unix_main(len(words), arguments))
