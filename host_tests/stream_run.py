"""Runs a program that streams a counter, on the virtual board or on the emulated Pico."""

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from aether_tools import boards, emulate_report, session
from emulated_host import CHIP

# A counter 1, 2, 3 … in steps of 1 / 32768 on both channels, which begins anew after 255 blocks.
COUNTER = """
import micropython, time
from array import array
import aether.stream
from aether import BufferPool, I2SOut, SharedBufferPool, drivers, kernels
import board

count = 0
frames = memoryview(bytearray(array("H", range(1, 64 * 255 + 1))))
table = [frames[i : i + 128] for i in range(0, len(frames), 128)]

def stereo(left, right):
    mono(left)
    right[:] = left

def mono(out):
    global count
    kernels.mono_from_pcm16(out, table[count % 255], 64)
    count += 1

DRIVER = "machine"

def make(render=stereo, pool=None, blocks=None, watchdog=True, **options):
    driver = drivers.from_board(board, driver=DRIVER, **options)
    pool = pool or SharedBufferPool(8)
    return I2SOut(driver, pool, render, blocks=blocks, watchdog=watchdog)
"""
# Each keeps Python away for about the same time, by other means.
LATE = {
    "interrupts masked": """
state = machine.disable_irq()
t = time.ticks_us()
while time.ticks_diff(time.ticks_us(), t) < {us}: pass
machine.enable_irq(state)
""",
    "a soft callback that takes long": """
def hog(_):
    time.sleep_us({us})
micropython.schedule(hog, None)
""",
    "a render that takes long": "late = {us}\n",
}
_SECONDS = 10


@dataclass
class Run:
    """What a program printed, what left the pins, and the virtual board's report.

    frames: frames x channels; None if nothing was played. channels: of a chip's pins, which carry
    mono on both; None where there are as many as the stream has.
    """

    text: str
    bits: int | None = None
    rate: int | None = None
    frames: np.ndarray | None = None
    report: dict | None = None
    channels: int | None = None

    def sound(self, block: int = 64) -> np.ndarray:
        """The frames from the first to the last that are not silent, without the fade-out.

        The first one must be the first of a block, and what follows the last block its fade-out.
        """
        loud = np.flatnonzero(self.frames.any(axis=1))
        end = loud[0] + (loud[-1] + 1 - loud[0]) // block * block
        faded = fade_out(self.frames[end - 1], self.bits, min(block, 32))
        np.testing.assert_array_equal(self.frames[end : end + len(faded)], faded)
        return self.frames[loud[0] : end]

    def check_report(self, **expected) -> None:
        """The virtual board's own counts are these; a chip has none."""
        for name, value in expected.items() if self.report else ():
            assert self.report[name] == value, name


def on_virtual_board(folder: Path, board: str, program: str) -> Run:
    path = folder / "program.py"
    path.write_text(COUNTER + program)
    with (folder / "out.txt").open("w+b") as out:
        result = session.run(
            boards.load(board),
            program=path,
            files={"/board.py": boards.load(board).path},
            seconds=_SECONDS,
            wav=folder / "out.wav",
            stdout=out,
            stderr=out,
        )
        out.seek(0)
        run = Run(out.read().decode(), report=result.report)
    assert result.exit_code == 0, run.text
    if result.wavs:
        with wave.open(str(result.wavs[0])) as wav:
            run.rate, run.bits = wav.getframerate(), 8 * wav.getsampwidth()
            data = np.frombuffer(wav.readframes(wav.getnframes()), f"<i{run.bits // 8}")
            run.frames = data.reshape(-1, wav.getnchannels()).astype(np.int64)
    return run


def on_chip(program: str) -> Run:
    CHIP.restart({})
    run = Run(CHIP.execute(COUNTER + program, _SECONDS), channels=2)
    # What the last program left in a state machine may come out as a lone frame, without a rate.
    segments = [segment for segment in CHIP.play_out(_SECONDS) if segment.rate]
    if segments:
        run.rate, run.bits = emulate_report.nominal(segments[0].rate), segments[0].bits
        data = [np.fromfile(segment.file, f"<i{segment.bits // 8}") for segment in segments]
        run.frames = np.concatenate(data).reshape(-1, 2).astype(np.int64)
    assert not any(segment.odd_words for segment in segments), segments
    return run


def fade_in(frames: np.ndarray, bits: int) -> np.ndarray:
    """How frames begin after silence: frames x channels, as many as the fade has."""
    i = np.arange(len(frames))[:, None]
    if bits == 16:
        return frames * i // len(frames)
    return frames // len(frames) * i


def fade_out(frame: np.ndarray, bits: int, frames: int) -> np.ndarray:
    """What follows a last frame, before silence: frames x channels."""
    i = np.arange(frames)[:, None]
    if bits == 16:
        return frame * (frames - 1 - i) // frames
    return frame - frame // frames * (i + 1)


@dataclass
class Gap:
    """Silence in a counter: its first frame and how many there are; what is on both sides."""

    at: int
    frames: int
    faded_out: bool
    faded_in: bool


def gaps(frames: np.ndarray, block: int = 64, rendered: bool = False) -> list[Gap]:
    """The gaps in the sound of a 16-bit stream of COUNTER, from its first frame to its last.

    Beside them, every frame is there once, in order and as it was rendered, on both channels; only
    the block behind a gap may be faded in, the frame before it may fade out in the gap. rendered:
    whether a block that failed has taken a turn of render.
    """
    assert (frames[:, :1] == frames).all()
    left = frames[:, 0]
    found: list[Gap] = []
    at = done = 0
    while at < len(left):
        if not left[at:].any():
            return found
        start, quiet = at, at
        tail = fade_out(left[at - 1 : at, None], 16, 32)[:, 0] if at else np.zeros(0)
        faded_out = bool(tail.any()) and np.array_equal(left[at : at + 32], tail[: len(left) - at])
        if faded_out:
            at += 32
            if not left[at:].any():
                return found
        quiet = at + int(np.flatnonzero(left[at:])[0])
        at, whole, faded_in = _goes_on(left, quiet, done, block, rendered and quiet > start)
        if start and (at > start or faded_in):
            found.append(Gap(start, at - start, faded_out, faded_in))
        # Whole blocks, and what is left of one that a gap comes into.
        if faded_in:
            at, done = at + block, whole + block
        else:
            expected = counter(len(left) - at + whole, 16)[whole:]
            same = np.flatnonzero(left[at:] != expected)
            n = int(same[0]) if len(same) else len(expected)
            assert n, (at, left[at : at + 4], expected[:4])
            at, done = at + n, whole + n
    return found


def _goes_on(left: np.ndarray, at: int, done: int, block: int, rendered: bool) -> tuple:
    """Where sound goes on after silence that ends at `at`; which frame it is; whether faded in."""
    for whole in range(done, done + block + 1, block) if rendered else (done,):
        expected = counter(whole + block, 16)[whole:]
        faded = fade_in(expected[:, None], 16)[:, 0]
        for first in range(at, max(at - block, -1), -1):
            if whole % block == 0 and np.array_equal(left[first : first + block], faded):
                return first, whole, True
        if left[at] == expected[0]:
            return at, whole, False
    raise AssertionError(f"frame {at} is {left[at]}, after {done} frames of the counter")


def counter(frames: int, bits: int) -> np.ndarray:
    """What so many frames hold on each channel."""
    steps = np.arange(frames) % (255 * 64) + 1
    return steps if bits == 16 else steps * 65536
