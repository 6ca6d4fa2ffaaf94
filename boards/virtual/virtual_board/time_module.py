"""The module `time` of the virtual board: one clock for sleeps, ticks and I2S."""

from virtual_board import board as _board
from virtual_board import costs as _costs
from virtual_board import engine as _engine
from virtual_board import real as _real

__name__ = "time"

_WRAP = (1 << 30) - 1
_HALF = 1 << 29
_EPOCH = _board.current.epoch


def sleep(seconds):
    _engine.sleep_until(_engine.now + _costs.SLEEP + max(int(seconds * 1_000_000_000), 0))


def sleep_ms(ms):
    _engine.sleep_until(_engine.now + _costs.SLEEP + (ms * 1_000_000 if ms > 0 else 0))


def sleep_us(us):
    _engine.sleep_until(_engine.now + _costs.SLEEP_US + (us * 1000 if us > 0 else 0))


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


def time():
    _engine.call(_costs.TICKS)
    return _board.current.started_at + _engine.now // 1_000_000_000


def time_ns():
    _engine.call(_costs.TICKS)
    return _board.current.started_at * 1_000_000_000 + _engine.now


def gmtime(seconds=None):
    if seconds is None:
        seconds = time()
    return tuple(_real.time.gmtime(int(seconds) + _EPOCH)[:8])


localtime = gmtime


def mktime(when):
    year, month, day, hour, minute, second = when[:6]
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    # Days since 1970 by the civil calendar, years beginning in March.
    y = year - (month <= 2)
    days = 365 * y + y // 4 - y // 100 + y // 400
    days += (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 719469
    return days * 86400 + hour * 3600 + minute * 60 + second - _EPOCH
