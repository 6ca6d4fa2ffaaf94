"""Runs kernels by name over the words in files beside it; on any interpreter.

Every block lies between four guards on either side, and every cell before one; all of them are
printed too: nobody may write there.
"""

import sys
from array import array
from binascii import b2a_base64

from aether import kernels

GUARDS = 4
GUARD = 0.5


def play(name, n, same, rows):
    """Prints, for each n words of the file dst, what a kernel leaves of them, and of its cell.

    With `same` dst is src, and the file src is not read. rows: how often at most.
    """
    kernel = getattr(kernels, name)
    space, dst = between_guards(n)
    src = dst if same else between_guards(n)[1]
    cell = array("f", bytes(8) + bytes(array("f", [GUARD])))
    with open("dst", "rb") as dsts, open("src", "rb") as srcs, open("cells", "rb") as cells:
        while rows > 0 and dsts.readinto(dst):
            rows -= 1
            if not same:
                srcs.readinto(src)
            if not cells.readinto(memoryview(cell)[:2]):
                cells.seek(0)
                cells.readinto(memoryview(cell)[:2])
            before = bytes(src)
            assert _called(kernel, name, dst, src, cell, n) is None
            assert same or bytes(src) == before
            sys.stdout.write(b2a_base64(bytes(space) + bytes(cell)).decode())


def between_guards(n):
    """A block of n samples, and the array in which guards surround it: (array, block)."""
    space = array("f", [GUARD] * (n + 2 * GUARDS))
    return space, memoryview(space)[GUARDS : GUARDS + n]


def _called(kernel, name, dst, src, cell, n):
    if name == "clear":
        return kernel(dst, n)
    if name in ("scale", "add_scaled", "ramp"):
        return kernel(dst, src, cell, n)
    return kernel(dst, src, n)
