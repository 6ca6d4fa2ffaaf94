"""The scheduler of soft callbacks, and a stand-in that lets the sources load on CPython."""

try:
    from micropython import schedule
except ImportError:

    def schedule(function, argument):
        function(argument)


_called = False


def _mark(_):
    global _called
    _called = True


def within_callback() -> bool:
    """Whether a callback is running, in which no other is called; also where the queue is full.

    Any context; allocates nothing, but for an exception where the queue is full.
    """
    global _called
    _called = False
    try:
        schedule(_mark, None)
    except RuntimeError:
        return True
    for _ in range(8):  # at each jump one is called, of up to eight
        if _called:
            return False
    return True
