"""SPI, ADC and PWM of the virtual board against the emulated Pico: same values, same words."""

from emulated_run import needs_images
from test_emulated_texts import assert_same_lines

pytestmark = needs_images


def test_what_spi_says():
    assert_same_lines(
        """
from machine import SPI, SoftSPI
print(SPI.MSB, SPI.LSB, SoftSPI.MSB, SoftSPI.LSB)
attempt(SPI)
for bus in (0, 1, 2, -1):
    attempt(SPI, bus)
print(SPI(0) is SPI(0), SPI(0) == SPI(1))
for hz in (100, 100_000, 400_000, 1_320_000, 2_000_000, 4_000_000, 25_000_000, 62_500_000):
    attempt(SPI, 1, hz)
attempt(SPI, 0, 2_000_000, sck=Pin(2), mosi=Pin(3), miso=None)
attempt(SPI, 0, baudrate=5000, polarity=1, phase=1, sck=6, mosi=7, miso=4)
attempt(SPI, 0, sck=Pin(3))
attempt(SPI, 0, mosi=Pin(11))
attempt(SPI, 0, miso=Pin(5))
attempt(SPI, 0, firstbit=SPI.LSB)
attempt(SPI, 0, 1000, 1)
attempt(SPI, 0, wrong=1)
spi = SPI(0, 1_000_000)
attempt(spi.init, baudrate=3_000_000, polarity=1)
print(spi)
attempt(spi.init, 1000)
attempt(spi.write_readinto, b"12", bytearray(3))
attempt(spi.write, 5)
attempt(spi.readinto, b"12")
print(spi.write(b"12"), spi.readinto(bytearray(2)), spi.deinit())
attempt(SoftSPI, 100_000, sck=Pin(1), mosi=Pin(2), miso=Pin(3))
attempt(SoftSPI, sck=Pin(1), mosi=Pin(2), miso=Pin(3))
attempt(SoftSPI, 3_000_000, sck=1, mosi=2, miso=3)
attempt(SoftSPI, sck=Pin(1))
attempt(SoftSPI, sck=Pin(1), mosi=Pin(2), miso=Pin(3), bits=16)
attempt(machine.Signal, 5)
""",
        35,
    )


def test_what_adc_and_pwm_say():
    assert_same_lines(
        """
from machine import ADC, PWM
print(ADC.CORE_TEMP, ADC(26), ADC(Pin(27)), ADC(4))
attempt(ADC, 5)
attempt(ADC, Pin(3))
attempt(ADC)
attempt(ADC, 26, 3)
pwm = PWM(Pin(9))
print(pwm.freq(), pwm.duty_u16(), pwm.duty_ns())
for hz in (8, 50, 440, 1000):
    pwm.freq(hz)
    for duty in (0, 1, 100, 32768, 65535, 70000):
        pwm.duty_u16(duty)
        print(pwm.freq(), pwm.duty_u16())
attempt(pwm.freq, 5)
attempt(PWM, Pin(9), 1000, 5)
attempt(PWM, Pin(9), duty=5)
print(PWM(Pin(8), freq=100, duty_u16=1000), PWM("GP3"), PWM(4))
""",
        34,
    )


def test_what_i2c_uart_and_wdt_refuse():
    assert_same_lines(
        """
from machine import I2C, SoftI2C, UART, WDT
for bus in (2, -1):
    attempt(I2C, bus)
    attempt(UART, bus)
attempt(I2C, 0, scl=Pin(2))
attempt(I2C, 0, sda=Pin(3))
attempt(SoftI2C, scl=Pin(3))
attempt(WDT, 1)
attempt(WDT, timeout=9000)
""",
        9,
    )


def test_what_a_uart_sends_the_other_receives():
    assert_same_lines(
        """
import time
from machine import UART
a, b = UART(0, 31250), UART(1, baudrate=31250, timeout=0)
buffer = bytearray(8)
print(b.any(), b.read(), b.readinto(buffer), b.readline())
print(a.write(b"\\x90\\x40\\x7f"), a.write("line\\nrest"))
time.sleep_ms(10)
print(b.any(), b.readinto(buffer, 3), bytes(buffer), b.read(1), b.readline())
print(b.any(), b.readinto(buffer, 4), bytes(buffer), a.any())
b.write(bytes(range(100)))
time.sleep_ms(50)
print(a.any(), a.read(3), len(a.read(200)), a.any())
a.deinit()
""",
        5,
    )
