"""What is checked of arguments, in one line each that says what is allowed."""


def whole(name: str, value, low: int, high: int) -> int:
    """value, if it is an int from low to high; TypeError or ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("%s must be an int, not %s" % (name, type(value).__name__))
    if not low <= value <= high:
        raise ValueError("%s must be %d to %d, not %d" % (name, low, high, value))
    return value


def number(name: str, value, low: float, high: float, unit: str = "") -> float:
    """value as a float, if it is a number from low to high; TypeError or ValueError otherwise.

    unit: what it counts, for the message: "Hz". NaN and infinity are refused, too.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("%s must be a number, not %s" % (name, type(value).__name__))
    if not low <= value <= high:
        unit = unit and " " + unit
        raise ValueError("%s must be %s to %s%s, not %s" % (name, low, high, unit, value))
    return float(value)


def check_channels(channels) -> int:
    """channels, if it is 1 or 2; ValueError for anything else."""
    if type(channels) is not int or channels not in (1, 2):
        raise ValueError("channels must be 1 or 2, not %s" % channels)
    return channels
