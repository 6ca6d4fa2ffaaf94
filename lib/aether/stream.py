"""The output stream: what a program calls to have its blocks rendered and played."""

from aether.cores import main_core
from aether.streams import Stream, check_blocks, no_clash, started

# The stream started last, so that the prompt can ask for it: `aether.stream.last.stats()`.
last = None


class I2SOut(Stream):
    """Plays what `render` fills, from an I2S driver's callbacks, without allocating.

    driver: an output driver of `aether.drivers`, for this stream alone. pool: a buffer pool with
    as many free buffers as the driver has channels. With "machine" they are the stream's while a
    block is rendered; with "dma" from start() to stop(), or from when the pool has them, and the
    pool must be a SharedBufferPool. render(left, right), or render(mono) for one channel, is
    called once a block with zeroed views of `buffer_size` float32 samples, -1 to 1; it must not
    keep them, and must not allocate if the stream is to be free of garbage. blocks: with
    "machine", how many make one write, 1 to 64 (4); with "dma", how many are rendered ahead, 2 to
    64 (6), 2 being enough where garbage is never collected while it plays. watchdog: with
    "machine", whether a machine.Timer looks for lost callbacks; if not, call poll() now and then.

    A block for which the pool has no buffer, or whose render raises, is silence, and is counted;
    the sound before it fades out in it, and what follows fades in.
    TypeError or ValueError for bad arguments, also for what the driver could never play;
    RuntimeError where another stream plays on a pin of a "dma" driver, which is then given back
    as after any error. The constructor allocates; start() opens the bus.
    """

    def __init__(self, driver, pool, render, *, blocks=None, watchdog=True):
        super().__init__(driver, pool, render, blocks, watchdog)

    def _fits(self, driver):
        if not hasattr(driver, "frame_bytes"):
            raise TypeError("driver must be of aether.drivers, not %s" % type(driver).__name__)
        if not hasattr(driver, "doubled" if hasattr(driver, "prepare") else "write"):
            raise TypeError("driver must be one for output, not %s" % type(driver).__name__)

    def _make(self, driver, pool, render, blocks, watchdog):
        blocks = check_blocks(driver, pool, blocks)
        # A board loads only what it plays with.
        if hasattr(driver, "prepare"):
            from aether.ring import RingPlayer

            return RingPlayer(driver, pool, render, blocks)
        from aether.writes import WritePlayer

        return WritePlayer(driver, pool, render, blocks, watchdog)

    def start(self):
        """Open the bus and play on behind the program; does nothing if it plays already.

        Fills the buffers before it returns. If a callback has called stop() and that has not come
        to an end, it waits for this first. RuntimeError if another stream plays on this bus or
        on one of its pins, or if a "dma" driver does not get back what stop() gave away. Main
        program only; allocates.
        """
        global last
        main_core()
        if self._player.ending():
            self._player.stop()
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
        """Play what is buffered, then silence, and close the bus; returns when that is done.

        Takes as long as the buffers last. The last block fades out. Of a stream that was never
        started it gives back what the driver has claimed, and does nothing if it is stopped. In a
        soft callback, `render` among them, it returns at once and the stream ends by itself. Main
        program or soft callback; allocates nothing.
        """
        main_core()
        self._player.stop()

    def stats(self) -> dict:
        """Counters since start(), as a new dict. Main program only; allocates.

        blocks: rendered; underruns: with "machine" gaps in the sound, estimated, see below; with
        "dma" blocks that were silence because none was rendered in time, exactly for gaps of up
        to 32,512 blocks; late_callbacks: those half a write, or with "dma" a whole block, behind
        their time; render_errors: blocks whose render raised (see last_error()); restarts: by
        poll() or the watchdog; load_mean, load_max: share of the time of a write, or block, that
        callbacks took for it; latency_frames: from render to the pins, buffers full; fill_min:
        fewest frames that a callback found ahead of it; high_water: most buffers of the pool that
        were in use at once.

        With "machine" an underrun is one run of silence, for want of data, in the midst of the
        sound: DMA halves (rp2) or buffers (ESP32) for which nothing was in the ring. It counts
        from when it begins. Nobody tells of it: it follows from the clock and from what was
        written. That is exact, but where a write comes within a half, or buffer, of the edge;
        there it may be one off. It does not notice interrupts masked for more than two halves.
        """
        main_core()
        return self._player.stats()

    @property
    def gain(self) -> float:
        """What all blocks are scaled by, 0 to 16; 1 as they are, which alone costs nothing.

        A new one is reached by a ramp over the block that is rendered next. TypeError or
        ValueError for what is no such number. To set it allocates: main program only.
        """
        return self._player.level.gain

    @gain.setter
    def gain(self, gain):
        main_core()
        self._player.level.set_gain(gain)

    def mute(self, muted: bool = True):
        """Fade to silence over one block, or back to the gain; render is called all the same.

        Main program only; allocates.
        """
        main_core()
        self._player.level.set_muted(muted)

    @property
    def muted(self) -> bool:
        """Whether mute() is on."""
        return self._player.level.muted
