"""Memory by address, as the DMA sees it: addresses of the host's process, and a few of the chip's.

What a program names by a buffer, or by uctypes.addressof, lies at its address in this process.
Below 4 GB are the chip's own places: its RAM reads as zeros, registers are known to `dma_wires`.
"""

from virtual_board import real

try:
    from virtual_board.memory_viper import changed, gather, move
except (ImportError, SyntaxError, ValueError):
    from virtual_board.memory_portable import changed, gather, move

if real.HOSTED:
    from virtual_board.memory_portable import addressof
else:
    from uctypes import addressof

__all__ = (
    "CHIP",
    "address_of",
    "addressof",
    "changed",
    "gather",
    "is_ram",
    "move",
    "writable_address_of",
    "zeros_at",
)

# Addresses from here on are the host's.
CHIP = 1 << 32
_RAM = 0x20000000
_RAM_END = 0x20082000


_ZEROS = bytearray(4)
zeros_at = addressof(_ZEROS)


def is_ram(address):
    """Whether this is RAM of the chip, of which nobody knows what it holds."""
    return _RAM <= address < _RAM_END


def address_of(buf):
    """The address of a buffer; TypeError for what is none."""
    return addressof(buf)


def writable_address_of(buf):
    """The address of a buffer; TypeError for what is none, or is read-only."""
    if isinstance(buf, bytes) or isinstance(buf, str):
        raise TypeError("can't convert %s to int" % type(buf).__name__)
    return addressof(buf)
