"""Makes things happen on the virtual board while MicroPython is busy or waits for a key.

It runs beside MicroPython in one process, in a thread that MicroPython does not know: it touches
nothing but the scheduler and memory that the board has shown to it. It types what mpremote sends,
turns a Ctrl-C into KeyboardInterrupt, and has events looked at when they are due.
"""

import array
import ctypes
import fcntl
import os
import select
import shutil
import signal
import struct
import sys
import termios
import threading
import time
import traceback

_CTRL_C = b"\x03"
_FAR = (1 << 62) - 1
# Events are looked at no more often than this, in us: an I2S has one every 0.7 ms.
_PACE = 2000
# Seconds a Ctrl-C waits for the board to hold still, or for earlier input to be read.
_PATIENCE = 0.4
# Bytes of input that lie ready for the REPL.
_READY = 512
# Wake-ups, 1 ms apart, for what is scheduled and for an interrupt: the first may come too early.
_WAKES = 3
# System calls of x86-64 that a signal may end: read, poll, select, sleep. Not a futex: the
# collector waits on one for other threads, and does not look whether they have come.
_WAITING = {b"0", b"7", b"23", b"35", b"230", b"270", b"271"}


# Values of `still`: the program holds still, and may go on again.
_HOLDS = 1
_ANSWERED = 2


class _Shared(ctypes.Structure):
    """What boards/virtual/pty_link.py shows."""

    _fields_ = [
        ("due", ctypes.c_int64),
        ("asleep", ctypes.c_int64),
        ("runs", ctypes.c_int64),
        ("deferred", ctypes.c_int64),
        ("still", ctypes.c_int64),
    ]


class Machine:
    """MicroPython as seen from outside: its library and its thread."""

    def __init__(self, library: ctypes.CDLL, thread: threading.Thread):
        self._library = library
        self._thread = thread.ident or 0
        self._task = f"/proc/self/task/{thread.native_id}/"
        self._libc = ctypes.CDLL(None)
        self._action = ctypes.create_string_buffer(256)
        library.mp_hal_ticks_us.restype = ctypes.c_uint64
        library.mp_sched_schedule.restype = ctypes.c_bool
        library.mp_sched_schedule.argtypes = ctypes.c_void_p, ctypes.c_void_p
        self.ticks = library.mp_hal_ticks_us
        self.interrupt = library.mp_sched_keyboard_interrupt

    def schedule(self, function: int) -> bool:
        """Has a function of the board called, with 0; False if its queue is full."""
        return self._library.mp_sched_schedule(function, 1)  # the small int 0

    def interruptible(self) -> bool:
        """Whether a program runs that a Ctrl-C interrupts: MicroPython then handles SIGINT."""
        self._libc.sigaction(int(signal.SIGINT), None, self._action)
        return ctypes.c_void_p.from_buffer(self._action).value is not None

    def waits(self) -> bool:
        """Whether MicroPython waits in a system call that wake() may end."""
        try:
            # Asked while the thread runs, the second file would make us wait.
            with open(self._task + "stat", "rb") as state:
                if state.read(256).rpartition(b") ")[2][:1] != b"S":
                    return False
            with open(self._task + "syscall", "rb") as state:
                return state.read(32).split()[0] in _WAITING
        except OSError:
            return True  # it cannot be known here

    def wake(self) -> None:
        """Ends the system call in which MicroPython waits."""
        signal.pthread_kill(self._thread, signal.SIGURG)


