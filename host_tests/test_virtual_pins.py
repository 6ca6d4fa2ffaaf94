"""The virtual board's pins and timers."""

from virtual_run import needs_micropython, play

pytestmark = needs_micropython


def lines(snippet):
    p = play("import time\n" + snippet, opened=False)
    assert p.code == 0, p.err
    return p.lines


def test_pins():
    assert lines("""
from machine import Pin
p = Pin(5, Pin.OUT, value=1)
print(p.value(), p(), Pin(5) is p, Pin("GP5") is p, Pin(6, Pin.IN, Pin.PULL_UP).value())
p.irq(lambda p: print("edge", p.value()), Pin.IRQ_FALLING)
p.toggle()
p.on()
p.off()
for bad in (30, -1, "GP77", "X1"):
    try: Pin(bad)
    except ValueError as error: print(error)
""") == [
        "1 1 True True 1",
        "edge 0",
        "edge 0",
        "invalid pin",
        "invalid pin",
        'unknown named pin "GP77"',
        'unknown named pin "X1"',
    ]


def test_pins_and_timers_print_and_refuse_as_on_a_board():
    assert lines("""
from machine import Pin, Timer
for args in ((7,), (7, Pin.OUT), (7, Pin.IN, Pin.PULL_UP), (7, Pin.IN), (7, Pin.OPEN_DRAIN),
             ("LED",), ("GPIO29",), (7, 3, None, 1), (7, "x")):
    try: print(Pin(*args))
    except (TypeError, ValueError) as error: print(type(error).__name__, error)
for options in ({"drive": 1}, {"mode": Pin.ALT, "alt": Pin.ALT_SPI}, {"mode": Pin.ALT, "alt": 17}):
    try: print(Pin(7, **options))
    except (TypeError, ValueError) as error: print(type(error).__name__, error)
print(Timer(-1, mode=Timer.ONE_SHOT, period=3, callback=None), hasattr(Timer, "value"))
for args, options in (((0,), {}), ((-1, 5), {}), ((-1,), {"period": "x"}), ((-1,), {"x": 1})):
    try: Timer(*args, **options)
    except (TypeError, ValueError) as error: print(type(error).__name__, error)
for bad in (time.sleep, time.sleep_ms, time.sleep_us):
    try: bad("1")
    except TypeError as error: print(error)
""") == [
        "Pin(GPIO7, mode=ALT, pull=PULL_DOWN, alt=31)",
        "Pin(GPIO7, mode=OUT)",
        "Pin(GPIO7, mode=IN, pull=PULL_UP)",
        "Pin(GPIO7, mode=IN)",
        "Pin(GPIO7, mode=OPEN_DRAIN)",
        "Pin(GPIO25, mode=ALT, pull=PULL_DOWN, alt=31)",
        "Pin(GPIO29, mode=ALT, pull=PULL_DOWN, alt=31)",
        "TypeError extra positional arguments given",
        "TypeError can't convert str to int",
        "TypeError extra keyword arguments given",
        "Pin(GPIO7, mode=ALT, alt=SPI)",
        "ValueError invalid pin af: 17",
        "Timer(mode=ONE_SHOT, tick_hz=1000000, period=3000) False",
        "ValueError Timer doesn't exist",
        "TypeError extra positional arguments given",
        "TypeError can't convert str to int",
        "TypeError extra keyword arguments given",
        "can't convert str to float",
        "can't convert str to int",
        "can't convert str to int",
    ]


def test_timers():
    assert lines("""
from machine import Timer
a, b = [], []
t = Timer(-1, period=10, callback=lambda t: a.append(time.ticks_ms()))
Timer(-1, mode=Timer.ONE_SHOT, period=25, callback=lambda t: b.append(time.ticks_ms()))
time.sleep_ms(55)
t.deinit()
time.sleep_ms(50)
print(a, b)
n = 0
def count(_):
    global n
    n += 1
Timer(-1, freq=1000, callback=count)
time.sleep(1)
print(n)
""") == ["[10, 20, 30, 40, 50] [25]", "1000"]


def test_timers_that_are_over_are_forgotten():
    assert lines("""
from machine import Timer
n = 0
def count(t):
    global n
    n += 1
    Timer(-1, mode=Timer.ONE_SHOT, period=1, callback=count)
count(None)
t = Timer(-1, mode=Timer.ONE_SHOT, period=10, callback=lambda t: print("again"))
time.sleep_ms(20)
t.init(mode=Timer.ONE_SHOT, period=10, callback=lambda t: print("and again"))
time.sleep_ms(1000)
print(n > 900)
""") == ["again", "and again", "True"]
