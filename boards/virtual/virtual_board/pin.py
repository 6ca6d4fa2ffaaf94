"""machine.Pin: levels that are remembered, and soft callbacks on their edges."""

from virtual_board import costs, engine
from virtual_board.arguments import integer, parse

_pins = {}
# The pin that a program last set low: chip select of what it will speak to, see sd_card.py.
lowered = None
_count = 30
_esp32 = False
# rp2: the names of a Pico's pins, and of the functions that a pin can have.
_PICO = tuple(range(23)) + (25, 26, 27, 28)
_ALTS = {
    1: "SPI",
    2: "UART",
    3: "I2C",
    4: "PWM",
    5: "SIO",
    6: "PIO0",
    7: "PIO1",
    8: "GPCK",
    9: "USB",
}
_SIO = 5
_NONE = 31
_RP2_INIT = (
    ("mode", None, None, False),
    ("pull", None, None, False),
    ("value", None, None, True),
    ("alt", _SIO, integer, True),
)
_ESP32_INIT = (
    ("mode", None, None, False),
    ("pull", -1, None, False),
    ("value", None, None, True),
    ("drive", None, None, True),
    ("hold", None, None, True),
)


def configure(count, esp32):
    """Numbers below `count` are pins; constants are those of the port."""
    global _count, _esp32
    _count = count
    _esp32 = esp32
    if esp32:
        Pin.IN, Pin.OUT, Pin.OPEN_DRAIN = 1, 3, 7
        Pin.PULL_DOWN, Pin.PULL_UP = 1, 2
        Pin.IRQ_RISING, Pin.IRQ_FALLING = 1, 2
        Pin.DRIVE_0, Pin.DRIVE_1, Pin.DRIVE_2, Pin.DRIVE_3 = 0, 1, 2, 3
    else:
        Pin.IN, Pin.OUT, Pin.OPEN_DRAIN, Pin.ALT = 0, 1, 2, 3
        Pin.PULL_UP, Pin.PULL_DOWN = 1, 2
        Pin.IRQ_RISING, Pin.IRQ_FALLING = 8, 4
        for alt, name in _ALTS.items():
            setattr(Pin, "ALT_" + name, alt)


def pin_id(pin):
    """The number of a Pin, an int or a name such as 'GP16'; ValueError as on a board."""
    if isinstance(pin, Pin):
        return pin.number
    if isinstance(pin, str):
        return _named(pin)
    if not isinstance(pin, int) or isinstance(pin, bool) or not 0 <= pin < _count:
        raise ValueError("invalid pin")
    return pin


def is_low(pin):
    """Whether the program drives `pin` low."""
    return not pin._level and pin._mode != Pin.IN


def _named(name):
    if _esp32:
        raise ValueError("invalid pin")
    if name == "LED":
        return 25
    for number in range(_count):
        if name == "GPIO%d" % number or (name == "GP%d" % number and number in _PICO):
            return number
    raise ValueError('unknown named pin "%s"' % name)


class Pin:
    """A pin of the board; the same number gives the same object."""

    def __new__(cls, id, *args, **kwargs):
        number = pin_id(id)
        if number not in _pins:
            pin = object.__new__(cls)
            pin.number = number
            pin._level = 0
            # As after a reset: rp2 pulls its pins down, and gives them no function.
            pin._mode = cls.IN
            pin._alt = _NONE
            pin._pulls = 0 if _esp32 else cls.PULL_DOWN
            pin._handler = None
            pin._trigger = 0
            _pins[number] = pin
        return _pins[number]

    def __init__(self, id, *args, **kwargs):
        if args or kwargs:
            self.init(*args, **kwargs)
        else:
            engine.call(costs.PIN)

    def init(self, *args, **kwargs):
        engine.call(costs.PIN_INIT)
        given = parse(_ESP32_INIT if _esp32 else _RP2_INIT, args, kwargs)
        mode, pull, value, alt = given[:4]
        if mode is not None:
            self._set_mode(integer(mode), alt)
        if pull != -1 or not _esp32:
            self._pulls = 0 if pull is None else integer(pull) & 3
        if value is not None:
            self._set(1 if value else 0)
        elif self._mode == Pin.IN and self._pulls:
            # Nothing is connected: the pull decides.
            self._set(1 if self._pulls & Pin.PULL_UP else 0)

    def _set_mode(self, mode, alt):
        if mode in (Pin.IN, Pin.OUT, Pin.OPEN_DRAIN):
            self._mode = mode
            self._alt = _SIO
        elif not _esp32:
            if alt not in _ALTS:
                raise ValueError("invalid pin af: %d" % alt)
            self._alt = alt

    def _set(self, level):
        global lowered
        before = self._level
        self._level = level
        if not level and self._mode != Pin.IN:
            lowered = self
        if self._handler is not None and level != before:
            if self._trigger & (Pin.IRQ_RISING if level else Pin.IRQ_FALLING):
                engine.schedule(self._handler, self, None)

    def value(self, level=None):
        engine.enter(costs.PIN_VALUE)
        if level is not None:
            self._set(1 if level else 0)
        engine.leave()
        return self._level if level is None else None

    def __call__(self, level=None):
        return self.value(level)

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    high = on
    low = off

    def toggle(self):
        self.value(not self._level)

    def irq(self, handler=None, trigger=None, *, priority=1, wake=None, hard=False):
        """Calls handler(pin) softly on the chosen edges; hard is taken as soft."""
        engine.call(costs.PIN_IRQ)
        self._handler = handler
        self._trigger = Pin.IRQ_RISING | Pin.IRQ_FALLING if trigger is None else trigger

    def __repr__(self):
        if _esp32:
            return "Pin(%d)" % self.number
        name = {Pin.IN: "IN", Pin.OUT: "OUT", Pin.OPEN_DRAIN: "OPEN_DRAIN"}[self._mode]
        text = "Pin(GPIO%d, mode=%s" % (self.number, name if self._alt == _SIO else "ALT")
        pulls = ("", ", pull=PULL_UP", ", pull=PULL_DOWN", ", pull=PULL_UP|PULL_DOWN")
        text += pulls[self._pulls]
        if self._alt != _SIO:
            text += ", alt=%s" % _ALTS.get(self._alt, self._alt)
        return text + ")"
