"""The memory of a ring of blocks, which a DMA channel goes round by itself."""

from uctypes import addressof

from aether.const import const

# The DMA wraps addresses round at 32 KB at most.
MOST = const(32768)


def _power(n):
    # n is 2 to the power of this, or None.
    bits = 0
    while 1 << bits < n:
        bits += 1
    return bits if 1 << bits == n else None


class Ring:
    """At least `blocks` + `spare` blocks of `frames` frames of `frame_bytes` bytes, all zeros.

    `slots`: a memoryview of each block's bytes; their number is a power of two, 4 or more.
    `memory`: all of them. It lies on a multiple of its size, which is 2 to the power of `wrap`:
    so the DMA's address comes round by itself. `size`: bytes of a block.

    ValueError if no DMA channel could go round it. Takes twice its size of the heap.
    """

    def __init__(self, frames: int, frame_bytes: int, blocks: int, spare: int = 0):
        size = frames * frame_bytes
        if _power(frames) is None:
            raise ValueError(
                "the pool's buffers must have a power of two of samples for DMA, not %d" % frames
            )
        count = 4  # one is played, one is the last that a late block can reach
        while count < blocks + spare:
            count *= 2
        whole = count * size
        if whole > MOST:
            raise ValueError(
                "blocks must be %d at most with %d bytes each, not %d"
                % (MOST // size - spare, size, blocks)
            )
        store = bytearray(2 * whole)
        start = -addressof(store) % whole
        self.memory = memoryview(store)[start : start + whole]
        self.slots = [self.memory[i : i + size] for i in range(0, whole, size)]
        self.size = size
        self.wrap = _power(whole)

    def clear(self):
        """Zeros everywhere. Allocates."""
        self.memory[:] = bytes(len(self.memory))
