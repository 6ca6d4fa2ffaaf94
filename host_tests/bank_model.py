"""What a voice should sound like, in float64: harmonics and envelopes by their definitions."""

from array import array

import numpy as np
from aether.nodes.bank.bank import Bank
from aether.nodes.bank.places import NEXT_TABLE, RECORDS, STEP, VOICE

RATE = 44100
# Of a decay or a release: 60 dB.
DEPTH = np.log(1000)


def play(bank: Bank, frames: int, events=()) -> np.ndarray:
    """Frames x channels; events: pairs of a frame and what is then called with its rest."""
    n = bank.n
    waiting = sorted(events, key=lambda event: event[0])
    out = np.zeros((-(-frames // n), n, bank.channels), np.float32)
    for k, block in enumerate(out):
        while waiting and waiting[0][0] < (k + 1) * n:
            frame, call = waiting.pop(0)
            call(frame - k * n)
        blocks = [array("f", bytes(4 * n)) for _ in range(2)]
        bank.render(*blocks)
        block[:] = np.stack(blocks[: bank.channels], -1)
    return out.reshape(-1, bank.channels)[:frames]


def pcm(sound: np.ndarray) -> np.ndarray:
    """What 16-bit frames have of it."""
    return np.rint(sound.astype(float) * 32768).clip(-32768, 32767)


def table(bank: Bank, voice: int) -> np.ndarray:
    """The samples of the table that a voice has, in parts of 2**15."""
    at = bank._words[bank._words[RECORDS] + VOICE * voice + NEXT_TABLE]
    words = np.array(bank._tables[at >> 2 :][: 256 if at & 1 else 1024], np.uint32)
    ways = (words & 0xFFFF).astype(np.uint16).view(np.int16)
    return ((words - ways.astype(np.uint32)) >> 16).astype(np.uint16).view(np.int16) / 32768


def harmonics(samples: np.ndarray) -> np.ndarray:
    """Amplitudes of a table's harmonics, from the first on, as sines."""
    return -2 * np.fft.rfft(samples).imag[1:] / len(samples)


def wave(bank: Bank, voice: int, frames: int) -> np.ndarray:
    """That many samples of what the table's harmonics are, at the voice's step."""
    turns = np.arange(frames) * bank._words[bank._words[RECORDS] + VOICE * voice + STEP] / 2**32
    amplitudes = harmonics(table(bank, voice))
    loud = [h for h in range(1, min(171, len(amplitudes))) if abs(amplitudes[h - 1]) > 1e-4]
    return sum(amplitudes[h - 1] * np.sin(2 * np.pi * h * (turns % 1)) for h in loud)


def straight(frames: int, start: float, end: float) -> np.ndarray:
    """A line of so many frames from start to just before end."""
    return start + (end - start) * np.arange(frames) / frames


def curved(frames: int, start: float, end: float) -> np.ndarray:
    """60 dB of an exponential, in straight pieces of 8 to 15 parts, and the rest to its end."""
    size = 64
    while frames // size >= 16:
        size *= 2
    at = [size * k for k in range(max(frames // size, 1))] + [frames]
    gains = [end + (start - end) * np.exp(-DEPTH * t / frames) for t in at[:-1]] + [end]
    return np.interp(np.arange(frames), at, gains)


def spectrum(sound: np.ndarray) -> np.ndarray:
    """dB of each bin, a full-scale sine being 0, through a Blackman-Harris window."""
    n = len(sound)
    t = 2 * np.pi * np.arange(n) / n
    window = 0.35875 - 0.48829 * np.cos(t) + 0.14128 * np.cos(2 * t) - 0.01168 * np.cos(3 * t)
    lines = np.abs(np.fft.rfft(sound * window)) * 2 / window.sum()
    return 20 * np.log10(lines + 1e-12)
