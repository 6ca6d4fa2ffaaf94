"""Runs a snippet on the virtual board: what it printed, what it played, what was reported."""

import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from aether_tools import boards, interpreter, session

needs_micropython = pytest.mark.skipif(
    not interpreter.available(), reason="no MicroPython interpreter for this machine"
)

# For the snippets: the arguments of an I2S, one opened with them, frames that count up.
OPEN = """
from machine import I2S, Pin
import time
def wires(mode=None, bits=16, format=I2S.STEREO, rate=44100, ibuf=4096, sck=16):
    mode = I2S.TX if mode is None else mode
    return dict(sck=Pin(sck), ws=Pin(sck + 1), sd=Pin(sck + 2), mode=mode, bits=bits,
                format=format, rate=rate, ibuf=ibuf)
def open_i2s(id=0, **options):
    return I2S(id, **wires(**options))
def ramp(frames, first=1, width=2, channels=2):
    out = bytearray(frames * width * channels)
    for i in range(frames):
        for c in range(channels):
            x = (first + i) * (-1 if c else 1)
            at = (i * channels + c) * width
            out[at:at + width] = (x & (1 << 8 * width) - 1).to_bytes(width, "little")
    return out
"""


@dataclass
class Played:
    """`lines`: what was printed; `frames`: the first WAV as an array of frames x channels."""

    result: session.Result
    out: str
    err: str
    frames: np.ndarray
    wavs: list[tuple[int, np.ndarray]]

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def report(self) -> dict:
        return self.result.report

    @property
    def code(self) -> int:
        return self.result.exit_code


def play(snippet: str, board: str = "rpi_pico", *, opened: bool = True, **options) -> Played:
    """Runs OPEN and the snippet; options as for session.run()."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = folder / "program.py"
        program.write_text((OPEN if opened else "") + textwrap.dedent(snippet))
        options = {"seconds": 2, "wav": folder / "o.wav"} | options
        with (folder / "out").open("w+") as out, (folder / "err").open("w+") as err:
            result = session.run(
                boards.load(board),
                program=program,
                stdout=out,
                stderr=err,
                **options,
            )
            out.seek(0)
            err.seek(0)
            texts = out.read(), err.read()
        wavs = [read_wav(path) for path in result.wavs]
    frames = wavs[0][1] if wavs else np.zeros((0, 2), "<i2")
    return Played(result, *texts, frames, wavs)


def read_wav(path: Path) -> tuple[int, np.ndarray]:
    """Rate and frames of a WAV file as the virtual board writes it."""
    data = path.read_bytes()
    assert data[:4] == b"RIFF"
    assert data[8:16] == b"WAVEfmt "
    assert data[36:40] == b"data"
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    assert int.from_bytes(data[40:44], "little") == len(data) - 44
    channels = int.from_bytes(data[22:24], "little")
    rate = int.from_bytes(data[24:28], "little")
    bits = int.from_bytes(data[34:36], "little")
    return rate, np.frombuffer(data[44:], f"<i{bits // 8}").reshape(-1, channels)


def sounding(frames: np.ndarray) -> np.ndarray:
    """The frames that are not silence."""
    return frames[np.any(frames != 0, axis=1)]


def is_ramp(frames: np.ndarray, first: int = 1) -> bool:
    """Whether these are frames of ramp(): n on the left, -n on the right."""
    n = np.arange(first, first + len(frames))
    return np.array_equal(frames, np.stack([n, -n], 1))
