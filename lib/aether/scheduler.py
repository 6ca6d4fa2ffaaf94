"""MicroPython's scheduler, and a stand-in that lets the sources load on CPython."""

try:
    from micropython import schedule
except ImportError:

    def schedule(function, argument):
        function(argument)
