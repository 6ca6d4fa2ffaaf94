"""What the drivers check of their arguments, in one line each that says what is allowed."""


def whole(name, value, low, high):
    """value, if it is an int from low to high; TypeError or ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("%s must be an int, not %s" % (name, type(value).__name__))
    if not low <= value <= high:
        raise ValueError("%s must be %d to %d, not %d" % (name, low, high, value))
    return value


def check_format(bits, channels):
    """ValueError for other than 16 or 32 bits, 1 or 2 channels."""
    if type(bits) is not int or bits not in (16, 32):
        raise ValueError("bits must be 16 or 32, not %s" % bits)
    if type(channels) is not int or channels not in (1, 2):
        raise ValueError("channels must be 1 or 2, not %s" % channels)
