"""The duplex stream: what comes in is rendered into what goes out, a known time later."""

from aether.cores import main_core
from aether.stream import I2SOut
from aether.streams import check_blocks


class I2SDuplex(I2SOut):
    """Renders what an I2S bus takes in into what it plays, without allocating.

    driver: a duplex driver of `aether.drivers`, for this stream alone. pool: a buffer pool with
    two free buffers for each channel, which are the stream's from start() to stop(), or from when
    the pool has them; with "dma" it must be a SharedBufferPool. render(in_left, in_right, left,
    right), or render(inp, out) for one channel, is called once a block with views of
    `buffer_size` float32 samples, -1 to 1: what came in, which it may change, and zeros to be
    filled. It must keep none of them, and must not allocate if the stream is to be free of
    garbage. blocks: with "dma", from a block of the input to the output that is rendered of it, 2
    to 64 (6); with "machine", how many make one transfer, 1 to 64 (4; 2 on rp2), of which the
    rings must hold three. watchdog: as for I2SOut.

    A block for which the pool has no buffers, or whose render raises, is silence, and is counted.
    The first block fades in, and so does what follows on silence. Errors as for I2SOut. The
    constructor allocates; start() opens the buses.
    """

    def _fits(self, driver):
        if not hasattr(driver, "ended_in") and not hasattr(driver, "output"):
            raise TypeError("driver must be a duplex driver, not %s" % type(driver).__name__)

    def _make(self, driver, pool, render, blocks, watchdog):
        blocks = check_blocks(driver, pool, blocks)
        if pool.capacity() < 2 * driver.channels:
            raise ValueError(
                "the pool has %d buffers, %d channels in and out need %d"
                % (pool.capacity(), driver.channels, 2 * driver.channels)
            )
        # A board loads only what it plays with.
        if hasattr(driver, "prepare"):
            from aether.ring_duplex import DuplexRingPlayer

            return DuplexRingPlayer(driver, pool, render, blocks)
        from aether.exchange import ExchangePlayer

        return ExchangePlayer(driver, pool, render, blocks, watchdog)

    def stats(self) -> dict:
        """Those of I2SOut.stats(), as a new dict, and more. Main program only; allocates.

        latency_frames: from the pin of the input to that of the output. With "dma" exactly and
        always; with "machine" as the clock tells it, to a few frames, of the last block.
        underruns: with "dma" blocks of output that were silence because none was rendered in
        time, with "machine" gaps; overruns: with "dma" blocks of input that render was not called
        with, with "machine" gaps; slips: blocks of input that were left out and of silence that
        were put in to get the latency back, none with "dma"; fill_min: the fewest frames there
        were to be played when a callback came; high_water: the pool's.
        """
        main_core()
        return self._player.stats()