class Keeper:
    """One power-on. Reads `outside`, `said` and `orders`; writes `typist` and `report`.

    `scratch` are folders to remove if the supervisor is killed.
    """

    def __init__(
        self,
        machine: Machine,
        outside: int,
        typist: int,
        said: int,
        orders: int,
        report: int,
        scratch: list[str],
    ):
        self._machine = machine
        self._scratch = scratch
        self._outside, self._typist, self._said = outside, typist, said
        self._orders, self._report = orders, report
        self._poll = select.poll()
        for fd in (outside, said, orders):
            self._poll.register(fd, select.POLLIN)
        self._input = b""
        self._heard = b""
        self._up = self._over = False
        self._date = 0
        self._shared = _Shared(_FAR, _FAR)
        self._process = self._interrupt = self._finish = 0
        self._runs = -1
        # A Ctrl-C: since when one is on its way, whether the board was asked to hold still for
        # it, since when one that went out as a character may not have been read.
        self._since, self._asked, self._unread = 0.0, False, 0.0
        self._wakes = 0

    def run(self) -> None:
        """Never returns: the process ends with it."""
        try:
            while True:
                self._serve(self._watch())
        except BaseException:
            traceback.print_exc(file=sys.stderr)
            os._exit(70)

    def _serve(self, wait: int) -> None:
        busy = self._input or self._asked or self._unread or self._wakes or self._shared.still
        for fd, _ in self._poll.poll(min(wait, 1) if busy else wait):
            data = os.read(fd, 4096)
            if fd == self._said:
                self._hear(data)
            elif fd == self._orders:
                if not data:
                    self._abandon()
                self._ask_for(self._finish)
            elif data:
                self._input += data
        if self._shared.still == _ANSWERED:
            self._machine.wake()
        elif self._wakes and self._wake():
            self._wakes -= 1
        self._type()

    def _wake(self) -> bool:
        # Not while it holds still for us: that would be over too early.
        waits = self._machine.waits() and self._shared.still != _HOLDS
        if waits:
            self._machine.wake()
        return waits

    def _abandon(self) -> None:
        for folder in self._scratch:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(1)

    # Events.

    def _watch(self) -> int:
        """Has `process` called when something is due; ms until there is something to do."""
        self._shared.asleep = _FAR  # from here on the board tells of what is due earlier
        due = self._shared.due
        if due == _FAR:
            return 1000
        early = due - self._machine.ticks()
        if early > 0:
            self._shared.asleep = due
            return max(_PACE, early + 999) // 1000
        self._shared.asleep = 0
        runs = self._shared.runs  # before it is scheduled: it may run at once
        if runs == self._runs:
            # Still not done, so MicroPython waits for something.
            self._wake()
        elif self._machine.schedule(self._process):
            self._runs = runs
            return 1
        return _PACE // 1000

    def _ask_for(self, function: int) -> None:
        self._machine.schedule(function)
        self._wakes = _WAKES

    def _hear(self, data: bytes) -> None:
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            if line == b"c":
                self._answer()
            elif line.startswith(b"A "):
                where = [int(word) for word in line.split()[1:]]
                self._shared = _Shared.from_address(where[0])
                self._process, self._interrupt, self._finish = where[1:]
            elif line.startswith(b"T "):
                self._date = int(line[2:])
            elif line == b"H":
                self._up = True
                os.write(self._report, b"H")
            elif line == b"I":
                self._hold(time.monotonic())
            elif line != b"K":  # that one has only to be heard
                if not self._over:
                    self._over = True  # what comes now is for the next power-on
                    self._poll.unregister(self._outside)
                os.write(self._report, line + struct.pack("<q", self._date) + self._left_over())

    # Input.

    def _left_over(self) -> bytes:
        """Input that nobody has read; the next power-on gets it."""
        n = self._waiting()
        return (os.read(0, n) if n else b"") + self._input

    def _waiting(self) -> int:
        """Bytes of input that MicroPython has not read yet."""
        count = array.array("i", [0])
        fcntl.ioctl(0, termios.FIONREAD, count)
        return count[0]

    def _type(self) -> None:
        now = time.monotonic()
        if self._asked and now - self._since > _PATIENCE:
            self._answer()
        if self._unread and not self._watch_unread(now):
            return
        while self._input and not self._asked:
            if self._input[:1] == _CTRL_C:
                if not self._ctrl_c(now):
                    return
                self._input = self._input[1:]
                continue
            room = _READY - self._waiting()
            if room <= 0:
                return
            text = self._input[:room].partition(_CTRL_C)[0]
            os.write(self._typist, text)
            self._input = self._input[len(text) :]
            self._unread = 0.0

    def _ctrl_c(self, now: float) -> bool:
        """Delivers a Ctrl-C, the head of the input; False if it has to wait."""
        if not self._up:
            return False
        self._since = self._since or now
        if self._machine.interruptible():
            self._hold(now)
            return True
        if self._waiting() and now - self._since < _PATIENCE:
            return False
        self._type_ctrl_c(now)
        return True

    def _hold(self, now: float) -> None:
        """Asks the board to hold still, so that the program does not end before it is hit."""
        self._asked, self._since = True, now
        self._ask_for(self._interrupt)

    def _type_ctrl_c(self, now: float) -> None:
        self._since, self._unread = 0.0, now
        os.write(self._typist, _CTRL_C)

    def _watch_unread(self, now: float) -> bool:
        """After a Ctrl-C for the REPL: if a program has begun instead, it is interrupted.

        False if more input has to wait for what becomes of it.
        """
        if not self._waiting():
            self._unread = 0.0
        elif self._machine.interruptible():
            self._unread = 0.0
            self._hold(now)
        return not self._unread or now - self._unread > _PATIENCE

    def _answer(self) -> None:
        """The board holds still for a moment, or could not be made to."""
        self._asked, self._since = False, 0.0
        self._shared.deferred = 0
        if self._machine.interruptible():
            self._machine.interrupt()
        else:
            self._type_ctrl_c(time.monotonic())
        self._shared.still = _ANSWERED if self._shared.still else 0
        self._machine.wake()
        self._wakes = _WAKES
