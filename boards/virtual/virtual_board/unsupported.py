"""What the virtual board refuses, and where it can be had."""


def refuse(what):
    """Raises an error that names what is not modelled."""
    raise NotImplementedError("the virtual board does not run %s: use `aether emulate`" % what)
