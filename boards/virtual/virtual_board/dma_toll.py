"""What --cost charges a program that renders into memory from which DMA plays.

Nobody hands such blocks over, so they are noticed: whatever differs, at a call to the board, from
what was there at the last one or what DMA has put there, has been rendered. Nothing allocates but
a place that is played for the first time.
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
        mask = channel.read_mask
        start = channel.read - (channel.read & mask)
        size = mask + 1 if mask else channel.count << channel.size
        unit = frame_bytes * _BLOCK
        for each in self._watched:
            if each.start == start and each.size == size and each.unit == unit:
                return
        if size >= unit and channel.read >= memory.CHIP:
            self._watched.append(_Watch(start, size - size % unit, unit))
            engine.toll = self.collect

    def collect(self):
        """ns for what has been rendered since the last time."""
        blocks = 0
        for each in self._watched:
            blocks += each.changed()
        return blocks * self._cost

    def forgive(self):
        """DMA has written to memory, which is nothing rendered."""
        self.collect()


class _Watch:
    def __init__(self, start, size, unit):
        self.start = start
        self.size = size
        self.unit = unit
        self._copy = bytearray(size)
        self.copy_at = memory.addressof(self._copy)
        memory.changed(self.copy_at, start, size, unit)

    def changed(self):
        """How many blocks have changed since this was asked."""
        return memory.changed(self.copy_at, self.start, self.size, self.unit)
