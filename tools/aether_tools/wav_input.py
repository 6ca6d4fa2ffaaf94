"""Reads a WAV file for the virtual board's receiver: any PCM becomes 32-bit stereo frames."""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aether_tools.errors import UserError

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_LONGEST = 1 << 30


@dataclass(frozen=True)
class Wav:
    """Sampling rate in Hz, and the frames as little-endian int32, left first."""

    rate: int
    frames: bytes


def read(path: Path) -> Wav:
    """8-, 16-, 24- or 32-bit PCM or 32-bit float, mono or stereo; UserError for all else."""
    if path.exists() and not path.is_file():
        raise UserError(f"cannot read {path}: it is no ordinary file")
    try:
        data = path.read_bytes() if path.stat().st_size <= _LONGEST else None
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    if data is None:
        raise UserError(f"{path} is too large: at most 1 GB")
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise UserError(f"{path} is no WAV file")
    chunks = _chunks(path, data)
    if b"fmt " not in chunks or b"data" not in chunks:
        raise UserError(f"{path} is damaged: it has no format or no data")
    code, channels, rate, width = _format(path, chunks[b"fmt "])
    body = chunks[b"data"]
    body = body[: len(body) // (width * channels) * width * channels]
    samples = _samples(body, code, width).reshape(-1, channels)
    frames = np.repeat(samples, 2, axis=1) if channels == 1 else samples
    return Wav(rate, frames.astype("<i4").tobytes())


def _chunks(path: Path, data: bytes) -> dict[bytes, bytes]:
    chunks = {}
    at = 12
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        if at + 8 + size > len(data):
            raise UserError(f"{path} is damaged: it ends too early")
        chunks.setdefault(name, data[at + 8 : at + 8 + size])
        at += 8 + size + size % 2
    return chunks


def _format(path: Path, fmt: bytes) -> tuple[int, int, int, int]:
    if len(fmt) < 16:
        raise UserError(f"{path} is damaged: its format is too short")
    code, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", fmt)
    if code == _EXTENSIBLE and len(fmt) >= 26:
        code = struct.unpack_from("<H", fmt, 24)[0]
    known = (code == _PCM and bits in (8, 16, 24, 32)) or (code == _FLOAT and bits == 32)
    if not known or channels not in (1, 2) or not 1 <= rate <= 768_000:
        raise UserError(
            f"{path}: format {code} of {bits} bits, {channels} channels, {rate} Hz; what can be "
            "read is 8-, 16-, 24- or 32-bit PCM or 32-bit float, mono or stereo"
        )
    return code, channels, rate, bits // 8


def _samples(body: bytes, code: int, width: int) -> np.ndarray:
    if code == _FLOAT:
        floats = np.nan_to_num(np.frombuffer(body, "<f4").astype(float))
        return np.clip(np.rint(floats * 2.0**31), -(2**31), 2**31 - 1).astype(np.int64)
    if width == 1:
        return (np.frombuffer(body, "u1").astype(np.int64) - 128) << 24
    padded = np.zeros((len(body) // width, 4), "u1")
    padded[:, 4 - width :] = np.frombuffer(body, "u1").reshape(-1, width)
    return padded.view("<i4").ravel().astype(np.int64)
