"""machine.RTC: the date, which time.time() tells too. It is lost when the power goes."""

from virtual_board import board, costs, engine, time_module


class RTC:
    """RTC(id): one clock, however many objects."""

    def __init__(self, id=0, **kwargs):
        if id:
            raise ValueError("RTC(%s) doesn't exist" % id)

    def datetime(self, when=None):
        """(year, month, day, weekday, hour, minute, second, 0); sets it when given one."""
        engine.call(costs.OTHER)
        if when is None:
            year, month, day, hour, minute, second, weekday, _ = time_module.gmtime()
            return (year, month, day, weekday, hour, minute, second, 0)
        year, month, day, _, hour, minute, second, _ = when
        moment = time_module.mktime((year, month, day, hour, minute, second, 0, 0))
        board.current.started_at = moment - engine.now // 1_000_000_000
