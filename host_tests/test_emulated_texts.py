"""What the virtual board says, of itself and of wrong arguments, against the emulated Pico."""

from emulated_run import needs_images, on_both

pytestmark = needs_images

ATTEMPT = """
import machine, micropython, os, select, sys
from machine import RTC, Timer
def attempt(f, *args, **options):
    try:
        print(f(*args, **options))
    except Exception as error:
        print(type(error).__name__, error, error.args)
"""


def assert_same_lines(code: str, least: int) -> None:
    both = on_both(ATTEMPT + code)
    told = both.virtual.err.splitlines()
    assert all(line.startswith("aether: the virtual board has nothing on ") for line in told)
    assert not both.chip.error
    assert both.virtual.lines == [
        line.replace("<stdin>", "program.py") for line in both.chip.lines
    ]
    assert len(both.chip.lines) >= least


def test_what_the_board_says_of_itself():
    assert_same_lines(
        """
u, i = os.uname(), sys.implementation
print(u.sysname, u.nodename, u.machine, u[4], len(u), str(u)[:10])
print(i.name, i._machine, i._build, i._thread, i[0], i[2], str(i)[:6])
print(sys.platform, sys.path, sys.argv, sys.byteorder, os.getcwd(), os.listdir("/"))
print(os.statvfs("/"), machine.freq(), machine.reset_cause(), __name__)
print(I2S, Pin, Timer, I2S.RX, I2S.TX, I2S.MONO, I2S.STEREO, Timer.ONE_SHOT, Timer.PERIODIC)
for n in ("IN", "OUT", "OPEN_DRAIN", "ALT", "PULL_UP", "PULL_DOWN", "IRQ_RISING", "IRQ_FALLING"):
    print(n, getattr(Pin, n))
print([hasattr(Pin, n) for n in ("mode", "pull", "toggle", "high", "drive")])
print([hasattr(I2S, n) for n in ("init", "irq", "shift", "readinto", "read", "seek")])
print(hasattr(Timer, "value"), hasattr(sys, "getsizeof"), hasattr(os, "system"))
print(time.gmtime(0), time.mktime((2021, 14, 35, 0, 0, -5, 0, 0)), time.localtime()[:5])
print(time.ticks_add(5, -10), time.ticks_diff(5, (1 << 30) - 1), time.ticks_diff(5, 1 << 29))
""",
        18,
    )


def test_what_it_prints_of_pins_timers_and_buses():
    assert_same_lines(
        """
i2s = open_i2s()
print(i2s, i2s is open_i2s(rate=8000), i2s == i2s)
i2s.deinit()
print(i2s)
print(Pin(5), Pin(5, Pin.OUT), Pin(6, Pin.IN, Pin.PULL_UP), Pin(7, Pin.OPEN_DRAIN), Pin("LED"))
print(Pin(8, Pin.IN, 3), Pin(8, Pin.OUT), Pin(9, Pin.ALT, alt=Pin.ALT_PWM), Pin("GPIO29"))
print(Pin(5) is Pin(5), Pin("GP5") is Pin(5), Pin(5) == Pin(6))
print(Timer(), Timer(-1, mode=Timer.ONE_SHOT, period=300, callback=None))
""",
        10,
    )


def test_wrong_arguments_of_an_i2s():
    assert_same_lines(
        """
good = wires()
def make(*args, drop=None, **change):
    options = dict(good)
    options.update(change)
    if drop:
        del options[drop]
    i2s = I2S(*args, **options)
    i2s.deinit()
    return i2s
for args in ((), (2,), ("0",), (1.5,), (None,), (True,), (0, 1), (0, 1, 2)):
    attempt(make, *args)
for name in ("sck", "ws", "sd", "mode", "bits", "format", "rate", "ibuf"):
    attempt(make, 0, drop=name)
    for value in ("x", 16.0, None, -1):
        attempt(make, 0, **{name: value})
for change in (dict(ws=19), dict(mode=3), dict(bits=24), dict(bits=8), dict(bits=272),
               dict(format=2), dict(ibuf=0), dict(ibuf=1), dict(ibuf=1000000), dict(rate=0),
               dict(rate=1), dict(rate=10000000), dict(foo=1), dict(mck=5), dict(sck=99),
               dict(sck=16, ws=17, sd=18), dict(sck="GP16", ws="GP17", sd="GP18"), dict(sck="X1"),
               dict(sd=16), dict(sck=29, ws=30), dict(sck="GP77"), dict(sck=True)):
    attempt(make, 0, **change)
attempt(I2S, 0)
""",
        80,
    )


