"""machine.Pin: levels that are remembered, and soft callbacks on their edges."""

from virtual_board import costs, engine

_pins = {}
_count = 30


def configure(count, esp32):
    """Numbers below `count` are pins; constants are those of the port."""
    global _count
    _count = count
    if esp32:
        Pin.IN, Pin.OUT, Pin.OPEN_DRAIN = 1, 3, 7
        Pin.PULL_DOWN, Pin.PULL_UP = 1, 2
        Pin.IRQ_RISING, Pin.IRQ_FALLING = 1, 2
        Pin.DRIVE_0, Pin.DRIVE_1, Pin.DRIVE_2, Pin.DRIVE_3 = 0, 1, 2, 3
    else:
        Pin.IN, Pin.OUT, Pin.OPEN_DRAIN, Pin.ALT = 0, 1, 2, 3
        Pin.PULL_UP, Pin.PULL_DOWN = 1, 2
        Pin.IRQ_RISING, Pin.IRQ_FALLING = 8, 4


def pin_id(pin):
    """The number of a Pin, an int or a name such as 'GP16'; ValueError as on a board."""
    if isinstance(pin, Pin):
        return pin.number
    if isinstance(pin, str):
        name = pin[2:] if pin[:2] == "GP" else pin
        if name == "LED":
            name = "25"
        if not name.isdigit():
            raise ValueError('unknown named pin "%s"' % pin)
        pin = int(name)
    if not isinstance(pin, int) or pin < 0 or pin >= _count:
        raise ValueError("invalid pin")
    return pin


class Pin:
    """A pin of the board; the same number gives the same object."""

    def __new__(cls, id, *args, **kwargs):
        number = pin_id(id)
        if number not in _pins:
            pin = object.__new__(cls)
            pin.number = number
            pin._level = 0
            pin._mode = cls.IN
            pin._pull = None
            pin._handler = None
            pin._trigger = 0
            _pins[number] = pin
        return _pins[number]

    def __init__(self, id, mode=-1, pull=-1, *, value=None, drive=0, alt=-1, hold=None):
        self.init(mode, pull, value=value)

    def init(self, mode=-1, pull=-1, *, value=None, drive=0, alt=-1, hold=None):
        engine.call(costs.PIN)
        if mode is not None and mode != -1:
            self._mode = mode
        if pull != -1:
            self._pull = pull
        if value is not None:
            self._set(1 if value else 0)
        elif self._mode == Pin.IN and self._pull is not None:
            # Nothing is connected: the pull decides.
            self._set(1 if self._pull == Pin.PULL_UP else 0)

    def _set(self, level):
        before = self._level
        self._level = level
        if self._handler is not None and level != before:
            if self._trigger & (Pin.IRQ_RISING if level else Pin.IRQ_FALLING):
                engine.schedule(self._handler, self, None)

    def value(self, level=None):
        engine.enter(costs.PIN)
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

    def mode(self, mode=None):
        if mode is None:
            return self._mode
        self.init(mode)

    def pull(self, pull=-1):
        if pull == -1:
            return self._pull
        self.init(-1, pull)

    def irq(self, handler=None, trigger=None, *, priority=1, wake=None, hard=False):
        """Calls handler(pin) softly on the chosen edges; hard is taken as soft."""
        engine.call(costs.PIN)
        self._handler = handler
        self._trigger = Pin.IRQ_RISING | Pin.IRQ_FALLING if trigger is None else trigger

    def __repr__(self):
        if Pin.OUT == 3:
            return "Pin(%d)" % self.number
        names = {Pin.IN: "IN", Pin.OUT: "OUT", Pin.OPEN_DRAIN: "OPEN_DRAIN", Pin.ALT: "ALT"}
        return "Pin(GPIO%d, mode=%s)" % (self.number, names.get(self._mode, "?"))
