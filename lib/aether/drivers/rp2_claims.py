"""What a driver takes of an RP2: state machines, PIO memory, DMA channels; all or nothing."""

import rp2

from aether.const import const
from aether.ticks import sleep_us

# Where a DMA channel's control register has the channel that it starts when it ends.
_CHAIN_TO = const(11)
# The claims that are held, so that no two drivers have a pin.
_held = []


class Claim:
    """State machines of one PIO with their programs, and DMA channels.

    pins: {name: GPIO number} of the driver; programs: one a machine; channels: how many DMA
    channels; frame_us: how long a frame lasts. `pio` is the block's number, `machines` are numbers
    of StateMachine, `channels` rp2.DMA objects; `interrupt` is the one with a handler, set by the
    driver. `bound` says that a stream relies on it: a claim that no stream has taken (what came
    after the driver failed, say) gives way to the next one on its pins. `held`: until release().

    RuntimeError, and nothing is claimed, if a pin, a state machine, the PIO's memory or a DMA
    channel is lacking. Main program only; allocates.
    """

    def __init__(self, pins, programs, channels, frame_us):
        self.bound = False
        self.held = True
        self.channels = []
        self.machines = []
        self._stopping = []
        self._programs = []
        self.interrupt = None
        self.pio = None
        self.pins = pins
        self._frame_us = frame_us
        for other in [c for c in _held if _common(c.pins, pins)]:
            if other.bound:
                name, pin = _common(other.pins, pins)
                raise RuntimeError(
                    "pin %d (%s) belongs to another stream: stop it first" % (pin, name)
                )
            other.release()
        _held.append(self)
        try:
            self._take_machines(programs)
            self._take_channels(channels)
        except BaseException:
            self.release()
            raise

    def _take_machines(self, programs):
        tried = []
        for number in range(3):
            try:
                pio = rp2.PIO(number)
            except ValueError:
                break  # an RP2040 has two
            free = _free_machines(number)
            if len(free) < len(programs):
                tried.append("PIO %d has %d free" % (number, len(free)))
                continue
            self.pio = number
            self._block = pio
            try:
                for program in programs:
                    pio.add_program(program)
                    self._programs.append(program)
                self.machines = free[: len(programs)]
                self._stopping = [rp2.StateMachine(number) for number in self.machines]
                return
            except OSError:
                self._drop_programs()
                tried.append("PIO %d has no room for the program" % number)
        raise RuntimeError(
            "%d state machines of one PIO are needed: %s" % (len(programs), ", ".join(tried))
        )

    def _take_channels(self, count):
        try:
            while len(self.channels) < count:
                self.channels.append(rp2.DMA())
        except OSError:
            raise RuntimeError(
                "%d DMA channels are needed, %d are free: stop what uses them"
                % (count, len(self.channels))
            )

    def _stop_machines(self):
        # What their queues hold, eight frames at most, is played before they stop: the bus ends
        # between two frames.
        running = False
        for machine in self._stopping:
            running = running or machine.active()
        if running:
            sleep_us(10 * self._frame_us)
        for machine in self._stopping:
            machine.active(0)

    def _drop_programs(self):
        # list.clear() would allocate.
        while self._programs:
            self._block.remove_program(self._programs.pop())

    def release(self):
        """Stop all of it and give it back; does nothing the second time.

        Interrupts first, then the chain, so that no channel starts another that was stopped.
        """
        # No branch in between: a soft callback that ends the stream could come in there.
        held = self.held
        self.held = False
        if not held:
            return
        if self.interrupt is not None:
            self.interrupt.irq(None)
            self.interrupt = None
        for dma in self.channels:
            dma.ctrl = dma.channel << _CHAIN_TO  # to itself is to none; and not enabled
        for dma in self.channels:
            dma.active(False)
        self._stop_machines()
        for dma in self.channels:
            dma.close()
        self._drop_programs()
        _held.remove(self)


def _common(pins, others):
    for name in sorted(others):
        if others[name] in pins.values():
            return name, others[name]
    return None


def _free_machines(pio):
    ours = [number for claim in _held for number in claim.machines]
    free = []
    for number in range(4 * pio, 4 * pio + 4):
        try:
            if number not in ours and not rp2.StateMachine(number).active():
                free.append(number)
        except ValueError:
            pass  # what is not Python has it: machine.I2S, the radio
    return free
