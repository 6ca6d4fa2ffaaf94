"""The module `machine` of the virtual board."""

from virtual_board import board as _board
from virtual_board import costs as _costs
from virtual_board import engine as _engine
from virtual_board.analog import ADC as ADC
from virtual_board.analog import PWM as PWM
from virtual_board.i2c import I2C as I2C
from virtual_board.i2c import SoftI2C as SoftI2C
from virtual_board.pin import Pin as Pin
from virtual_board.rtc import RTC as RTC
from virtual_board.spi import SPI as SPI
from virtual_board.spi import SoftSPI as SoftSPI
from virtual_board.timer import Timer as Timer
from virtual_board.uart import UART as UART
from virtual_board.wdt import WDT as WDT
from virtual_board.wires import Signal as Signal
from virtual_board.wires import bitstream as bitstream
from virtual_board.wires import time_pulse_us as time_pulse_us

__name__ = "machine"

I2S = _board.current.I2S
PWRON_RESET = 1
WDT_RESET = 3
if _board.current.esp32:
    from virtual_board.sd_slot import SDCard as SDCard

    HARD_RESET = 2
    DEEPSLEEP_RESET = 4
    SOFT_RESET = 5
else:
    del Timer.value


def disable_irq():
    """Holds interrupts back; returns the state for enable_irq()."""
    _engine.call(_costs.IRQ_STATE)
    return _engine.mask()


def enable_irq(state):
    """Restores the state that disable_irq() returned."""
    _engine.unmask(state)
    _engine.call(_costs.IRQ_STATE)


def freq(hz=None, peripheral=None):
    """The system clock in Hz; setting it changes the pace of an open I2S on rp2, as there."""
    if hz is None:
        _engine.call(_costs.FREQ)
        return _board.current.clock
    _engine.call(_costs.FREQ_SET)
    _board.current.set_clock(hz)


def unique_id():
    _engine.call(_costs.OTHER)
    return _board.current.unique_id


def reset_cause():
    _engine.call(_costs.FREQ)
    return PWRON_RESET


def idle():
    """Waits for the next interrupt, at most the 1 ms of the system tick."""
    _engine.wait_event(_engine.now + 1_000_000)


def lightsleep(ms=None):
    _engine.sleep_until(_engine.now + (ms or 0) * 1_000_000)


def deepsleep(ms=None):
    _board.current.reset("machine.deepsleep()")


def reset():
    _board.current.reset("machine.reset()")


def soft_reset():
    _board.current.reset("machine.soft_reset()")
