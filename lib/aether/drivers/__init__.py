"""Drivers: each opens an I2S bus and moves frames over it for a stream."""


def from_board(board, **options):
    """The output driver of a board file, on its pins; not opened yet.

    board: a module with I2S_ID, SCK, WS, SD, RATE, IBUF and DRIVER. options: rate, bits,
    channels, ibuf as for the driver. ValueError for what the driver refuses.
    """
    if board.DRIVER != "machine":
        raise ValueError("DRIVER must be 'machine', not '%s'" % board.DRIVER)
    options.setdefault("rate", board.RATE)
    options.setdefault("ibuf", board.IBUF)
    return MachineI2S(board.I2S_ID, board.SCK, board.WS, board.SD, **options)


from aether.drivers.machine_i2s import MachineI2S  # noqa: E402
