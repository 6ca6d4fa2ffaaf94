"""The PIO's clock divider: which frame rate comes of the system clock."""

import machine

# System clocks, in Hz, of which 48 kHz and its kin come without an error: the divider counts in
# 256ths. A board keeps its own, usually 125 or 150 MHz, unless a driver is asked for another.
CLOCKS = (120000000, 126000000, 132000000, 144000000, 150000000)


def frequency(rate: int, bits: int, clock=None) -> int:
    """What StateMachine must be asked for, in Hz, to send `rate` stereo frames a second.

    bits: of a sample. clock: the system clock in Hz, None for the one that it has now. The machine
    takes two clocks a bit, and MicroPython rounds the divider down: this is the request that ends
    up at the nearest one. ValueError, with the nearest rate, if the one reached is 1 % off or
    more.
    """
    clock = clock or machine.freq()
    steps = rate * bits * 4
    divider = min(max((clock * 256 + steps // 2) // steps, 256), 65536 * 256)
    reached = clock * 256 / (divider * bits * 4)
    if abs(reached - rate) >= rate / 100:
        raise ValueError(
            "rate must be another with a clock of %d Hz: %d cannot be had, the nearest is %d"
            % (clock, rate, round(reached))
        )
    return clock * 256 // divider


def divider(frequency: int) -> int:
    """The divider that a request for `frequency` Hz gets, in 256ths."""
    return machine.freq() * 256 // frequency


def reached(rate: int, bits: int, clock=None) -> float:
    """Frames a second that the divider makes; arguments and errors as for frequency()."""
    clock = clock or machine.freq()
    steps = clock * 256 // frequency(rate, bits, clock) * bits * 4
    return clock * 256 / steps


def error(rate: int, bits: int) -> float:
    """How far the rate is off, as a share: 1.2e-05 is 0.0012 %."""
    return reached(rate, bits) / rate - 1
