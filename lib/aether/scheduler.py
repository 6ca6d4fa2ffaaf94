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
    """Whether a callback is running, in which no other is called.

    Any context; allocates nothing, but for exceptions where the queue is full.
    """
    global _called
    _called = False
    # At each jump one callback is called, unless this is one; eight places has the queue.
    if not _scheduled():
        return True
    for _ in range(8):
        if _called:
            return False
    return True


def _scheduled():
    for _ in range(8):
        try:
            schedule(_mark, None)
            return True
        except RuntimeError:
            pass  # the queue is full
    return False
