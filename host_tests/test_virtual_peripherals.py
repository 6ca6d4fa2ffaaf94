"""What programs find on the virtual board's other peripherals, to which nothing is connected."""

import pytest
from virtual_run import needs_micropython, play

pytestmark = needs_micropython

BOARDS = ["rpi_pico", "esp32_generic"]


def lines(program: str, board: str, **options) -> list[str]:
    p = play("import machine, time\nfrom machine import Pin\n" + program, board, **options)
    assert p.code == 0, p.err
    return p.lines


def errors(calls: list[str]) -> str:
    """A program that prints what each call raises."""
    text = f"for call in {calls!r}:\n try:\n  print(eval(call))\n"
    return text + " except Exception as e:\n  print(type(e).__name__, e)\n"


def test_spi_says_what_it_is_set_to():
    calls = [
        "machine.SPI(0, 2_000_000, sck=Pin(2), mosi=Pin(3), miso=None)",
        "machine.SPI(1)",
        "machine.SPI(2)",
        "machine.SPI(0, sck=Pin(3))",
        "machine.SPI(0, mosi=Pin(11))",
        "machine.SPI(0, miso=Pin(5))",
        "machine.SPI(0, firstbit=machine.SPI.LSB)",
        "machine.SoftSPI(100_000, sck=Pin(1), mosi=Pin(2), miso=Pin(3))",
        "machine.SoftSPI(sck=Pin(1))",
    ]
    # As a chip prints them: see test_emulated_peripherals.py.
    assert lines(errors(calls), "rpi_pico") == [
        "SPI(0, baudrate=2000000, polarity=0, phase=0, bits=8, sck=2, mosi=3, miso=None)",
        "SPI(1, baudrate=1000000, polarity=0, phase=0, bits=8, sck=10, mosi=11, miso=8)",
        "ValueError SPI(2) doesn't exist",
        "ValueError bad SCK pin",
        "ValueError bad MOSI pin",
        "ValueError bad MISO pin",
        "NotImplementedError LSB",
        "SoftSPI(baudrate=100000, polarity=0, phase=0, firstbit=1, sck=1, mosi=2, miso=3)",
        "ValueError must specify all of sck/mosi/miso",
    ]


@pytest.mark.parametrize("board", BOARDS)
def test_what_spi_sends_to_nobody_takes_its_time(board):
    assert lines(
        """
bus = machine.SPI(1, baudrate=1_000_000)
start = time.ticks_us()
bus.write(bytes(1000))
took = time.ticks_diff(time.ticks_us(), start)
print(8000 <= took < 8100, bus.read(3).hex())
""",
        board,
    ) == ["True ffffff"]


@pytest.mark.parametrize(("board", "number"), [("rpi_pico", 5), ("esp32_generic", 19)])
def test_nobody_answers_on_i2c(board, number):
    p = play(
        """
from machine import I2C, SoftI2C, Pin
print(I2C(0).scan(), SoftI2C(scl=Pin(5), sda=Pin(4)).scan())
for n in range(2):
    try:
        I2C(1, scl=Pin(19), sda=Pin(18), freq=100_000).writeto(0x3C, b"1")
    except OSError as error:
        print(error.args)
I2C(0).readfrom_mem(0x18, 1, 2)
""",
        board,
        opened=False,
    )
    assert p.code == 1
    assert p.lines == ["[] []", f"({number},)", f"({number},)"]
    for address in ("0x3c", "0x18"):
        told = f"aether: the virtual board has nothing on I2C: no answer from address {address}\n"
        assert p.err.count(told) == 1


def test_adc_of_a_pico_reads_half_and_the_temperature():
    program = """
from machine import ADC
print(ADC(26).read_u16(), ADC(Pin(28)).read_u16(), ADC(0).read_u16())
print(27 - (ADC(ADC.CORE_TEMP).read_u16() * 3.3 / 65535 - 0.706) / 0.001721 // 0.1 * 0.1)
ADC(Pin(5))
"""
    p = play("from machine import Pin\n" + program, opened=False)
    assert p.lines[0] == "32776 32776 32776"
    assert float(p.lines[1]) == pytest.approx(27, abs=0.5)
    assert "ValueError: Pin doesn't have ADC capabilities" in p.err


