"""What is in a WAV file of the virtual board: PCM of 16 or 32 bits, read where it lies."""

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np

# Frames of a spectrum: 5 Hz apart at 44.1 kHz.
_WINDOW = 8192


@dataclass(frozen=True)
class Sound:
    """`samples` is frames x channels of integers, mapped from the file and not loaded."""

    rate: int
    bits: int
    samples: np.ndarray

    @property
    def frames(self) -> int:
        return self.samples.shape[0]

    @property
    def channels(self) -> int:
        return self.samples.shape[1]

    @property
    def seconds(self) -> float:
        return self.frames / self.rate

    def floats(self, start: int, stop: int) -> np.ndarray:
        """Frames start to stop, zeros where there are none, as floats of -1 to 1."""
        part = self.samples[max(start, 0) : max(stop, 0)]
        out = np.zeros((stop - start, self.channels))
        first = max(-start, 0)
        out[first : first + len(part)] = part / 2.0 ** (self.bits - 1)
        return out

    def envelope(self, columns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Times in s, and lowest and highest sample of each column; one row a column."""
        starts = np.unique(np.linspace(0, self.frames, columns, endpoint=False).astype(int))
        full = 2.0 ** (self.bits - 1)
        low = np.minimum.reduceat(self.samples, starts, axis=0) / full
        high = np.maximum.reduceat(self.samples, starts, axis=0) / full
        return starts / self.rate, low, high

    def peak(self) -> float:
        """The largest magnitude, of full scale."""
        if not self.frames:
            return 0.0
        return max(int(self.samples.max()), -int(self.samples.min())) / 2.0 ** (self.bits - 1)


def read(path: Path) -> Sound:
    """The sound in `path`; the file must not change while the result is in use."""
    with wave.open(str(path), "rb") as file:
        rate, size, channels = file.getframerate(), file.getsampwidth(), file.getnchannels()
        frames = file.getnframes()
    if not frames:
        return Sound(rate, 8 * size, np.zeros((0, channels), f"<i{size}"))
    offset = path.stat().st_size - frames * size * channels
    shape = (frames, channels)
    return Sound(rate, 8 * size, np.memmap(path, f"<i{size}", "r", offset=offset, shape=shape))


def spectrogram(
    sound: Sound, columns: int, rows: int, low: float
) -> tuple[np.ndarray, np.ndarray]:
    """Levels in dB of full-scale sine, rows x columns, and the rows' frequencies in Hz.

    The rows are spaced evenly on a logarithmic scale from `low` Hz to half the rate.
    """
    size = min(_WINDOW, max(64, 1 << max(sound.frames, 1).bit_length() - 1))
    window = _blackman_harris(size)
    bins = np.fft.rfftfreq(size, 1 / sound.rate)
    edges = np.geomspace(low, sound.rate / 2, rows + 1)
    picture = np.empty((rows, columns))
    for column, middle in enumerate(np.linspace(0, sound.frames, columns).astype(int)):
        part = sound.floats(middle - size // 2, middle - size // 2 + size).mean(axis=1)
        level = np.abs(np.fft.rfft(part * window)) * 2 / window.sum()
        picture[:, column] = _rows(level, bins, edges)
    return 20 * np.log10(np.maximum(picture, 1e-9)), np.sqrt(edges[1:] * edges[:-1])


def _blackman_harris(size: int) -> np.ndarray:
    """The window of four terms, whose own noise is 92 dB down: what is seen was played."""
    x = 2 * np.pi * np.arange(size) / size
    terms = (0.35875, -0.48829, 0.14128, -0.01168)
    return sum(a * np.cos(k * x) for k, a in enumerate(terms))


def _rows(level: np.ndarray, bins: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The loudest bin of each row; between the bins where rows are narrower."""
    first = np.searchsorted(bins, edges[:-1])
    last = np.searchsorted(bins, edges[1:])
    middle = np.interp(np.sqrt(edges[1:] * edges[:-1]), bins, level)
    return np.array(
        [level[a:b].max() if b > a else m for a, b, m in zip(first, last, middle, strict=True)]
    )
