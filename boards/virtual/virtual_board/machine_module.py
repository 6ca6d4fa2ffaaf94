"""The module `machine` of the virtual board."""

from virtual_board import board, costs, engine, real
from virtual_board.pin import Pin
from virtual_board.timer import Timer

__name__ = "machine"

I2S = board.current.I2S
PWRON_RESET = 1
HARD_RESET = 2 if board.current.esp32 else 1
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5


def disable_irq():
    """Holds interrupts and callbacks back; returns the state for enable_irq()."""
    engine.enter(costs.IRQ_STATE)
    state = engine.mask()
    engine.leave()
    return state


def enable_irq(state=False):
    """Restores the state that disable_irq() returned."""
    engine.enter(costs.IRQ_STATE)
    engine.unmask(state)
    engine.leave()


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


del real
