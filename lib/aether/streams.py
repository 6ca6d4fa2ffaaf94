"""What streams have in common: which of them run, and what is checked of their arguments."""

# Those that were started and have not been seen to stand still since.
started = []
# A driver's pins are among these.
_PINS = ("sck", "ws", "sd", "sd_in")


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