def test_adc_of_an_esp32():
    assert lines(
        """
adc = machine.ADC(Pin(34), atten=machine.ADC.ATTN_11DB)
print(adc.read(), adc.read_u16(), adc.read_uv())
adc.width(machine.ADC.WIDTH_9BIT)
print(adc.read())
""",
        "esp32_generic",
    ) == ["2048 32776 1225000", "256"]


@pytest.mark.parametrize("board", BOARDS)
def test_pwm_remembers_what_it_is_set_to(board):
    assert lines(
        """
pwm = machine.PWM(Pin(15), freq=1000, duty_u16=32768)
print(pwm.freq(), pwm.duty_u16(), pwm.duty_ns() // 1000)
pwm.freq(440)
pwm.duty_u16(100)
print(pwm.freq(), pwm.duty_u16())
pwm.deinit()
""",
        board,
    ) == ["1000 32768 500", "440 100"]


@pytest.mark.parametrize("board", BOARDS)
def test_a_uart_hears_nothing(board):
    assert lines(
        """
import asyncio, select
uart = machine.UART(1, 31250, tx=Pin(4), rx=Pin(5), timeout=20)
start = time.ticks_ms()
print(uart.write(b"\\x90\\x40\\x7f"), uart.txdone(), uart.any(), uart.read(5), uart.txdone())
print(time.ticks_diff(time.ticks_ms(), start))
poll = select.poll()
poll.register(uart, select.POLLIN)
print(poll.poll(5))
async def listen():
    try:
        await asyncio.wait_for(asyncio.StreamReader(uart).read(1), 0.1)
    except asyncio.TimeoutError:
        print("nothing")
asyncio.run(listen())
""",
        board,
        seconds=10,
    ) == ["3 False 0 None True", "20", "[]", "nothing"]


@pytest.mark.parametrize(("board", "one", "other"), [(BOARDS[0], 0, 1), (BOARDS[1], 2, 1)])
def test_what_a_uart_sends_the_other_receives_in_its_time(board, one, other):
    assert lines(
        f"""
import select
a, b = machine.UART({one}, 31250, rxbuf=300), machine.UART({other}, 31250, rxbuf=300)
poll = select.poll()
poll.register(b, select.POLLIN)
buffer = bytearray(4)
a.write(b"\\x90\\x40\\x7f\\x80line\\nrest")
print(len(poll.poll(0)), b.any(), b.read())
time.sleep_us(990)
print(len(poll.poll(0)), b.any())
time.sleep_ms(4)
print(b.any(), b.readinto(buffer, 3), bytes(buffer), b.read(1), b.readline(), b.read(), a.any())
a.write(bytes(400))
time.sleep_ms(200)
print(b.any(), b.readinto(buffer), len(b.read()), b.readinto(buffer))
b.deinit()
print(a.write("nobody"))
""",
        board,
        seconds=10,
    ) == [
        "0 0 None",
        "1 3",
        r"13 3 b'\x90@\x7f\x00' b'\x80' b'line\n' b'rest' 0",
        "300 4 296 None",
        "6",
    ]


@pytest.mark.parametrize("board", BOARDS)
def test_a_watchdog_that_is_not_fed_ends_the_run(board):
    p = play(
        """
import machine, time
dog = machine.WDT(timeout=300)
for _ in range(5):
    time.sleep_ms(200)
    dog.feed()
print("fed")
time.sleep(5)
print("no")
""",
        board,
        opened=False,
        seconds=20,
    )
    assert (p.code, p.lines) == (0, ["fed"])
    assert p.report["seconds"] == pytest.approx(1.3, abs=0.01)
    assert any("machine.WDT(), and did not feed it" in line for line in p.result.messages)


