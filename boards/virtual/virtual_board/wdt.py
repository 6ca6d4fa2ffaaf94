"""machine.WDT: resets the board, which ends the run, if it is not fed in time."""

from virtual_board import board, costs, engine
from virtual_board.arguments import integer, parse

_NEW = (("id", 0, integer, False), ("timeout", 5000, integer, False))
_MOST = 8388


class WDT:
    """WDT(id=0, timeout=5000): milliseconds. Once started it does not stop."""

    over = False

    def __init__(self, *args, **kwargs):
        engine.call(costs.TIMER)
        number, self._timeout = parse(_NEW, args, kwargs)
        if number:
            raise ValueError("WDT(%d) doesn't exist" % number)
        if self._timeout > _MOST and not board.current.esp32:
            raise ValueError("timeout exceeds %d" % _MOST)
        if self._timeout <= 0 and board.current.esp32:
            raise ValueError("WDT timeout too short")
        self._feed()
        engine.add_source(self)
        engine.rearm()

    def feed(self):
        engine.call(costs.PWM_CALL)
        self._feed()
        engine.rearm()

    def _feed(self):
        self.due = engine.now + self._timeout * 1_000_000

    def fire(self):
        self.due = engine.FAR
        board.current.bite()

    def unmasked(self):
        pass
