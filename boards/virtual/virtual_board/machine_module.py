"""The module `machine` of the virtual board."""

from virtual_board import board, costs, engine
from virtual_board.pin import Pin
from virtual_board.rtc import RTC
from virtual_board.timer import Timer

__name__ = "machine"
__all__ = ("I2S", "RTC", "Pin", "Timer")

I2S = board.current.I2S
PWRON_RESET = 1
WDT_RESET = 3
if board.current.esp32:
    HARD_RESET = 2
    DEEPSLEEP_RESET = 4
    SOFT_RESET = 5


def disable_irq():
    """Holds interrupts back; returns the state for enable_irq()."""
    engine.call(costs.IRQ_STATE)
    return engine.mask()


def enable_irq(state):
    """Restores the state that disable_irq() returned."""
    engine.unmask(state)
    engine.call(costs.IRQ_STATE)


def freq(hz=None, peripheral=None):
    """The system clock in Hz; setting it changes the pace of an open I2S on rp2, as there."""
    engine.call(costs.OTHER)
    if hz is None:
        return board.current.clock
    board.current.set_clock(hz)


def unique_id():
    engine.call(costs.OTHER)
    return board.current.unique_id


def reset_cause():
    engine.call(costs.OTHER)
    return PWRON_RESET


def idle():
    """Waits for the next interrupt, at most the 1 ms of the system tick."""
    engine.wait_event(engine.now + 1_000_000)


def lightsleep(ms=None):
    engine.sleep_until(engine.now + (ms or 0) * 1_000_000)


def reset():
    board.current.reset("machine.reset()")


def soft_reset():
    board.current.reset("machine.soft_reset()")
