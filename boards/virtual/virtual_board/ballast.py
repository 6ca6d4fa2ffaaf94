"""Fills the interpreter's heap up to what a board has: small objects are twice as wide here."""

from virtual_board import real

# What a pair takes of a heap with blocks of 32 bytes, with the 128 bytes in it.
_PIECE = 192

_held = None


def fill(left, whole):
    """Leaves `left` bytes free; in one piece, as on a board, or with the holes that there are."""
    global _held
    real.gc.collect()
    spare = real.gc.mem_free() - left
    if not whole:
        _held = bytearray(max(spare - 64, 0))
    # Small pieces go into the holes.
    while whole and spare >= _PIECE:
        for _ in range(spare // _PIECE):
            _held = (_held, bytearray(128))
        spare = real.gc.mem_free() - left
    real.gc.collect()


def drop():
    """Makes room again."""
    global _held
    _held = None
    real.gc.collect()
