"""The memory of one write to the bus."""


class Frames:
    """PCM frames of one write: `all` of them, and views of them made once.

    size: bytes of a block; blocks: how many there are; most: the most bytes the driver takes at
    once. `blocks` are the views to render into, `parts` those to hand over, `tail` is the last
    eight bytes. Allocates.
    """

    def __init__(self, size: int, blocks: int, most: int):
        self.all = bytearray(size * blocks)
        whole = memoryview(self.all)
        self.blocks = [whole[i : i + size] for i in range(0, size * blocks, size)]
        self.tail = whole[-8:]
        self.parts = [self.all]
        if most < size * blocks:
            self.parts = [whole[i : i + most] for i in range(0, size * blocks, most)]
