"""Runs an app on the virtual board; makes WAV files; measures sound."""

import struct

import numpy as np
from aether_tools import boards, layout
from virtual_run import Played, play

# With stand-ins that lack their names, the native twins cannot be imported.
WITHOUT_VIPER = """
import sys
class _Bare:
    BACKEND = "portable"
for name in ("apps._tone_viper", "aether.wav.bytes_viper", "aether.pool_viper", "aether_kernels"):
    sys.modules[name] = _Bare
"""
FORCED = {"viper": "", "portable": WITHOUT_VIPER}

# Blocks straight from a render: hexadecimal words of left and right, a line each.
BLOCKS = """
import binascii
from array import array
left, right = memoryview(array("f", bytes(256))), memoryview(array("f", bytes(256)))
def show(render, blocks):
    for _ in range(blocks):
        for i in range(64):
            left[i] = right[i] = 0
        render(left, right)
        print(binascii.hexlify(bytes(left)).decode())
        print(binascii.hexlify(bytes(right)).decode())
"""
# Calls with the heap locked, as no callback is allowed to allocate.
LOCKED = """
import micropython
def locked(function, times, *args):
    micropython.heap_lock()
    try:
        for _ in range(times):
            if len(args) == 2:
                function(args[0], args[1])
            else:
                function(args[0])
    finally:
        micropython.heap_unlock()
"""


def with_app(
    app: str,
    snippet: str,
    *,
    board="rpi_pico",
    files=None,
    seconds=2.0,
    twin="viper",
    wav_in=None,
) -> Played:
    """Runs a snippet on a board that has an app, and `files` by their path on the board."""
    everything = {**layout.device_files(boards.load(board), app), **(files or {})}
    start = f"{FORCED[twin]}import board\nfrom apps import {app}\n"
    return play(
        start + snippet, board, opened=False, files=everything, seconds=seconds, wav_in=wav_in
    )


def play_app(app: str, after: str = "", *, board="rpi_pico", files=None, run=2.0, **options):
    """Starts an app with `options`, then the snippet `after`; `run` virtual seconds at most."""
    return with_app(
        app,
        f"app = {app}.start(board, **{options!r})\n{after}",
        board=board,
        files=files,
        seconds=run,
    )


def blocks_of(played: Played) -> np.ndarray:
    """What BLOCKS's show() printed: frames x 2 of float32."""
    words = [np.frombuffer(bytes.fromhex(line), "<f4") for line in played.lines]
    return np.stack([np.concatenate(words[0::2]), np.concatenate(words[1::2])], axis=1)


def wav_file(
    data: bytes,
    *,
    rate=44100,
    channels=2,
    bits=16,
    kind=1,
    extensible=False,
    size=None,
    before=b"",
    after=b"",
) -> bytes:
    """A WAV file of raw frames. size: what the data chunk claims; before, after: other chunks."""
    fields = struct.pack(
        "<HHIIHH",
        0xFFFE if extensible else kind,
        channels,
        rate,
        rate * channels * bits // 8,
        channels * bits // 8,
        bits,
    )
    if extensible:
        guid = struct.pack("<H", kind) + bytes.fromhex("000000001000800000aa00389b71")
        fields += struct.pack("<HHI", 22, bits, 0) + guid
    pad = b"\0" * (len(data) % 2 if after else 0)
    body = b"WAVE" + before + chunk(b"fmt ", fields)
    body += chunk(b"data", data, len(data) if size is None else size) + pad + after
    return b"RIFF" + struct.pack("<I", len(body) & 0xFFFFFFFF) + body


def chunk(name: bytes, data: bytes, size=None) -> bytes:
    return name + struct.pack("<I", len(data) if size is None else size) + data


def trimmed(frames: np.ndarray) -> np.ndarray:
    """The frames from the first to the last that are not silent."""
    loud = np.flatnonzero(frames.any(axis=1))
    return frames[loud[0] : loud[-1] + 1]


def scaled(frames: np.ndarray) -> np.ndarray:
    """PCM frames as numbers of -1 to 1."""
    return frames / 2.0 ** (8 * frames.dtype.itemsize - 1)


def spectrum(x: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies, and the level of each bin in dBFS: a full-scale sine has 0."""
    n = len(x)
    k = 2 * np.pi * np.arange(n) / n
    # Blackman-Harris: side lobes below -92 dB, four bins to either side.
    window = 0.35875 - 0.48829 * np.cos(k) + 0.14128 * np.cos(2 * k) - 0.01168 * np.cos(3 * k)
    magnitude = np.abs(np.fft.rfft(x * window)) / (window.sum() / 2)
    return np.fft.rfftfreq(n, 1 / rate), 20 * np.log10(magnitude + 1e-12)
