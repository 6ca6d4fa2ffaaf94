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
    stream = I2SDuplex(driver, pool or SharedBufferPool(8), render, blocks=blocks)
    gc.collect()
    return stream

def said(s):
    st = s.stats()
    for name in sorted(st):
        print(name, st[name])
"""
# A render that now and then takes long.
SLOW = """
late = 0
def slow(in_left, in_right, left, right):
    global late
    stereo(in_left, in_right, left, right)
    us, late = late, 0
    if us:
        time.sleep_us(us)
"""
# More frames than any test plays; of each, its left sample tells its number below 65,000.
_FRAMES = 200_000
PERIOD = 32_000


def recording(rate: int, frames: int = _FRAMES) -> bytes:
    """A WAV file of 32-bit frames n, -n from 1 on, which begin anew after 32,000."""
    n = np.arange(frames) % PERIOD + 1
    data = (np.stack([n, -n], 1) << 16).astype("<i4").tobytes()
    return wav_file(data, rate=rate, bits=32)


def duplex(code: str, *, driver="dma", board="rpi_pico", rate=44100, seconds=2.0) -> Played:
    """Runs PROGRAM and `code`, with a recording that counts frames."""
    with tempfile.TemporaryDirectory() as folder:
        wav_in = Path(folder) / "in.wav"
        wav_in.write_bytes(recording(rate, max(_FRAMES, int(seconds * rate))))
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
    pairs = [line.split() for line in played.lines]
    return {pair[0]: float(pair[1]) for pair in pairs if len(pair) == 2 and _is_number(pair[1])}


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "").replace("e-", "").isdigit()


def numbers(frames: np.ndarray) -> np.ndarray:
    """Which frame of the recording each frame is, from 1 on; 0 where it is silent."""
    left = frames[:, 0].astype(np.int64)
    return left >> 16 if frames.dtype.itemsize == 4 else left


def delays(frames: np.ndarray, size: int = BLOCK) -> np.ndarray:
    """For each whole block of output: its delay, 0 for silence, -1 for what is no plain copy.

    Blocks are counted from the first frame that left the pins. A fade-out of what was played
    before is silence as well.
    """
    heard = numbers(frames)
    found = []
    for at in range(0, len(heard) - size + 1, size):
        block = heard[at : at + size]
        late = (np.arange(at, at + size) + 1 - block) % PERIOD
        same = (late == late[0]).all()
        silent = not block.any() or _is_fade(block, heard[at - 1] if at else 0)
        found.append(0 if silent else late[0] if same else -1)
    return np.array(found)


def _is_fade(block: np.ndarray, last: int) -> bool:
    n = min(32, len(block))
    fade = np.zeros(len(block))
    fade[:n] = last * (1 - np.arange(1, n + 1) / n)
    return bool(last and np.abs(block - fade).max() <= 1)


# Both buses say when they were opened; said() tells how far apart that was.
OPENED = """
plain, told = make, said
def make(*args, **options):
    s = plain(*args, **options)
    s.times = [0, 0]
    timed(s, s.driver.output, 0)
    timed(s, s.driver.input, 1)
    return s
def timed(s, bus, i):
    opening = bus.open
    def open():
        opening()
        s.times[i] = time.ticks_us()
    bus.open = open
def said(s):
    told(s)
    print("apart", time.ticks_diff(s.times[1], s.times[0]))
"""


def opened(code: str, *, board: str, rate: int, **options) -> tuple[Played, dict[str, float]]:
    """duplex() over two machine.I2S, and what said() printed."""
    played = duplex(OPENED + code, driver="machine", board=board, rate=rate, **options)
    return played, stats_of(played)


def latencies(played: Played, stats: dict[str, float], rate: int) -> list[tuple[int, int, float]]:
    """Runs of frames of one latency: where each begins, how long it is, and frames; 0: silence.

    Frames are counted from when the output was opened. What is faded has no latency to be seen,
    and runs of less than half a block are left out.
    """
    # What an rp2 sends first is not in the WAV.
    cut = 1 if played.report["board"].startswith("rpi") else 0
    heard = numbers(played.frames)
    at = np.arange(cut, len(heard) + cut)
    late = np.where(heard > 0, (at - heard + 1) % PERIOD - stats["apart"] * rate / 1e6, 0)
    starts = np.flatnonzero(np.abs(np.diff(late, prepend=np.nan)) != 0)
    ends = np.append(starts[1:], len(late))
    return [(a, b - a, late[a]) for a, b in zip(starts, ends, strict=True) if b - a > BLOCK // 2]
