"""`const` where MicroPython has it, and a stand-in that lets the sources load on CPython."""

try:
    from micropython import const
except ImportError:

    def const(value):
        return value
