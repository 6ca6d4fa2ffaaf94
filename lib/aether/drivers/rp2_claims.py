"""What a driver takes of an RP2: state machines, PIO memory, DMA channels; all or nothing."""

import gc

import rp2

from aether.const import const
from aether.ticks import sleep_us

# An address that can be read; a channel that is closed has none.
_SOMEWHERE = const(0x20000000)
# What is taken, so that no two drivers have a pin: without the drivers themselves, for one that
# nobody has any more is collected as garbage, and its DMA channels are closed then.
_taken = []


class _Taken:
    # watch: the registers of a DMA channel, whose first word is 0 when it has been closed.
    # bound: a stream relies on it.
    def __init__(self, pins):
        self.pins = pins
        self.bound = False
        self.machines = []
        self.programs = []
        self.block = None
        self.watch = None

    def plays(self):
        for number in self.machines:
            if rp2.StateMachine(number).active():
                return True
        return False

    def drop(self):
        # list.clear() would allocate.
        while self.programs:
            self.block.remove_program(self.programs.pop())
        _taken.remove(self)


class Claim:
    """State machines of one PIO with their programs, and DMA channels.

    pins: {name: GPIO number} of the driver; programs: one a machine; channels: how many DMA
    channels; frame_us: how long a frame lasts. `pio` is the block's number, `machines` are numbers
    of StateMachine, `channels` rp2.DMA objects; `interrupt` is the one with a handler, set by the
    driver.

    A claim that no stream has been bound to (what came after the driver failed, say) gives way to
    the next one on its pins, and one that nobody has any more to whoever lacks something.

    RuntimeError, and nothing is claimed, if a pin, a state machine, the PIO's memory or a DMA
    channel is lacking. Main program only; allocates.
    """

    def __init__(self, pins, programs, channels, frame_us):
        self._frame_us = frame_us
        self.channels = []
        self._off = []
        self._running = []
        self.interrupt = None
        self.pio = None
        self._unreleased = True
        self._taken = None
        _sweep()
        try:
            # A collection would be a gap in what plays: not for what it cannot help.
            if any(_common(t.pins, pins) and t.bound and not t.plays() for t in _taken):
                _collect()
            self._take_pins(pins)
            try:
                self._take(programs, channels)
            except RuntimeError:
                self.release()
                self.channels, self._off = [], []
                _collect()
                self._unreleased = True
                self._take_pins(pins)
                self._take(programs, channels)
        except BaseException:
            self.release()
            raise

    @property
    def held(self) -> bool:
        """Whether it can be relied on: not released, and not given to another driver."""
        return self._unreleased and self._taken in _taken

    def bind(self):
        """A stream relies on this claim from now on."""
        self._taken.bound = True

    @property
    def machines(self):
        return self._taken.machines

    def _take_pins(self, pins):
        for other in _taken[:]:
            common = _common(other.pins, pins)
            if common and other.bound:
                raise RuntimeError("pin %d (%s) belongs to another stream: stop it first" % common)
            if common:
                other.drop()
        self._taken = _Taken(pins)
        _taken.append(self._taken)

    def _take(self, programs, channels):
        self._take_machines(programs)
        self._take_channels(channels)
        self.channels[-1].read = _SOMEWHERE
        self._taken.watch = self.channels[-1].registers

    def _take_machines(self, programs):
        tried = []
        taken = self._taken
        for number in range(3):
            try:
                pio = rp2.PIO(number)
            except ValueError:
                break  # an RP2040 has two
            taken.block = pio
            try:
                for program in programs:
                    pio.add_program(program)
                    taken.programs.append(program)
            except OSError:
                tried.append("PIO %d has no room for the program" % number)
            else:
                free = _free_machines(number, len(programs))
                if len(free) == len(programs):
                    self.pio = number
                    taken.machines = free
                    self._running = [rp2.StateMachine(number) for number in free]
                    return
                tried.append("PIO %d has %d free" % (number, len(free)))
            while taken.programs:
                pio.remove_program(taken.programs.pop())
        raise RuntimeError(
            "%d state machines of one PIO are needed: %s" % (len(programs), ", ".join(tried))
        )

    def _take_channels(self, count):
        try:
            while len(self.channels) < count:
                dma = rp2.DMA()
                self.channels.append(dma)
                # What it is told when it is to stop: chained to itself, which is to none.
                self._off.append(dma.pack_ctrl(enable=False))
        except OSError:
            raise RuntimeError(
                "%d DMA channels are needed, %d are free: stop what uses them"
                % (count, len(self.channels))
            )

    def release(self):
        """Stop all of it and give it back; does nothing the second time.

        Interrupts first, then the chain, so that no channel starts another that was stopped. What
        the state machines hold is played first, ten frames at most. Allocates nothing; main
        program or soft callback.
        """
        # No branch in between: a soft callback that ends the stream could come in there.
        unreleased = self._unreleased
        self._unreleased = False
        if not unreleased:
            return
        try:
            self._release()
        except BaseException:
            self._unreleased = True  # Ctrl-C: it can be called again
            raise

    def _release(self):
        if self.interrupt is not None:
            self.interrupt.irq(None)
            self.interrupt = None
        for i in range(len(self.channels)):
            self._unchain(i)
        for dma in self.channels:
            self._abort(dma)
        if self._taken in _taken:
            self._stop_machines()
            self._taken.drop()
        for dma in self.channels:
            dma.close()

    # A channel that is closed says so by ValueError: an earlier release was interrupted.

    def _unchain(self, i):
        try:
            self.channels[i].ctrl = self._off[i]
        except ValueError:
            pass

    def _abort(self, dma):
        try:
            dma.active(False)
        except ValueError:
            pass

    def _stop_machines(self):
        # The queue's eight frames and the last one are played, so that the bus ends between two.
        running = False
        for machine in self._running:
            running = running or machine.active()
        if running:
            sleep_us(10 * self._frame_us)
        for machine in self._running:
            machine.active(0)


def _collect():
    # What was dropped without being stopped is given back.
    gc.collect()
    _sweep()


def _sweep():
    # Before a channel that a collection has closed is claimed by another.
    for taken in _taken[:]:
        if taken.watch is not None and not taken.watch[0]:
            taken.drop()


def _common(pins, others):
    for name in sorted(others):
        if others[name] in pins.values():
            return others[name], name
    return None


def _free_machines(pio, wanted):
    # From the last one down: what is set up but stands still cannot be told from what is free,
    # and programs begin to count at 0. To ask is to claim, until a soft reset: none in vain.
    ours = [number for taken in _taken for number in taken.machines]
    free = []
    for number in range(4 * pio + 3, 4 * pio - 1, -1):
        if len(free) == wanted:
            break
        try:
            if number not in ours and not rp2.StateMachine(number).active():
                free.append(number)
        except ValueError:
            pass  # what is not Python has it: machine.I2S, the radio
    return free
