"""What the drivers check of their arguments."""

from aether.checks import check_channels


def check_format(bits, channels):
    """ValueError for other than 16 or 32 bits, 1 or 2 channels."""
    if type(bits) is not int or bits not in (16, 32):
        raise ValueError("bits must be 16 or 32, not %s" % bits)
    check_channels(channels)
