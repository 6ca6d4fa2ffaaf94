"""The module `rp2` of the virtual board: DMA, the PIO programs of aether, no button pressed."""

from virtual_board import board as _board
from virtual_board import costs as _costs
from virtual_board import dma as _dma
from virtual_board import dma_ctrl as _ctrl
from virtual_board import dma_hardware as _hardware
from virtual_board import engine as _engine
from virtual_board import pio as _pio
from virtual_board.dma import DMA as DMA
from virtual_board.pio import PIO as PIO
from virtual_board.pio import StateMachine as StateMachine
from virtual_board.pio_asm import PIOASMError as PIOASMError
from virtual_board.pio_asm import asm_pio as asm_pio

__name__ = "rp2"

_rp2350 = _board.current.values["MCU"] == "RP2350"
_ctrl.configure(_rp2350)
_chip = _hardware.Hardware(_board.current, 16 if _rp2350 else 12)
_board.current.dma = _chip
_pio.configure(_chip, _rp2350)
_dma.configure(_chip)


def bootsel_button():
    _engine.call(_costs.OTHER)
    return 0
