"""What the output stream costs on an RP2040: `aether cycles host_tests/cycles/stream.py`.

Without a bus: the driver takes writes and does nothing, so that no interrupt is in the figures.
"""

from array import array

import aether.streams
import board
from aether import BufferPool, I2SOut
from aether.drivers.machine_i2s import MachineI2S


class Deaf(MachineI2S):
    """Opens no bus, and hears no write."""

    def open(self):
        pass

    def pieces(self):
        # As if there were always room.
        pieces = MachineI2S.pieces(self)
        return pieces[:5] + (1 << 28,)  # noqa: RUF005, which MicroPython cannot read

    def listen(self, ready):
        pass

    def write(self, frames):
        pass

    def close(self):
        pass


wave = memoryview(array("f", [0.01 * i for i in range(64)]))


def silence(left, right):
    pass


def copies(left, right):
    left[:] = wave
    right[:] = wave


def stream_of(render, blocks):
    driver = Deaf(board.I2S_ID, board.SCK, board.WS, board.SD, ibuf=board.IBUF)
    stream = I2SOut(driver, BufferPool(8), render, blocks=blocks, watchdog=False)
    stream.start()
    aether.streams.started.clear()  # that none of them bars the way for the next
    return stream


quiet = stream_of(silence, 4)
playing = stream_of(copies, 4)
short = stream_of(copies, 1)
quiet_ready = quiet._player._on_ready
ready = playing._player._on_ready
short_ready = short._player._on_ready


class Obvious:
    """A callback as a tutorial has it: floats, one by one."""

    def __init__(self):
        self.frames = bytearray(4 * 64)

    def ready(self, _):
        frames = self.frames
        for i in range(64):
            value = int(wave[i] * 32767)
            frames[4 * i] = frames[4 * i + 2] = value & 0xFF
            frames[4 * i + 1] = frames[4 * i + 3] = value >> 8 & 0xFF


obvious_ready = Obvious().ready


def nothing(_):
    pass


# %% an empty callback
nothing(None)

# %% one block in plain Python floats
obvious_ready(None)

# %% a callback of one block
# against: one block in plain Python floats
short_ready(None)

# %% a callback of four blocks
# against: a callback of one block
ready(None)

# %% a callback of four silent blocks
# against: a callback of four blocks
quiet_ready(None)
