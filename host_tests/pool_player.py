"""Plays a sequence of pool operations and tells what happened; runs on either Python.

Needs nothing but the pool: on the host MicroPython this file is copied beside the program.
"""

import binascii
from array import array

RECENT = 40  # how many of the last handles each step reports on: enough for every small pool


def resolve(handles, argument):
    """The handle that `[which, offset]` stands for: one issued before, shifted by `offset`."""
    which, offset = argument
    return (handles[which % len(handles)] if handles else 0) + offset


def bits(view):
    """The samples of a buffer as hexadecimal text, exact to the bit."""
    return binascii.hexlify(bytes(view)).decode()


class Player:
    """Keeps every handle the pool ever issued, and the view it had at once."""

    def __init__(self, pool):
        self.pool = pool
        self.handles = []
        self.views = {}

    def step(self, name, argument=None, value=None):
        """One operation. Returns its result, the counters, the recent owners and contents."""
        try:
            result = getattr(self, name)(argument, value)
        except (ValueError, TypeError) as error:
            result = type(error).__name__
        pool = self.pool
        recent = self.handles[-RECENT:]
        counters = [pool.available(), pool.high_water(), pool.failed_acquires()]
        contents = [bits(self.views[handle & 0xFFFF]) for handle in recent]
        return [result, counters, [self._owners(handle) for handle in recent], contents]

    def acquire(self, _argument, _value):
        return self._issued(self.pool.acquire())

    def acquire_many(self, count, _value):
        return [self.acquire(None, None) for _ in range(count)]

    def release(self, argument, _value):
        return self.pool.release(resolve(self.handles, argument))

    def release_many(self, count, _value):
        released = []
        for handle in self.handles[-count:] if count else []:
            if self._owners(handle):
                self.pool.release(handle)
                released.append(handle)
        return released

    def share(self, argument, value):
        handle = resolve(self.handles, argument)
        for _ in range(value):
            assert self.pool.share(handle) == handle
        return handle

    def owners(self, argument, _value):
        return self.pool.owners(resolve(self.handles, argument))

    def make_unique(self, argument, _value):
        return self._issued(self.pool.make_unique(resolve(self.handles, argument)))

    def read(self, argument, _value):
        return bits(self.pool.get(resolve(self.handles, argument)))

    def write(self, argument, value):
        view = self.pool.get_mut(resolve(self.handles, argument))
        words = binascii.unhexlify(value) * len(view)
        view[:] = array("f", words[: 4 * len(view)])

    def reset_high_water(self, _argument, _value):
        return self.pool.reset_high_water()

    def silence(self, _argument, _value):
        return bits(self.pool.silence())

    def _issued(self, handle):
        if handle is not None:
            self.handles.append(handle)
            view = self.pool.get_mut(handle)
            assert self.views.setdefault(handle & 0xFFFF, view) is view
        return handle

    def _owners(self, handle):
        try:
            return self.pool.owners(handle)
        except ValueError:
            return 0


def play(pool, sequence):
    """The trace of a whole sequence: one entry a step."""
    player = Player(pool)
    for step in sequence:
        yield player.step(*step)
