"""The DMA channels together: what ends when, what that starts, and the interrupt they share.

A channel that a state machine paces is followed to the transfer; one that nothing paces takes a
clock a transfer, and memory changes when it is done. No function on the way of a block allocates.
"""

from virtual_board import dma_channel, dma_toll, dma_wires, engine, hard_irq, memory
from virtual_board.unsupported import refuse

# Clocks from a trigger to the first transfer.
_LATENCY = 3


class Hardware:
    """The source of events for the engine."""

    over = False

    def __init__(self, board, count):
        self._board = board
        self.meter = board.meter
        self.channels = [dma_channel.Channel(i) for i in range(count)]
        # State machines that take or give words; see pio_out and pio_in.
        self.ports = {}
        self._flowing = []
        self._toll = dma_toll.Toll(board.cost) if board.cost else None
        self.due = engine.FAR
        self._follow = self.follow
        engine.add_source(self)

    # Claims.

    def claim(self):
        """A free channel, or None."""
        for channel in self.channels:
            if not channel.claimed:
                channel.claimed = True
                return channel
        return None

    def free(self):
        """How many channels are not claimed."""
        return sum(1 for channel in self.channels if not channel.claimed)

    def release(self, channel):
        self.stop(channel)
        channel.claimed = False
        channel.clear()
        self.update()

    def set_port(self, machine, port):
        """What stands behind a state machine from now on; None for nothing."""
        old = self.ports.get(machine)
        if old is not None:
            old.stop(engine.now)
            if old.channel is not None:
                refuse("a state machine that is set up while DMA feeds it")
        self.ports[machine] = port
        self._flowing = [each for each in self.ports.values() if each is not None]
        for each in self._flowing:
            each.look(self._flowing)
        engine.following = self._follow

    # Channels.

    def start(self, channel):
        """A trigger by the program."""
        self.trigger(channel, engine.now)
        self.update()

    def trigger(self, channel, now):
        """Begins a block at `now`, unless the channel is at one or not enabled."""
        if channel.busy or not channel.enabled:
            return
        if channel.reload >> 28:
            refuse("DMA channels that count without an end")
        channel.count = channel.reload
        channel.since = now
        if channel.request == dma_wires.UNPACED:
            self._check_memory(channel)
            clocks = _LATENCY + channel.count
            channel.due = (
                now + (clocks * 1_000_000_000 + self._board.clock - 1) // self._board.clock
            )
        else:
            port = self._port_of(channel)
            channel.port = port
            if self._toll is not None and port.sends:
                self._toll.watch(channel, port.words_a_frame << channel.size)
            port.feed(channel, now)
            channel.due = port.ends(now)
            if port.sends:
                self._reckon(now)
        channel.busy = True

    def _reckon(self, now):
        # What reads by a sender's clocks ends later, or at all, if that has waited.
        for port in self._flowing:
            if not port.sends and port.channel is not None:
                port.channel.due = port.ends(now)

    def stop(self, channel):
        """Aborts what the channel is at."""
        if channel.port is not None:
            channel.port.feed(None, engine.now)
            channel.port = None
        channel.busy = False
        channel.due = engine.FAR

    def set_ctrl(self, channel, ctrl):
        """A new control register; a channel that is not enabled stands still."""
        channel.set_ctrl(ctrl)
        if channel.busy:
            self._pause(channel)

    def _pause(self, channel):
        port = channel.port
        if port is None:
            return
        if not channel.enabled:
            port.feed(None, engine.now)
            channel.due = engine.FAR
        elif port.channel is None:
            port.feed(channel, engine.now)
            channel.due = port.ends(engine.now)
        self.update()

    def _check_memory(self, channel):
        if channel.size > 2:
            refuse("DMA transfers of that size")
        self._check_to(channel)
        self._check_from(channel)

    def _check_to(self, channel):
        if channel.write < memory.CHIP:
            refuse("DMA to address 0x%08x" % channel.write)

    def _check_from(self, channel):
        if channel.read < memory.CHIP and not memory.is_ram(channel.read):
            refuse("DMA from address 0x%08x" % channel.read)

    def _port_of(self, channel):
        machine = dma_wires.machine_of(channel.request)
        if machine < 0:
            refuse("DMA paced by request %d" % channel.request)
        port = self.ports.get(machine)
        if port is None or port.sends != dma_wires.takes(channel.request):
            refuse("DMA paced by a state machine without a program of aether's")
        if port.sends:
            self._check_from(channel)
            if channel.write != dma_wires.tx_address(machine):
                refuse("DMA to address 0x%08x, paced by a state machine" % channel.write)
        else:
            self._check_to(channel)
            if channel.read != dma_wires.rx_address(machine):
                refuse("DMA from address 0x%08x, paced by a state machine" % channel.read)
        if port.channel is not None:
            refuse("two DMA channels to one state machine at once")
        if not port.accepts(channel.size):
            refuse("DMA transfers of that size to a state machine")
        return port

    def update(self):
        """Must follow every change from outside."""
        self._set_due()
        engine.rearm()

    def retime(self):
        """State machines go at another pace, or stand still, or go on."""
        for port in self._flowing:
            port.look(self._flowing)
        for channel in self.channels:
            if channel.busy and channel.port is not None and channel.enabled:
                channel.due = channel.port.ends(engine.now)
        self.update()

    def progress(self, channel):
        """Transfers of a block that nothing paces that are done by now."""
        if not channel.busy or channel.port is not None:
            return 0
        done = (engine.now - channel.since) * self._board.clock // 1_000_000_000 - _LATENCY
        return min(max(done, 0), channel.count)

    # Time.

    def follow(self):
        """Lets the words flow up to now; whenever the clock has moved."""
        for port in self._flowing:
            port.flow(engine.now)

    def run(self, now):
        """Lets everything happen up to `now`, but interrupts."""
        while True:
            channel = self._first()
            if channel.due > now:
                break
            self._complete(channel, channel.due)
        for port in self._flowing:
            port.flow(now)

    def _first(self):
        first = self.channels[0]
        for channel in self.channels:
            if channel.due < first.due:
                first = channel
        return first

    def _complete(self, channel, now):
        for port in self._flowing:
            port.flow(now)
        port = channel.port
        if port is not None and channel.count:
            # It was reckoned by clocks that have stood still.
            channel.due = port.ends(now)
            return
        if port is None:
            channel.move()
            if self._toll is not None:
                self._toll.forgive()
        else:
            channel.port = None
            port.feed(None, now)
        channel.busy = False
        channel.due = engine.FAR
        if not channel.quiet:
            channel.raised = True
        if channel.chain_to != channel.number and channel.chain_to < len(self.channels):
            self.trigger(self.channels[channel.chain_to], now)

    # Interrupts.

    def fire(self):
        self.run(engine.now)
        self._set_due()
        if not engine.masked and self._wanted():
            hard_irq.serve(hard_irq.channels, self)
            self._set_due()

    def unmasked(self):
        self._set_due()

    def _wanted(self):
        for channel in self.channels:
            if channel.raised and channel.listening:
                return True
        return False

    def _set_due(self):
        if not engine.masked and self._wanted():
            self.due = engine.now
        else:
            self.due = self._first().due
