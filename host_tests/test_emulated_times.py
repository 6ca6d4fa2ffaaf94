"""The virtual board's times and texts against the emulated Pico's."""

import numpy as np
import pytest
from emulated_run import needs_images, on_both
from test_emulated_agreement import TOLERANCE, assert_same_times, program
from virtual_run import sounding

pytestmark = needs_images


@pytest.mark.parametrize(
    ("options", "size", "times"),
    [
        ("", 1024, 12),
        ("bits=16, format=I2S.MONO, rate=48000, ibuf=3000", 600, 10),
        ("bits=32, rate=32000, ibuf=3000", 2048, 8),
        ("bits=32, format=I2S.MONO, rate=48000, ibuf=3000", 700, 10),
        ("rate=8000", 512, 6),
        ("rate=22050, bits=32", 512, 8),
        ("ibuf=600", 500, 8),
        ("ibuf=513", 512, 8),
        ("ibuf=20000", 100, 12),
        ("ibuf=20000", 5000, 5),
        ("mode=I2S.RX", 256, 8),
        ("mode=I2S.RX, format=I2S.MONO, rate=16000, ibuf=2000", 256, 4),
    ],
)
def test_callbacks_come_as_often_and_when_they_come_on_the_chip(options, size, times):
    call = "readinto" if "RX" in options else "write"
    both = program(
        f"""
times = []
bufs = [bytearray({size}) for _ in range({times})]
def ready(s):
    times.append(time.ticks_us())
    if len(times) < {times}:
        s.{call}(bufs[len(times)])
i2s = I2S(0, **wires)
start = time.ticks_us()
i2s.irq(ready)
i2s.{call}(bufs[0])
time.sleep_ms(60)
i2s.deinit()
print([t - start for t in times])
""",
        options,
    )
    assert_same_times(both, 15)


@pytest.mark.parametrize(
    ("call", "options"),
    [
        ("write", "ibuf=1024"),
        ("write", "ibuf=3000, bits=32, format=I2S.MONO, rate=22050"),
        ("readinto", "ibuf=2048, mode=I2S.RX"),
        ("readinto", "ibuf=4096, mode=I2S.RX, bits=32, format=I2S.MONO, rate=16000"),
    ],
)
def test_blocking_calls_return_when_they_do_on_the_chip(call, options):
    both = program(
        f"""
buf = bytearray(1000)
times = []
i2s = I2S(0, **wires)
start = time.ticks_us()
for _ in range(6):
    i2s.{call}(buf)
    times.append(time.ticks_us() - start)
i2s.deinit()
print(times)
""",
        options,
    )
    # An interrupt that meets a division of the copying takes 25 us more there, by chance.
    assert_same_times(both, 2 * TOLERANCE)


def test_asyncio_plays_the_same():
    both = program("""
import asyncio
data = ramp(2000)
async def main():
    i2s = I2S(0, **wires)
    writer = asyncio.StreamWriter(i2s)
    writer.out_buf = data
    await writer.drain()
    await asyncio.sleep_ms(30)
    i2s.deinit()
asyncio.run(main())
""")
    ours, theirs = sounding(both.virtual.frames), sounding(both.chip.frames)
    assert len(ours) == 1984
    assert np.array_equal(ours, theirs)


def test_a_stream_that_is_polled_takes_in_as_much_at_a_time():
    both = program(
        """
import select
data = ramp(1000)
i2s = I2S(0, **wires)
poller = select.poll()
poller.register(i2s, select.POLLOUT)
at = 0
while at < 4000:
    poller.poll()
    n = i2s.write(data, at, 4000 - at)
    at += n
    print(n)
i2s.deinit()
""",
        "ibuf=1000",
    )
    assert both.virtual.lines == both.chip.lines
    assert len(both.chip.lines) > 20


def test_opening_and_closing_take_longer_with_a_larger_ring():
    both = on_both("""
import gc
def program(wires):
    a = time.ticks_us()
    i2s = I2S(0, **wires)
    b = time.ticks_us()
    time.sleep_us(500)
    c = time.ticks_us()
    i2s.deinit()
    d = time.ticks_us()
    i2s.deinit()
    return [b - a, d - c, time.ticks_us() - d]
program(wires())
taken = []
for ibuf in (600, 4096, 20000):
    gc.collect()
    taken += program(wires(ibuf=ibuf))
print(taken)
""")
    assert_same_times(both)


# A cost of virtual_board/costs.py -> a statement that takes it.
COSTS = {
    "TICKS": "time.ticks_us()",
    "TIME": "time.time()",
    "TIME_NS": "time.time_ns()",
    "DATE": "time.localtime()",
    "SLEEP": "time.sleep_ms(0)",
    "SLEEP_US": "time.sleep_us(0)",
    "PIN": "Pin(5)",
    "PIN_INIT": "Pin(5, Pin.OUT)",
    "PIN_VALUE": "pin.value(1)",
    "PIN_IRQ": "pin.irq(None)",
    "IRQ_STATE": "machine.enable_irq(machine.disable_irq())",
    "SCHEDULE": "micropython.schedule(nothing, 0)",
    "POLL_MAKE": "select.poll()",
    "POLL": "poller.poll(0)",
    "TIMER": "Timer(-1)",
    "TIMER_INIT": "timer.init(period=5000, callback=nothing)",
    "TIMER_STOP": "timer.deinit()",
    "I2S_CALL": "i2s.irq(nothing)",
    "I2S_WRITE": "i2s.write(data)",
    "I2S_SHIFT": "I2S.shift(buf=data, bits=16, shift=0)",
    "FREQ": "machine.freq()",
    "RTC": "clock.datetime()",
    "OTHER": "machine.unique_id()",
}
CALLS = """
from machine import RTC, Timer
import gc, machine, micropython, select
pin, timer, clock, poller = Pin(5, Pin.OUT), Timer(-1), RTC(), select.poll()
def nothing(_): pass
i2s, data = open_i2s(), bytearray(4)
i2s.deinit()
i2s.irq(nothing)
poller.register(i2s, select.POLLOUT)
ticks, rounds = time.ticks_us, range(16)
taken = []
LOOP = "def loop():\\n start = ticks()\\n for _ in rounds: %s\\n return ticks() - start\\n"
def take(statement):
    scope = dict(globals())
    exec(LOOP % statement, scope)
    return scope["loop"]()
"""


def test_calls_take_what_they_take_on_the_chip():
    both = on_both(
        CALLS
        + f"for call in {list(COSTS.values())!r}:\n"
        + "    gc.collect()\n    taken.append((take(call) - take('pass')) / 16)\n"
        + "print(taken)\n"
    )
    assert not both.chip.error
    ours, theirs = eval(both.virtual.out), eval(both.chip.out)
    rows = {n: (o, t) for n, o, t in zip(COSTS, ours, theirs, strict=True)}
    for name, (our, their) in rows.items():
        assert our == pytest.approx(their, rel=0.2, abs=2), (name, rows)
