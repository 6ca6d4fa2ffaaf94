"""machine.Timer: virtual timers; their callbacks are soft, or on rp2 hard if wanted.

On rp2 each is one of its own. An ESP32 has four, by number: what is made again is the same object.
"""

from virtual_board import board, costs, engine, hard_irq, real
from virtual_board.arguments import integer, parse

_INIT = (
    ("mode", 1, integer, True),
    ("callback", None, None, True),
    ("period", -1, integer, True),
    ("tick_hz", 1000, integer, True),
    ("freq", None, None, True),
    ("hard", False, None, True),
)
# How many an ESP32 has, and those that were made.
_COUNT = 4
_numbered = {}


class Timer:
    """Timer(id, *, mode, period in ms, freq in Hz, tick_hz, callback, hard).

    id: -1 on rp2, 0 to 3 on esp32.
    """

    ONE_SHOT = 0
    PERIODIC = 1

    def __new__(cls, id=-1, *args, **kwargs):
        if not board.current.esp32:
            if integer(id) != -1:
                raise ValueError("Timer doesn't exist")
            return object.__new__(cls)
        if not 0 <= integer(id) < _COUNT:
            raise ValueError("invalid Timer number")
        if id not in _numbered:
            _numbered[id] = object.__new__(cls)
        return _numbered[id]

    def __init__(self, id=-1, *args, **kwargs):
        engine.call(costs.TIMER)
        if not hasattr(self, "due"):
            self._reset()
        if args or kwargs:
            self.init(*args, **kwargs)

    def _reset(self):
        self.due = engine.FAR
        self._step = 0
        self._mode = Timer.ONE_SHOT
        self._callback = None
        self._hard = False
        self._held = False
        self.over = True

    def init(self, *args, **kwargs):
        engine.call(costs.TIMER_INIT)
        mode, callback, period, tick_hz, freq, hard = parse(_INIT, args, kwargs)
        if hard and board.current.esp32:
            raise ValueError("hard Timers are not implemented")
        if freq is not None:
            step = int(1_000_000_000 / freq)
        elif period < 0:
            step = 0xFFFFFFFF * 1_000_000_000 // tick_hz
        else:
            step = period * 1_000_000_000 // tick_hz
        self._step = max(step, 1000)
        self._mode = mode
        self._callback = callback
        self._hard = bool(hard) and not real.HOSTED
        self._held = False
        if self.over:
            engine.add_source(self)
            self.over = False
        self.due = engine.now + self._step
        engine.rearm()

    def deinit(self):
        engine.call(costs.TIMER_STOP)
        self._callback = None
        self._held = False
        self.due = engine.FAR
        self.over = True
        engine.rearm()

    def value(self):
        engine.call(costs.TIMER)
        return max(self.due - engine.now, 0) // 1_000_000

    def fire(self):
        if self._mode == Timer.PERIODIC:
            self.due += self._step
        else:
            self.due = engine.FAR
            self.over = not engine.masked
        if engine.masked:
            self._held = True
        else:
            self._schedule()

    def unmasked(self):
        if self._held:
            self._held = False
            self.over = self.due == engine.FAR
            self._schedule()

    def _schedule(self):
        if self._callback is None:
            return
        if self._hard:
            hard_irq.serve(hard_irq.timer, self)
        else:
            engine.schedule(self._callback, self, None)

    def __repr__(self):
        mode = "PERIODIC" if self._mode else "ONE_SHOT"
        return "Timer(mode=%s, tick_hz=1000000, period=%d)" % (mode, self._step // 1000)