def test_wrong_arguments_of_its_methods():
    assert_same_lines(
        """
from array import array
out = open_i2s(ibuf=20000)
for args in ((5,), ("text",), (b"",), (None,), (b"abc",), (b"abcd", 2), (b"abcd", 2, 1),
             (b"abcd", 9, 1), (b"abcd", -1), (b"abcd", 5), (b"abcd", -1, 2), (b"abcd", "x"),
             (b"abcd", 1.5), (b"abcd", 0), (b"abcd", 2, 9), (b"abcd", 4, -1)):
    attempt(out.write, *args)
attempt(out.readinto, bytearray(8))
for handler in (5, None, print, None):
    attempt(out.irq, handler)
attempt(out.init)
attempt(out.init, 5)
attempt(lambda: out.nothing)
attempt(len, out)
into = open_i2s(mode=I2S.RX)
attempt(into.write, bytearray(8))
for args in ((bytearray(3),), (bytearray(0),), (b"1234",), ("text",), (5,), (bytearray(8), 5),
             (bytearray(8), 4), (bytearray(8), 9), (bytearray(8), -1)):
    attempt(into.readinto, *args)
into.deinit()
for options in (dict(), dict(buf=bytearray(4)), dict(buf=bytearray(4), bits=8, shift=1),
                dict(buf=b"1234", bits=16, shift=1), dict(buf=5, bits=16, shift=1),
                dict(buf=bytearray(5), bits=16, shift="x"), dict(buf=bytearray(4), bits=16)):
    attempt(I2S.shift, **options)
attempt(I2S.shift, bytearray(4), 16, 1)
for bits, values, shift in ((16, (-32767, 32767), -1), (16, (100, -100), 3), (16, (1, 3), 16),
                            (16, (-1, 3), -17), (16, (5, -6), 200), (16, (5, -6), 128),
                            (272, (5, 6), 1), (32, (1, -3), 31), (32, (1, -1), -31)):
    a = array("i" if bits == 32 else "h", values)
    I2S.shift(buf=a, bits=bits, shift=shift)
    print(list(a))
""",
        50,
    )


def test_wrong_arguments_of_pins_and_timers():
    assert_same_lines(
        """
for args in ((30,), (-1,), ("GP77",), ("X1",), ("",), (1.0,), (None,), (5, 9),
             (5, Pin.OUT, None, 1), (b"GP5",), (True,), ("25",), ("GP05",), ("gp5",),
             (5, "x"), (5, Pin.OUT, "x")):
    attempt(Pin, *args)
for options in (dict(foo=1), dict(drive=1), dict(value=0), dict(mode=Pin.ALT, alt=17),
                dict(mode=Pin.ALT, alt=Pin.ALT_SPI), dict(mode=Pin.IN, pull=Pin.PULL_DOWN)):
    attempt(Pin, 5, **options)
for args, options in (((0,), {}), ((5,), {}), (("x",), {}), ((-1, -5), {}),
                      ((-1,), dict(period="x")), ((-1,), dict(foo=2))):
    attempt(Timer, *args, **options)
attempt(machine.freq, 7)
attempt(machine.freq, 123456789)
attempt(int, Pin(5))
for sleep, bad in ((time.sleep, "x"), (time.sleep_ms, "x"), (time.sleep_us, None),
                   (time.sleep_ms, 1.5), (time.sleep, -1), (time.sleep_ms, -1)):
    attempt(sleep, bad)
attempt(time.ticks_add, 0, 1 << 29)
""",
        35,
    )


def test_errors_in_callbacks_are_printed_in_the_same_words():
    # A callback waits for the next jump or sleep of the program, on the virtual board for the
    # next call to the board.
    assert_same_lines(
        """
i2s = open_i2s()
def ready(_):
    print("ready")
    raise ValueError("in vain")
i2s.irq(ready)
i2s.write(bytearray(512))
time.sleep_ms(5)
micropython.schedule(5, 0)
time.sleep_ms(1)
i2s.deinit()
print("alive")
""",
        6,
    )
