"""Byte work of the I2S models: copies that allocate nothing.

`at` packs two offsets, dst << 31 | src. A ring's state is an array('i'):
head, tail, size, and the offset in the application's buffer.
"""

try:
    from virtual_board.copies_viper import (
        clear,
        copy,
        left16,
        left32,
        ring_get,
        ring_put,
        ring_read,
    )
except (ImportError, SyntaxError, ValueError):
    from virtual_board.copies_portable import (
        clear,
        copy,
        left16,
        left32,
        ring_get,
        ring_put,
        ring_read,
    )

__all__ = ("clear", "copy", "left16", "left32", "ring_get", "ring_put", "ring_read")
