"""machine.RTC: the date, which time.time() tells too. It is lost when the power goes."""

from virtual_board import board, costs, engine, time_module


class RTC:
    """RTC(id): one clock, however many objects."""

    def __init__(self, id=0, **kwargs):
        if id:
            raise ValueError("RTC(%s) doesn't exist" % id)

    def datetime(self, when=None):
        """(year, month, day, weekday, hour, minute, second, 0); sets it when given one."""
        if when is None:
            engine.call(costs.RTC)
            now = time_module._calendar(time_module._date())
            year, month, day, hour, minute, second, weekday, _ = now
            return (year, month, day, weekday, hour, minute, second, 0)
        engine.call(costs.RTC_SET)
        year, month, day, _, hour, minute, second, _ = when
        moment = time_module.mktime((year, month, day, hour, minute, second, 0, 0))
        board.current.started_at = moment - engine.now // 1_000_000_000
