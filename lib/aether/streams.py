"""What streams have in common: which of them run, and what is checked of their arguments."""

from aether.cores import main_core

# Those that were started and have not been seen to stand still since.
started = []
# A driver's pins are among these.
_PINS = ("sck", "ws", "sd", "sd_in")


class Stream:
    """A driver, a pool, and a player that does the work; see the kinds of it for their arguments.

    A kind has `_fits(driver)`, which raises TypeError for a driver that is not for it, `_make(
    driver, pool, function, blocks, watchdog)`, which makes its player, and in `_function` the
    name of its function. What fails gives back what the driver has claimed. Allocates.
    """

    _function = "render"

    def __init__(self, driver, pool, function, blocks, watchdog):
        main_core()
        self._fits(driver)
        _check_free(driver)
        try:
            if not hasattr(pool, "acquire"):
                raise TypeError("pool must be a buffer pool, not %s" % type(pool).__name__)
            if not callable(function):
                name = type(function).__name__
                raise TypeError("%s must be callable, not %s" % (self._function, name))
            self._player = self._make(driver, pool, function, blocks, watchdog)
        except BaseException:
            if hasattr(driver, "deinit"):
                driver.deinit()
                driver.slots = None
            raise
        self.driver = driver
        self.pool = pool

    def poll(self):
        """Call now and then to restart a stream whose callback was lost; else does nothing.

        True if it had to. A callback is lost when the scheduler's queue is full. What came in
        meanwhile is received as far as it could wait, and the rest is counted. Main program or a
        soft callback; allocates nothing, but for an exception where that queue is full again.
        """
        main_core()
        return self._player.poll()

    @property
    def blocks(self) -> int:
        """How many blocks it has worked on since start(). Any context; allocates nothing."""
        return self._player.blocks

    def last_error(self):
        """The exception that its function raised last since start(), or None.

        Main program or soft callback; allocates nothing.
        """
        main_core()
        return self._player.guard.last

    def playing(self) -> bool:
        """Whether the bus is open. Any context; allocates nothing."""
        return self._player.playing()


def _check_free(driver):
    # A driver that claims things when it is made has `slots`: it is for one stream, and what it
    # has claimed is given back where it cannot be used.
    if not hasattr(driver, "slots"):
        return
    if driver.slots is not None:
        raise ValueError("the driver has a stream already: make another for this one")
    try:
        no_clash(driver)
    except RuntimeError:
        driver.deinit()
        raise


def check_blocks(driver, pool, blocks):
    """The number of blocks, the driver's own for None; TypeError or ValueError if it cannot be.

    ValueError also for a pool that has not a buffer for each channel.
    """
    if blocks is None:
        blocks = driver.blocks
    if isinstance(blocks, bool) or not isinstance(blocks, int):
        raise TypeError("blocks must be an int, not %s" % type(blocks).__name__)
    if not driver.fewest <= blocks <= 64:
        raise ValueError("blocks must be %d to 64, not %d" % (driver.fewest, blocks))
    if pool.capacity() < driver.channels:
        raise ValueError(
            "the pool has %d buffers, %d channels need as many"
            % (pool.capacity(), driver.channels)
        )
    return blocks


def no_clash(driver):
    """RuntimeError if a stream runs on the bus of a driver, or on one of its pins. Allocates."""
    for stream in started[:]:
        if not stream.playing():
            started.remove(stream)
            continue
        for ours in _buses(driver):
            for theirs in _buses(stream.driver):
                _apart(ours, theirs)


def _buses(driver):
    # A duplex driver may have two.
    return [driver.output, driver.input] if hasattr(driver, "output") else [driver]


def _apart(driver, other):
    if hasattr(other, "i2s_id") and other.i2s_id == getattr(driver, "i2s_id", None):
        raise RuntimeError("I2S %d plays another stream: stop it first" % driver.i2s_id)
    for pin in _pins(driver):
        if pin in _pins(other):
            raise RuntimeError("pin %d belongs to another stream: stop it first" % pin)


def _pins(driver):
    return [getattr(driver, name) for name in _PINS if hasattr(driver, name)]
