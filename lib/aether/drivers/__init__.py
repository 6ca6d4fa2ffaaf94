"""Drivers: each opens an I2S bus and moves frames over it for a stream."""

import sys

# Before this one, closing an rp2.DMA leaves its channel running.
_DMA_SINCE = (1, 27)


def from_board(board, *, driver=None, **options):
    """The output driver of a board file, on its pins; not playing yet.

    board: a module with I2S_ID, SCK, WS, SD, RATE, IBUF and DRIVER. driver: "dma" or "machine"
    instead of the board's. options: rate, bits, channels; hard and clock for "dma", ibuf for
    "machine"; each leaves aside what the other alone has. "dma" needs MicroPython 1.27 on an RP2;
    where that lacks, "machine" takes its place, and a line says so. ValueError, TypeError or
    RuntimeError for what the driver refuses. Main program only; allocates.
    """
    if _over_dma(board, driver, options):
        from aether.drivers.rp2_dma import Rp2DMA

        return Rp2DMA(board.SCK, board.WS, board.SD, **options)
    from aether.drivers.machine_i2s import MachineI2S

    options.setdefault("ibuf", board.IBUF)
    return MachineI2S(board.I2S_ID, board.SCK, board.WS, board.SD, **options)


def input_from_board(board, *, driver=None, **options):
    """The input driver of a board file, on the pins of its microphone; not running yet.

    board: a module with IN_ID, IN_SCK, IN_WS, IN_SD, RATE, IBUF and DRIVER. Otherwise as
    from_board(), but that "dma" has no `hard`. ValueError also for a board without a second I2S.
    """
    if getattr(board, "IN_ID", None) is None:
        raise ValueError(
            "the board file must say where the microphone is: IN_ID, IN_SCK, IN_WS, IN_SD"
        )
    if _over_dma(board, driver, options):
        from aether.drivers.rp2_dma_in import Rp2DMAIn

        return Rp2DMAIn(board.IN_SCK, board.IN_WS, board.IN_SD, **options)
    from aether.drivers.machine_i2s_in import MachineI2SIn

    options.setdefault("ibuf", board.IBUF)
    return MachineI2SIn(board.IN_ID, board.IN_SCK, board.IN_WS, board.IN_SD, **options)


def duplex_from_board(board, *, driver=None, **options):
    """The duplex driver of a board file, on its pins; not playing yet.

    board: for "dma" as for from_board(), with SD_IN, a pin for data by the output's clocks; for
    "machine" as for from_board() and input_from_board(), which make the two sides. options: rate,
    bits, channels; hard and clock for "dma"; ibuf for "machine", bytes of the output's ring, of
    which the input's has as many frames. Otherwise as from_board(). Main program only; allocates.
    """
    if _over_dma(board, driver, options):
        from aether.drivers.rp2_duplex import Rp2Duplex

        return Rp2Duplex(board.SCK, board.WS, board.SD, board.SD_IN, **options)
    from aether.drivers.machine_duplex import MachineDuplex, input_ring, output_ring

    options["ibuf"] = output_ring(options)
    output = from_board(board, driver="machine", **options)
    options["ibuf"] = input_ring(output)
    return MachineDuplex(output, input_from_board(board, driver="machine", **options))


def _over_dma(board, driver, options):
    # Which of the two it is. The options then have the rate, and not what the other alone has.
    name = board.DRIVER if driver is None else driver
    if name not in ("dma", "machine"):
        raise ValueError("driver must be 'dma' or 'machine', not '%s'" % name)
    options.setdefault("rate", board.RATE)
    if name == "dma":
        lacking = _dma_lacks()
        if lacking is None:
            options.pop("ibuf", None)  # it has no ring of bytes to be sized
            return True
        print("aether: the DMA driver needs %s: playing over machine.I2S" % lacking)
    for option in ("hard", "clock"):
        options.pop(option, None)
    return False


def _dma_lacks():
    if sys.platform != "rp2":
        return "an RP2 board"
    if sys.implementation.version[:2] < _DMA_SINCE:
        return "MicroPython %d.%d" % _DMA_SINCE
    return None


def __getattr__(name):
    # A board loads the driver it plays over, and no other.
    if name == "MachineI2S":
        from aether.drivers.machine_i2s import MachineI2S as driver
    elif name == "MachineI2SIn":
        from aether.drivers.machine_i2s_in import MachineI2SIn as driver
    elif name == "Rp2DMA":
        from aether.drivers.rp2_dma import Rp2DMA as driver
    elif name == "Rp2DMAIn":
        from aether.drivers.rp2_dma_in import Rp2DMAIn as driver
    elif name == "Rp2Duplex":
        from aether.drivers.rp2_duplex import Rp2Duplex as driver
    elif name == "MachineDuplex":
        from aether.drivers.machine_duplex import MachineDuplex as driver
    else:
        raise AttributeError("module 'aether.drivers' has no '%s'" % name)
    return driver
