"""A WAV file for the player to play in the demo, and for the echo to hear."""

import io
import wave

import numpy as np

RATE = 44100
# Hz: a pentatonic line, two notes a second, from the left to the right and back.
_NOTES = (220.0, 261.63, 293.66, 329.63, 392.0, 440.0, 392.0, 329.63)


def melody(seconds: float, rate: int = RATE) -> bytes:
    """A 16-bit stereo WAV file of `seconds`: plucked notes that wander across."""
    n = int(rate * seconds)
    sound = np.zeros((n, 2))
    for number in range(int(seconds * 2) + 1):
        start = number * rate // 2
        t = np.arange(min(rate, n - start)) / rate
        pitch = 2 * np.pi * _NOTES[number % len(_NOTES)] * t
        pluck = (np.sin(pitch) + 0.3 * np.sin(2 * pitch)) * np.exp(-4 * t)
        pluck *= np.minimum(1, t / 0.005) * np.minimum(1, (len(t) / rate - t) / 0.02)
        pan = 0.5 + 0.4 * np.sin(number * np.pi / 4)
        sound[start : start + len(t)] += 0.3 * pluck[:, None] * [1 - pan, pan]
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.round(sound * 32767).astype("<i2").tobytes())
    return file.getvalue()
