"""Which DMA objects have been collected as garbage: their channels are closed then, as on a board.

The interpreter calls no __del__ of a class in Python. But it closes the file of a file object that
it collects: each DMA object has one, and whether that is still open can be seen.
"""

from virtual_board import real

_vfs = real.vfs.VfsPosix()


def tie(channel):
    """What the owner of a channel must hold as long as it lives."""
    if real.HOSTED:
        return None
    file = _vfs.open("/dev/null", "rb")
    channel.tied = file.fileno()
    return file


def sweep(hardware):
    """Gives back the channels whose owners have gone."""
    for channel in hardware.channels:
        if channel.claimed and channel.tied >= 0 and not _is_open(channel.tied):
            channel.tied = -1
            hardware.release(channel)


def _is_open(number):
    try:
        _vfs.stat("/dev/fd/%d" % number)
    except OSError:
        return False
    return True
