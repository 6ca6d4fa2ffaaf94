"""What --cost charges a program that renders into memory from which DMA plays.

Nobody hands such blocks over, so they are noticed: what differs in its latter half, at a call to
the board, from what was there at the last one or what DMA has put there, has been rendered. The
former half may be a fade-out. Nothing allocates but a place that is played for the first time.
"""

from virtual_board import engine, memory

_BLOCK = 64


class Toll:
    """cost: ns for every 64 frames, aligned to the start of the memory they are in."""

    def __init__(self, cost):
        self._cost = cost
        self._watched = []

    def watch(self, channel, frame_bytes):
        """The memory that a channel is about to play."""
        unit = frame_bytes * _BLOCK
        if channel.read >= memory.CHIP and not self._knows(channel, unit):
            if _size(channel, unit):
                self._watched.append(_Watch(_start(channel), _size(channel, unit), unit))
                engine.toll = self.collect

    def _knows(self, channel, unit):
        # Not with `for`: its frame would come from the heap, at every block.
        i = len(self._watched)
        while i:
            i -= 1
            if self._watched[i].is_of(channel, unit):
                return True
        return False

    def collect(self):
        """ns for what has been rendered since the last time."""
        blocks = 0
        for each in self._watched:
            blocks += each.changed()
        return blocks * self._cost

    def forgive(self):
        """DMA has written to memory, which is nothing rendered."""
        self.collect()


def _start(channel):
    return channel.read & ~channel.read_mask


def _size(channel, unit):
    # In bytes: whole units only.
    mask = channel.read_mask
    size = mask + 1 if mask else channel.count << channel.size
    return size - size % unit


class _Watch:
    def __init__(self, start, size, unit):
        self.start = start
        self.size = size
        self.unit = unit
        self._copy = bytearray(size)
        self.copy_at = memory.addressof(self._copy)
        memory.changed(self.copy_at, start, size, unit)

    def is_of(self, channel, unit):
        """Whether this is what a channel is about to play."""
        if self.start != _start(channel) or self.unit != unit:
            return False
        return self.size == _size(channel, unit)

    def changed(self):
        """How many blocks have changed since this was asked."""
        return memory.changed(self.copy_at, self.start, self.size, self.unit)
