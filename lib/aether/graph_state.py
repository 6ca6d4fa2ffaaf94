"""The words of a schedule: its book, and the desk of each of its items."""

from aether.const import const

# The book of a schedule. Masks have a bit for each of its buffers.
SILENT = const(0)  # buffers that are all zeros
FRESH = const(1)  # sums to which nothing was added yet
SIZE = const(2)  # samples of a block
LEFT = const(3)  # the buffers that are put out
RIGHT = const(4)
BOOK = const(5)
# Stands for what is never written to: the pool's silence().
NOBODY = const(0x20000000)
MOST_BUFFERS = const(29)

# The desk of an item.
RULE = const(0)  # ALL, ANY, OWN as in nodes.node; or SUM
INS = const(1)  # masks
OUTS = const(2)
FIRST = const(3)  # OUTS for the first item of a sum, and for its last; else 0
LAST = const(4)
DESK = const(5)
SUM = const(3)
