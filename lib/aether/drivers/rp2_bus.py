"""What the drivers over PIO and DMA have in common: pins, format, clock, and what they claim."""

import machine
import rp2

import aether.drivers.rp2_chain as rp2_chain
import aether.drivers.rp2_clock as rp2_clock
from aether.checks import whole
from aether.drivers.arguments import check_format
from aether.drivers.rp2_claims import Claim

# System clocks that may be asked for, in Hz; machine.freq() refuses those that it cannot make.
_CLOCKS = (18000000, 300000000)


class Bus:
    """The pins and the format of an I2S bus of which the PIO makes the clocks.

    pins: GPIO numbers by name, "sck" and "ws" among them, which become attributes; the rest as for
    Rp2DMA. A driver assembles its programs, one a state machine, and says how many DMA channels it
    needs.
    """

    # How many blocks lie between Python and the bus: together they outlast a garbage collection
    # of 6 ms.
    blocks = 6
    # The one that is moved, and the next.
    fewest = 2
    channels_needed = 0

    def __init__(self, pins, rate, bits, channels, hard, clock):
        for name in sorted(pins):
            setattr(self, name, whole(name, pins[name], 0, 29))
        sck, ws = self.sck, self.ws
        if ws - sck not in (1, -1):
            raise ValueError("ws must be the pin next to sck (%d), not %d" % (sck, ws))
        for name in sorted(pins):
            if name not in ("sck", "ws") and pins[name] in (sck, ws):
                raise ValueError("%s must be a pin of its own, not %d" % (name, pins[name]))
        self.rate = whole("rate", rate, 1000, 192000)
        check_format(bits, channels)
        self.bits = bits
        self.channels = channels
        self.hard = bool(hard)
        self.clock = clock if clock is None else whole("clock", clock, *_CLOCKS)
        self.frame_bytes = bits // 8 * channels
        self.slots = None
        self._pins = pins
        # The bits of the two clocks in a side-set value: the lower pin's is the first.
        self._sides = (1, 2) if sck < ws else (2, 1)
        self._claim = None
        self._check(self.clock or machine.freq())
        self._take()

    def _check(self, clock):
        # ValueError for a rate that cannot be had of a system clock.
        rp2_clock.frequency(self.rate, self.bits, clock)

    def _take(self):
        self._programs = self._assemble()
        frame_us = 1 + 1000000 // self.rate
        self._claim = Claim(self._pins, self._programs, self.channels_needed, frame_us)

    def period_us(self, frames: int) -> int:
        """1/256 microseconds that `frames` frames last, at the rate the clock divider reaches."""
        steps = frames * self.bits * 4 * rp2_clock.divider(self._frequency())
        return steps * 1000000 // machine.freq()

    def true_rate(self) -> float:
        """Frames a second that the clock divider really makes, with the clock asked for."""
        return rp2_clock.reached(self.rate, self.bits, self.clock)

    def _frequency(self):
        return rp2_clock.frequency(self.rate, self.bits)

    def open(self):
        """Clear the ring, take what close() gave back, set the clock if asked.

        RuntimeError where something is lacking by now, or before prepare(); ValueError for a clock
        that the chip cannot make. Main program only; allocates.
        """
        if self.slots is None:
            raise RuntimeError("prepare() comes before open()")
        if self.clock is not None and machine.freq() != self.clock:
            try:
                machine.freq(self.clock)
            except ValueError:
                raise ValueError(
                    "clock must be one that the chip can make, such as 126000000, not %d"
                    % self.clock
                )
        if not self._claim.held:
            self._claim.release()
            self._take()
            self._claim.bind()
        rp2_chain.reset(self.counters()[0])
        self._ring.clear()

    def _machine(self, index, frequency, **bases):
        # The state machine of a program, set up and standing still; its number.
        number = self._claim.machines[index]
        return number, rp2.StateMachine(number, self._programs[index], freq=frequency, **bases)

    def _interrupt(self, count, ready):
        self._claim.interrupt = count
        count.irq(ready, hard=True)

    def close(self):
        """Stop, when the PIO's queue has run dry, and give everything back.

        Allocates nothing; main program or soft callback.
        """
        self._claim.release()

    deinit = close


def clock_pins(bus):
    """Where a state machine that makes the clocks has them, as its `sideset_base`."""
    return machine.Pin(min(bus.sck, bus.ws))


def input_pin(number):
    """A pin for data that come in; pulled down, so that what is not connected is silence."""
    return machine.Pin(number, machine.Pin.IN, machine.Pin.PULL_DOWN)
