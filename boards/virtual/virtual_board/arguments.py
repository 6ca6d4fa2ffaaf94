"""Arguments as MicroPython's functions in C take them, with what these say of wrong ones."""

REQUIRED = object()


def integer(value):
    """value as an int; TypeError for what is none."""
    if isinstance(value, bool):
        return int(value)
    if not isinstance(value, int):
        raise TypeError("can't convert %s to int" % type(value).__name__)
    return value


def parse(allowed, args, kwargs):
    """A list of values in the order of `allowed`: tuples of a name, what an argument that is not
    given counts as (or REQUIRED), what converts the others (or None), and whether it goes by name
    only."""
    values = []
    named = 0
    for i, (name, default, convert, by_name) in enumerate(allowed):
        if i < len(args):
            if by_name:
                raise TypeError("extra positional arguments given")
            value = args[i]
        elif name in kwargs:
            value = kwargs[name]
            named += 1
        elif default is REQUIRED:
            raise TypeError("'%s' argument required" % name)
        else:
            values.append(default)
            continue
        values.append(convert(value) if convert else value)
    if len(args) > len(allowed):
        raise TypeError("extra positional arguments given")
    if len(kwargs) > named:
        raise TypeError("extra keyword arguments given")
    return values
