"""The input stream: what a program calls to be given what comes in, block by block."""

from aether.cores import main_core
from aether.streams import Stream, check_blocks, no_clash, started

# The stream started last, so that the prompt can ask for it: `aether.stream_in.last.stats()`.
last = None


class I2SIn(Stream):
    """Hands what comes in to `receive`, from an I2S driver's callbacks, without allocating.

    driver: an input driver of `aether.drivers`, for this stream alone. pool: a buffer pool with
    as many free buffers as the driver has channels. With "machine" they are the stream's while a
    block is received; with "dma" from start() to stop(), or from when the pool has them, and the
    pool must be a SharedBufferPool. receive(left, right), or receive(mono) for one channel, is
    called once a block, in a soft callback, with views of `buffer_size` float32 samples, -1 to 1.
    It may write to them, must not keep them, and must not allocate if the stream is to be free of
    garbage. blocks: with "machine", how many make one read, 1 to 64 (4); with "dma", how many its
    ring has at least, all but one of which can wait for Python, 2 to 64 (16). watchdog: with
    "machine", whether a timer looks for lost callbacks, so that poll() need not be called.

    A block for which the pool has no buffer is lost, and is counted; after one for which `receive`
    raises comes the next. TypeError or ValueError for bad arguments, also for what the driver
    could never take in; RuntimeError where another stream runs on a pin of a "dma" driver, which
    is then given back as after any error. The constructor allocates; start() opens the bus.
    """

    _function = "receive"

    def __init__(self, driver, pool, receive, *, blocks=None, watchdog=True):
        super().__init__(driver, pool, receive, blocks, watchdog)

    def _fits(self, driver):
        if not hasattr(driver, "frame_bytes"):
            raise TypeError("driver must be of aether.drivers, not %s" % type(driver).__name__)
        if hasattr(driver, "prepare"):
            fits = not hasattr(driver, "doubled")
        else:
            fits = hasattr(driver, "read")
        if not fits:
            raise TypeError("driver must be one for input, not %s" % type(driver).__name__)

    def _make(self, driver, pool, receive, blocks, watchdog):
        if blocks is None and hasattr(driver, "usual_blocks"):
            blocks = driver.usual_blocks(len(pool.silence()))
        blocks = check_blocks(driver, pool, blocks)
        # A board loads only what it runs with.
        if hasattr(driver, "prepare"):
            from aether.ring_in import RingReceiver

            return RingReceiver(driver, pool, receive, blocks)
        from aether.reads import ReadPlayer

        return ReadPlayer(driver, pool, receive, blocks, watchdog)

    def start(self):
        """Open the bus and go on behind the program; does nothing if it runs already.

        RuntimeError if another stream runs on this bus or on one of its pins, or if a "dma" driver
        does not get back what stop() gave away. Main program only; allocates.
        """
        global last
        main_core()
        if self.playing():
            return
        no_clash(self.driver)
        before, last = last, self
        started.append(self)
        try:
            self._player.start()
        except BaseException:
            if not self.playing():
                last = before
            raise

    def stop(self):
        """Close the bus at once; what has not been received is lost, and not counted.

        Of a stream that was never started it gives back what the driver has claimed, and does
        nothing if it is stopped. Main program, `receive`, or another soft callback. Allocates
        nothing.
        """
        main_core()
        self._player.stop()

    def stats(self) -> dict:
        """Counters since start(), as a new dict. Main program only; allocates.

        blocks: received; overruns: with "machine" gaps, estimated from the clock; with "dma"
        blocks that were lost because none was received in time, exactly for gaps of up to 32,767
        blocks; starved: blocks lost because the pool had no buffer; late_callbacks: those half a
        read, or with "dma" a whole block, behind their time; receive_errors: blocks for which
        `receive` raised (see last_error()); restarts: by poll() or the watchdog; load_mean,
        load_max: share of the time of a read, or block, that callbacks took for it;
        latency_frames: from the pins to `receive` at most, for the first frame of a read, or
        block, where Python is in time; fill_max: the most frames that waited for Python;
        high_water: the pool's.
        """
        main_core()
        return self._player.stats()
