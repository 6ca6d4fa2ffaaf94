"""One channel of the DMA: its registers, and the block that it is at. Nothing here allocates."""

from virtual_board import dma_ctrl, engine, memory


class Channel:
    def __init__(self, number):
        self.number = number
        self.claimed = False
        # A file that is open as long as the channel's owner lives; -1 for none.
        self.tied = -1
        self.clear()

    def clear(self):
        """As after DMA.close(): registers of zeros, nothing going on."""
        self.read = self.write = self.count = self.reload = 0
        self.busy = False
        self.port = None
        self.due = engine.FAR
        self.since = 0
        # An interrupt has been raised; it is let through; what it calls.
        self.raised = self.listening = False
        self.irq = None
        self.handler = None
        self.hard = False
        self.flag = 0
        self.owner = None
        self.set_ctrl(0)

    def set_ctrl(self, ctrl):
        """Takes a control register apart."""
        get = dma_ctrl.get
        self.ctrl = ctrl & ~(1 << dma_ctrl.shift("busy"))
        self.enabled = get(ctrl, "enable")
        self.size = get(ctrl, "size")
        self.chain_to = get(ctrl, "chain_to")
        self.request = get(ctrl, "treq_sel")
        self.quiet = get(ctrl, "irq_quiet")
        self.steps = get(ctrl, "inc_read") | get(ctrl, "inc_write") << 1
        ring = get(ctrl, "ring_size")
        on_write = get(ctrl, "ring_sel")
        mask = (1 << ring) - 1
        self.read_mask = 0 if on_write else mask
        self._write_mask = mask if on_write else 0
        self._spec = 1 << min(self.size, 2) | self.steps << 3 | on_write << 5 | ring << 8
        self._spec |= get(ctrl, "bswap") << 6

    def advance(self, n):
        """Moves the registers on by n transfers."""
        n_bytes = n << self.size
        if self.steps & 1:
            mask = self.read_mask
            if mask:
                self.read = self.read - (self.read & mask) + ((self.read + n_bytes) & mask)
            else:
                self.read += n_bytes
        if self.steps & 2:
            mask = self._write_mask
            if mask:
                self.write = self.write - (self.write & mask) + ((self.write + n_bytes) & mask)
            else:
                self.write += n_bytes
        self.count -= n

    def run_of(self, n):
        """How many of n transfers read from addresses that follow each other."""
        if not self.steps & 1:
            return 1
        mask = self.read_mask
        if mask:
            n = min(n, (mask + 1 - (self.read & mask)) >> self.size)
        return max(n, 1)

    def readable(self):
        """The host's address of what is read next; zeros for the RAM of the chip."""
        return self.read if self.read >= memory.CHIP else memory.zeros_at

    def move(self):
        """Does all that is left of a transfer from memory to memory."""
        if self.read >= memory.CHIP:
            memory.move(self.write, self.read, self.count, self._spec)
        else:
            memory.move(self.write, memory.zeros_at, self.count, self._spec & ~8)
        self.advance(self.count)
