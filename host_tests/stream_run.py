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

def make(render=stereo, pool=None, blocks=None, **options):
    driver = drivers.from_board(board, driver=DRIVER, **options)
    return I2SOut(driver, pool or SharedBufferPool(8), render, blocks=blocks)
"""
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

    def sound(self) -> np.ndarray:
        """The frames from the first to the last that are not silent."""
        loud = np.flatnonzero(self.frames.any(axis=1))
        return self.frames[loud[0] : loud[-1] + 1]

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


def counter(frames: int, bits: int) -> np.ndarray:
    """What so many frames hold on each channel."""
    steps = np.arange(frames) % (255 * 64) + 1
    return steps if bits == 16 else steps * 65536
