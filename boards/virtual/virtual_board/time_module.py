"""The module `time` of the virtual board: one clock for sleeps, ticks and I2S."""

from virtual_board import board as _board
from virtual_board import costs as _costs
from virtual_board import engine as _engine
from virtual_board import real as _real
from virtual_board.arguments import integer as _integer

__name__ = "time"

_WRAP = (1 << 30) - 1
_HALF = 1 << 29
_EPOCH = _board.current.epoch


def sleep(seconds):
    if isinstance(seconds, (str, bytes)):
        raise TypeError("can't convert %s to float" % type(seconds).__name__)
    _engine.sleep_until(_engine.now + _costs.SLEEP + max(int(seconds * 1_000_000_000), 0))


def sleep_ms(ms):
    ms = max(_integer(ms), 0)
    _engine.sleep_until(_engine.now + _costs.SLEEP + ms * 1_000_000)


def sleep_us(us):
    us = max(_integer(us), 0)
    end = _engine.now + _costs.SLEEP_US + us * 1000
    if not _board.current.esp32:
        # rp2 sleeps whole milliseconds, and spins for the rest: no callback runs.
        if us > 1000:
            _engine.sleep_until(_engine.now + us // 1000 * 1_000_000)
        _engine.wait_until(end)
    else:
        _engine.sleep_until(end)


def ticks_ms():
    _engine.call(_costs.TICKS)
    return _engine.now // 1_000_000 & _WRAP


def ticks_us():
    _engine.call(_costs.TICKS)
    return _engine.now // 1000 & _WRAP


def ticks_cpu():
    _engine.call(_costs.TICKS)
    return _engine.now * _board.current.ticks_cpu_mhz // 1000 & _WRAP


def ticks_add(ticks, delta):
    if delta >= _HALF or delta <= -_HALF:
        raise OverflowError("ticks interval overflow")
    return ticks + delta & _WRAP


def ticks_diff(end, start):
    return ((end - start + _HALF) & _WRAP) - _HALF


def _date():
    return _board.current.started_at + _engine.now // 1_000_000_000


def time():
    _engine.call(_costs.TIME)
    return _date()


def time_ns():
    _engine.call(_costs.TIME_NS)
    return _board.current.started_at * 1_000_000_000 + _engine.now


def gmtime(when=None):
    _engine.call(_costs.DATE)
    return _calendar(_date() if when is None else when)


def _calendar(when):
    return tuple(_real.time.gmtime(int(when) + _EPOCH)[:8])


localtime = gmtime


def mktime(when):
    _engine.call(_costs.TIME)
    year, month, day, hour, minute, second = when[:6]
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    # Days since 1970 by the civil calendar, years beginning in March.
    y = year - (month <= 2)
    days = 365 * y + y // 4 - y // 100 + y // 400
    days += (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 719469
    return days * 86400 + hour * 3600 + minute * 60 + second - _EPOCH