@pytest.mark.parametrize("board", BOARDS)
def test_lights_and_signals(board):
    assert lines(
        """
from neopixel import NeoPixel
lights = NeoPixel(Pin(2), 8)
lights[1] = (1, 2, 3)
lights.fill((9, 8, 7))
start = time.ticks_us()
lights.write()
# 24 bits of 1.25 us for each.
print(len(lights), lights[1], 240 <= time.ticks_diff(time.ticks_us(), start) < 270)
led = machine.Signal(Pin(4, Pin.OUT), invert=True)
led.on()
print(led.value(), Pin(4).value(), machine.time_pulse_us(Pin(12, Pin.IN), 1, 500))
""",
        board,
    ) == ["8 (9, 8, 7) True", "1 0 -2"]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("import network", "no module network"),
        ("import bluetooth", "no module bluetooth"),
        ("import ssd1306", "no module ssd1306: put it into the folder that --fs names"),
        ("from drivers.st7789 import ST7789", "no module drivers: put it into the folder"),
        ("from machine import mem32", "no machine.mem32"),
        ("from machine import SDCard", "no machine.SDCard"),
        ("import machine; machine.DAC(1)", "no machine.DAC"),
        ("import micropython\n@micropython.asm_thumb\ndef f(): nop()", "no inline assembler"),
    ],
)
def test_what_cannot_be_had_is_named_in_a_line(statement, said):
    p = play(statement, opened=False)
    assert p.code == 1
    told = [line for line in p.err.splitlines() if line.startswith("aether: ")]
    assert len(told) == 1
    assert told[0].startswith(f"aether: the virtual board has {said}")


@pytest.mark.parametrize(("board", "names"), [("rpi_pico", "machine rp2"), ("esp32_s3", "gc vfs")])
def test_programs_find_the_names_that_the_firmware_leaves(board, names):
    program = "print(*sorted(n for n in globals() if n[0] != '_'))"
    assert play(program, board, opened=False).lines == [names]


@pytest.mark.parametrize("board", BOARDS)
def test_the_heap_is_free_in_one_piece(board):
    p = play(
        """
import gc
gc.collect()
whole = bytearray(gc.mem_free() * 9 // 10)
print("had")
""",
        board,
        opened=False,
    )
    assert p.lines == ["had"]


@pytest.mark.parametrize("board", BOARDS)
def test_a_program_that_fills_the_heap_is_reported_all_the_same(board):
    p = play(
        """
kept = None
try:
    while True:
        kept = [kept]
except MemoryError:
    print("full")
""",
        board,
        opened=False,
    )
    assert (p.code, p.lines, p.err) == (0, ["full"], "")
    assert p.report["heap_used"] > 0


@pytest.mark.parametrize("board", BOARDS)
def test_who_sends_to_a_display_on_spi_is_told_once(board, tmp_path):
    told = "nothing on SPI but an SD card: what is sent to a display"
    display = "import machine\nbus = machine.SPI(1)\nbus.write(bytes(2))\nbus.write(bytes(9))\n"
    assert play(display, board, opened=False).err.count(told) == 1
    card = "import machine, sdcard\nfrom machine import Pin\n"
    card += "sdcard.SDCard(machine.SPI(1), Pin(13, Pin.OUT)).ioctl(4, 0)\n"
    ran = play(card, board, opened=False, sd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert told not in play(card, board, opened=False).err


def test_the_steps_of_i2c_are_those_of_a_bus_without_anything_on_it():
    calls = [
        "machine.SoftI2C(Pin(1), Pin(0)).start()",
        "machine.SoftI2C(Pin(1), Pin(0)).write(b'ab')",
        "machine.SoftI2C(Pin(1), Pin(0)).readinto(buf), buf",
        "machine.SoftI2C(Pin(1), Pin(0)).stop()",
        "machine.I2C(0).start()",
        "machine.I2C(0).readinto(buf)",
    ]
    assert lines("buf = bytearray(2)\n" + errors(calls), "rpi_pico") == [
        "None",
        "0",
        r"(None, bytearray(b'\xff\xff'))",
        "None",
        "OSError I2C operation not supported",
        "OSError I2C operation not supported",
    ]


@pytest.mark.parametrize("board", BOARDS)
def test_a_uart_keeps_the_rate_that_it_is_not_told(board):
    program = """
def took():
    start = time.ticks_us()
    uart.write(bytes(100))
    uart.flush()
    return time.ticks_diff(time.ticks_us(), start) // 1000
uart = machine.UART(1, 0)
print(took(), end=" ")
uart.init(9600)
uart.init(tx=Pin(4), rx=Pin(5))
print(took(), uart.irq(print, machine.UART.IRQ_RXIDLE | machine.UART.IRQ_BREAK))
"""
    assert lines(program, board) == ["8 104 None"]
