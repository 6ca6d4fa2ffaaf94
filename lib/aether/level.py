"""The gain of a stream: what its blocks are scaled by, ramped over one block at each change."""

from array import array

from aether import kernels

# What a block needs: nothing, to be scaled, a ramp.
PLAIN = 0
SCALED = 1
RAMPED = 2
# +24 dB.
_MOST = 16


class Level:
    """The gain that render's blocks get before they become frames.

    n: samples of a block; changed(shape) is told what the next blocks need: PLAIN, SCALED or
    RAMPED. The last of these is to be had of ramp() once; the others follow by themselves.

    set_gain() and set_muted() are for the main program and allocate; ramp() and scale() are for
    the callback and do not. A change that a callback has not taken up is replaced by the next.
    """

    def __init__(self, n: int, changed):
        self._n = n
        self._changed = changed
        # A ramp's gain and step in use; four, as kernels work on multiples of 4.
        self._work = array("f", [0.0] * 4)
        self._waiting = None
        self.gain = 1.0
        self.muted = False
        self._reached = 1.0
        self._cell = array("f", [1.0])

    def set_gain(self, gain):
        """Another gain, 0 to 16; TypeError or ValueError for what is no such number."""
        if isinstance(gain, bool) or not isinstance(gain, (int, float)):
            raise TypeError("gain must be a number, not %s" % type(gain).__name__)
        if not 0 <= gain <= _MOST:
            raise ValueError("gain must be 0 to %d, not %s" % (_MOST, gain))
        self.gain = float(gain)
        self._change()

    def set_muted(self, muted):
        """Silence, or the gain again."""
        self.muted = bool(muted)
        self._change()

    def _change(self):
        self._waiting = None  # what a callback has not taken up by now, it will not
        goal = 0.0 if self.muted else self.gain
        start = self._reached
        ramp = array("f", [start, (goal - start) / self._n, 0.0, 0.0])
        self._waiting = (ramp, array("f", [goal]), goal)
        self._changed(RAMPED)

    def settle(self):
        """Begin with the gain that was set last, without a ramp: before the first block."""
        waiting = self._waiting
        self._waiting = None
        if waiting is not None:
            _, self._cell, self._reached = waiting
        self._changed(self._shape())

    def ramp(self, left, right):
        """Take up the change that waits, over this block. right may be left."""
        waiting = self._waiting
        self._waiting = None
        if waiting is None:  # a new one is being made: it will ask again
            self._changed(self._shape())
            self.scale(left, right)
            return
        self._cell = waiting[1]
        self._reached = waiting[2]
        self._one(left, waiting[0])
        if right is not left:
            self._one(right, waiting[0])
        self._changed(self._shape())

    def scale(self, left, right):
        """Scale a block by the gain that was reached. right may be left."""
        kernels.scale(left, left, self._cell, self._n)
        if right is not left:
            kernels.scale(right, right, self._cell, self._n)

    def _one(self, view, ramp):
        kernels.copy(self._work, ramp, 4)
        kernels.ramp(view, view, self._work, self._n)

    def _shape(self):
        return PLAIN if self._reached == 1.0 else SCALED
