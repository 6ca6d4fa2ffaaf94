"""Programs with a duplex stream on the virtual board, and how their input became output."""

import tempfile
from pathlib import Path

import numpy as np
from aether_tools import boards
from app_kit import wav_file
from virtual_run import Played, play

BLOCK = 64
# A stream that plays on what comes in; render() may be another's.
PROGRAM = """
import gc, machine, micropython, time
from aether import BufferPool, I2SDuplex, SharedBufferPool, drivers, kernels
import board

def stereo(in_left, in_right, left, right):
    kernels.copy(left, in_left, 64)
    kernels.copy(right, in_right, 64)

def mono(inp, out):
    kernels.copy(out, inp, 64)

def make(render=stereo, pool=None, blocks=None, **options):
    driver = drivers.duplex_from_board(board, driver=DRIVER, **options)
    return I2SDuplex(driver, pool or SharedBufferPool(8), render, blocks=blocks)

def said(s):
    st = s.stats()
    for name in sorted(st):
        print(name, st[name])
"""
# More frames than any test plays; of each, its left sample tells its number below 65,000.
_FRAMES = 200_000
_NUMBERS = 32_000


def recording(rate: int) -> bytes:
    """A WAV file of 32-bit frames n, -n from 1 on, which begin anew after 32,000."""
    n = np.arange(_FRAMES) % _NUMBERS + 1
    data = (np.stack([n, -n], 1) << 16).astype("<i4").tobytes()
    return wav_file(data, rate=rate, bits=32)


def duplex(code: str, *, driver="dma", board="rpi_pico", rate=44100, seconds=2.0) -> Played:
    """Runs PROGRAM and `code`, with a recording that counts frames."""
    with tempfile.TemporaryDirectory() as folder:
        wav_in = Path(folder) / "in.wav"
        wav_in.write_bytes(recording(rate))
        played = play(
            f"DRIVER = {driver!r}\n{PROGRAM}\n{code}",
            board,
            opened=False,
            files={"/board.py": boards.load(board).path},
            seconds=seconds,
            wav_in=wav_in,
        )
    assert played.code == 0, played.err
    return played


def stats_of(played: Played) -> dict[str, float]:
    """What said() printed."""
    return {name: float(value) for name, value in map(str.split, played.lines) if value[0] != "<"}


def numbers(frames: np.ndarray) -> np.ndarray:
    """Which frame of the recording each frame is, from 1 on; 0 where it is silent."""
    left = frames[:, 0].astype(np.int64)
    return left >> 16 if frames.dtype.itemsize == 4 else left


def delays(frames: np.ndarray) -> np.ndarray:
    """For each whole block of output: its delay, 0 for silence, -1 for what is no plain copy.

    Blocks are counted from the first frame that left the pins.
    """
    heard = numbers(frames)
    found = []
    for at in range(0, len(heard) - BLOCK + 1, BLOCK):
        block = heard[at : at + BLOCK]
        late = (np.arange(at, at + BLOCK) + 1 - block) % _NUMBERS
        same = (late == late[0]).all()
        found.append(0 if not block.any() else late[0] if same else -1)
    return np.array(found)
