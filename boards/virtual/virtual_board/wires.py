"""What else of `machine` works on bare pins: Signal, bitstream, time_pulse_us."""

from virtual_board import costs, engine
from virtual_board.pin import Pin


class Signal:
    """Signal(pin, invert=False), or with the arguments of a Pin."""

    def __init__(self, pin, *args, invert=False, **kwargs):
        self._pin = pin if hasattr(pin, "value") else Pin(pin, *args, **kwargs)
        self._invert = bool(invert)

    def value(self, level=None):
        if level is None:
            return int(bool(self._pin.value()) != self._invert)
        self._pin.value(bool(level) != self._invert)

    __call__ = value

    def __repr__(self):
        return "<Signal>"

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)


def bitstream(pin, encoding, timing, data):
    """Takes as long as the bits do; interrupts wait meanwhile, as on a board."""
    high0, low0, high1, low1 = timing
    took = 0
    for byte in data:
        ones = 0
        while byte:
            ones += byte & 1
            byte >>= 1
        took += ones * (high1 + low1) + (8 - ones) * (high0 + low0)
    before = engine.mask()
    engine.call(costs.PWM + took)
    engine.unmask(before)


def time_pulse_us(pin, pulse_level, timeout_us=1_000_000):
    """No pulse comes: -2 for one that does not begin, -1 for one that does not end."""
    begun = pin.value() == pulse_level
    engine.wait_until(engine.now + timeout_us * 1000)
    return -1 if begun else -2
