"""The board's end of the link to its keeper, a thread of the host's Python in this process.

The keeper (aether_tools.virtual_keeper) has `process`, `interrupt` and `finish` scheduled here.
What both must know at any moment stands in `shared`: when the next event is due, until when the
keeper intends to sleep, how often `process` has run, whether a Ctrl-C waits for the end of a
board call, whether the program holds still.
"""

import array

import pty_wall
import uctypes
from virtual_board import board, engine, real

_DUE = 0
_ASLEEP = 1
_RUNS = 2
DEFERRED = 3
_STILL = 4
# What is said to the keeper, which passes the last three on; also A with addresses, T with the
# date at the end in seconds.
_KICK = b"K\n"
_HELD = b"c\n"
_AGAIN = b"I\n"
_UP = b"H\n"
_SOFT = b"S\n"
_HARD = b"R\n"
_FINISHED = b"q\n"

# How much earlier than it knows, in us, an event may come without the keeper being told.
_SLACK = 2000
# Microseconds to hold still: a signal of the keeper ends it long before.
_STILL_US = 500_000
# A board call that gets no further for so many microseconds was unwound by an interrupt.
_STALE = 1_000_000


class Link:
    """`say` is a file; complete() completes what is written to files."""

    def __init__(self, say, complete):
        self._say = say
        self._complete = complete
        # Words of 64 bits; to read one of a "q" would make an object.
        self.shared = array.array("l", (pty_wall.FAR, pty_wall.FAR, 0, 0, 0))
        self._calls = 0
        self._calls_at = 0
        self._kept = (self.process, self.interrupt, self.finish)

    def up(self):
        """Tells the keeper where everything is, and that the program may be interrupted."""
        where = [uctypes.addressof(self.shared)]
        where.extend(id(function) for function in self._kept)
        self._say.write("A %d %d %d %d\n" % tuple(where))
        self._say.write(_UP)

    # What the engine calls; nothing below allocates.

    def expect(self, due):
        """The next event is due at `due`, in us of the host's clock."""
        shared = self.shared
        shared[_DUE] = due
        if due < shared[_ASLEEP] - _SLACK:
            shared[_ASLEEP] = due
            self._say.write(_KICK)

    def hold_still(self):
        """Gives the keeper time to see what runs, and to make KeyboardInterrupt pending.

        It is raised at the next jump, so there must be none from here to the program.
        """
        self.shared[DEFERRED] = 0
        self.shared[_STILL] = 1
        self._say.write(_HELD)
        real.time.sleep_us(_STILL_US)
        # A wake-up that was on its way may have ended that one.
        real.time.sleep_us(_STILL_US)
        self.shared[_STILL] = 0

    # What the keeper schedules.

    def process(self, _):
        """Lets happen what is due, unless a board call is on its way and will do so."""
        try:
            self.shared[_RUNS] += 1
            if engine.busy:
                self._heal()
            else:
                pty_wall.turn()
        except KeyboardInterrupt:
            self._say.write(_AGAIN)  # it struck us and not the program

    def _heal(self):
        now = real.time.ticks_us()
        if engine.calls != self._calls:
            self._calls = engine.calls
            self._calls_at = now
        elif now - self._calls_at > _STALE:
            engine.busy = 0

    def interrupt(self, _):
        """A Ctrl-C came: it waits for the end of a board call, and while interrupts are off."""
        if engine.busy or engine.in_callback or engine.masked:
            self.shared[DEFERRED] = 1
            self._heal()
        else:
            self.hold_still()

    def finish(self, _):
        self._complete()
        self._say.write(_FINISHED)

    # Resets.

    def leave(self):
        """Ends this process for a soft reset; does not return."""
        self._end(_SOFT)

    def reset(self):
        """Ends this process for a hard reset; does not return."""
        self._end(_HARD)

    def _end(self, letter):
        self._complete()
        moment = board.current.started_at + pty_wall.now() // 1_000_000_000
        self._say.write("T %d\n" % moment)
        self._say.write(letter)
        while True:
            real.time.sleep(60)
