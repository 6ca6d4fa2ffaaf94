"""Runs a program that receives a counter, on the virtual board or on the emulated Pico.

Frame i has i % 2048 + 1 in its left half, the same negative in its right: of 16 bits, or as the
upper half of 32, above bits that tell whether they were lost. On the virtual board it is a WAV; on
the chip a state machine sends it, as a microphone would, from when feed() is called.
"""

import struct
import tempfile
import wave
from pathlib import Path

from aether_tools import boards, session
from emulated_host import CHIP
from stream_run import Run

PERIOD = 2048
_SECONDS = 20
# What a program can do: make() a stream that keeps what it gets, and say what was in it.
TAPE = f"""
import gc, micropython, sys, time
from array import array
import aether.stream_in
from aether import BufferPool, I2SIn, I2SOut, SharedBufferPool, drivers, kernels
import board

PERIOD = {PERIOD}
MOST = 90
heard = 0
tape = memoryview(bytearray(MOST * 256))  # 131 ms
places = [tape[i : i + 256] for i in range(0, len(tape), 256)]
minus = array("f", [-1])
left, right = array("f", bytes(256)), array("f", bytes(256))

def counted(convert, size, extra=0):
    # The frames of one period and a block, as bytes.
    frames = memoryview(bytearray((PERIOD + 64) * size))
    low = array("f", [extra] * 64)
    for i in range(0, PERIOD + 64, 64):
        steps = array("h", range(i % PERIOD + 1, i % PERIOD + 65))
        kernels.mono_from_pcm16(left, steps, 64)
        kernels.scale(right, left, minus, 64)
        kernels.add(left, low, 64)
        kernels.add(right, low, 64)
        convert(frames[i * size : (i + 64) * size], left, right, 64)
    return frames

def stereo(left, right):
    global heard
    if heard < MOST:
        kernels.to_pcm16(places[heard], left, right, 64)
        heard += 1

def mono(view):
    stereo(view, view)

def doubled(frames, left, right, n):
    kernels.to_pcm16(frames, left, left, n)

def runs(channels=2):
    # [first value, frames] of each piece in which no frame is missing; silence counts as 0.
    found = []
    expected = counted(kernels.to_pcm16 if channels == 2 else doubled, 4)
    for place in places[:heard]:
        data = array("h", bytes(place))
        step = 1
        if place == expected[4 * data[0] - 4 : 4 * data[0] + 252]:
            step = 64  # all of it is as it should be
        for i in range(0, 64, step):
            n = data[2 * i]
            assert data[2 * i + 1] == (n if channels == 1 else -n), (i, n, data[2 * i + 1])
            if found and n == (found[-1][0] and (found[-1][0] + found[-1][1] - 1) % PERIOD + 1):
                found[-1][1] += step
            else:
                found.append([n, step])
    return found

def make(receive=stereo, pool=None, blocks=None, watchdog=True, **options):
    if DRIVER == "machine" and sys.platform == "rp2":
        options.setdefault("rate", 32000)  # more is too much for its interrupt
    driver = drivers.input_from_board(board, driver=DRIVER, **options)
    lay(driver)
    pool = pool or SharedBufferPool(8)
    gc.collect()
    return I2SIn(driver, pool, receive, blocks=blocks, watchdog=watchdog)
"""
_SILENT = """
def lay(driver):
    pass
def feed():
    pass
"""
# A slave in the sense of Philips, and DMA that sends it round and round what is in its table.
_SLAVE = """
import rp2
from machine import Pin
from uctypes import addressof
Pin(board.IN_SD, Pin.IN, Pin.PULL_DOWN)

def slave(sck, ws):
    @rp2.asm_pio(out_init=rp2.PIO.OUT_LOW, out_shiftdir=rp2.PIO.SHIFT_LEFT, autopull=True,
                 pull_thresh=32, fifo_join=rp2.PIO.JOIN_TX)
    def program():
        wait(1, gpio, ws)
        wait(0, gpio, ws)
        wait(1, gpio, sck)
        wrap_target()
        wait(0, gpio, sck)
        out(pins, 1)
        wait(1, gpio, sck)
        wrap()

    return program

slave = slave(board.IN_SCK, board.IN_WS)
_space = memoryview(bytearray(1 << 15))
_feeder = rp2.DMA()

_table = None
def lay(driver):
    # What will be sent to the driver.
    global _table
    if DRIVER == "machine" or driver.bits == 32:
        frames, size = counted(kernels.to_pcm32, 8, 0x5A00 / 2**31), 8
    else:
        frames, size = counted(swapped, 4), 4
    start = -addressof(_space) % (size * PERIOD)
    _table = _space[start : start + size * PERIOD]
    _table[:] = frames[: len(_table)]

def swapped(frames, left, right, n):
    kernels.to_pcm16(frames, right, left, n)

def feed():
    _feeder.active(False)
    sender = rp2.StateMachine(7, slave, out_base=Pin(board.IN_SD))
    _feeder.config(
        read=_table, write=sender, count=1 << 28,
        ctrl=_feeder.pack_ctrl(size=2, inc_write=False, ring_sel=False, treq_sel=11,
                               ring_size=13 if len(_table) == 1 << 13 else 14),
        trigger=True,
    )
    sender.active(1)
"""


def wav_of_counter(path: Path, rate: int, seconds: float) -> None:
    """Writes what the virtual board hears, in 32 bits."""
    one = b"".join(
        struct.pack("<II", n << 16 | 0x5A00, -n << 16 & 0xFFFFFFFF | 0x5A00)
        for n in range(1, PERIOD + 1)
    )
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(2)
        wav.setsampwidth(4)
        wav.setframerate(rate)
        wav.writeframes(one * (int(seconds * rate) // PERIOD + 1))


def on_virtual_board(folder: Path, board: str, program: str) -> Run:
    path = folder / "program.py"
    path.write_text(TAPE + _SILENT + program)
    wav_of_counter(folder / "in.wav", 44100, 4)
    with tempfile.TemporaryFile() as out:
        result = session.run(
            boards.load(board),
            program=path,
            files={"/board.py": boards.load(board).path},
            seconds=_SECONDS,
            wav_in=folder / "in.wav",
            stdout=out,
            stderr=out,
        )
        out.seek(0)
        run = Run(out.read().decode(), report=result.report)
    assert result.exit_code == 0, run.text
    return run


def on_chip(program: str) -> Run:
    CHIP.restart({})
    run = Run(CHIP.execute(TAPE + _SLAVE + program, _SECONDS))
    CHIP.play_out(0)
    return run
