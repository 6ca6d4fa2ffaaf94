"""The module `time` of the virtual board: one clock for sleeps, ticks and I2S."""

from virtual_board import board, costs, engine, real

__name__ = "time"

_WRAP = (1 << 30) - 1
_HALF = 1 << 29
_EPOCH = board.current.epoch


def sleep(seconds):
    engine.sleep_until(engine.now + costs.SLEEP + max(int(seconds * 1_000_000_000), 0))


def sleep_ms(ms):
    engine.sleep_until(engine.now + costs.SLEEP + (ms * 1_000_000 if ms > 0 else 0))


def sleep_us(us):
    engine.sleep_until(engine.now + costs.SLEEP_US + (us * 1000 if us > 0 else 0))


def ticks_ms():
    engine.call(costs.TICKS)
    return engine.now // 1_000_000 & _WRAP


def ticks_us():
    engine.call(costs.TICKS)
    return engine.now // 1000 & _WRAP


def ticks_cpu():
    engine.call(costs.TICKS)
    return engine.now * board.current.ticks_cpu_mhz // 1000 & _WRAP


def ticks_add(ticks, delta):
    if delta >= _HALF or delta <= -_HALF:
        raise OverflowError("ticks interval overflow")
    return ticks + delta & _WRAP


def ticks_diff(end, start):
    return ((end - start + _HALF) & _WRAP) - _HALF


def time():
    engine.call(costs.TICKS)
    return board.current.started_at + engine.now // 1_000_000_000


def time_ns():
    engine.call(costs.TICKS)
    return board.current.started_at * 1_000_000_000 + engine.now


def gmtime(seconds=None):
    if seconds is None:
        seconds = time()
    return tuple(real.time.gmtime(int(seconds) + _EPOCH)[:8])


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
