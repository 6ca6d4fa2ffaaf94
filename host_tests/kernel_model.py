"""What the kernels compute, in NumPy, and the words and samples to judge them with."""

import numpy as np


def to_pcm(words: np.ndarray, bits: int) -> np.ndarray:
    """float32 words -> PCM of 16 or 32 bits: scaled, rounded half to even, saturated, NaN 0."""
    full = 2 ** (bits - 1)
    with np.errstate(all="ignore"):
        # A float64 holds every product and its rounding exactly.
        scaled = np.rint(words.view(np.float32).astype(np.float64) * full)
        clipped = np.clip(np.nan_to_num(scaled, posinf=full, neginf=-full), -full, full - 1)
    return np.where(np.isnan(scaled), 0, clipped).astype(np.int64).astype(f"<i{bits // 8}")


def from_pcm(samples: np.ndarray, bits: int) -> np.ndarray:
    """PCM of 16 or 32 bits -> float32 words, rounded to nearest even."""
    return (samples.astype(np.float64) / 2 ** (bits - 1)).astype(np.float32).view(np.uint32)


def float_words() -> np.ndarray:
    """Every exponent with telling mantissas and both signs, halfway cases, audio, anything."""
    rng = np.random.default_rng(1)
    mantissas = [0, 1, 2, 0x200000, 0x400000, 0x400001, 0x5FFFFF, 0x600000, 0x7FFFFE, 0x7FFFFF]
    exponents = np.arange(256, dtype=np.uint32) << 23
    directed = [exponents | m for m in mantissas]
    halves = (np.arange(-2000, 2001) / 65536).astype(np.float32).view(np.uint32)
    edges = np.array([1, -1, 32767.5 / 32768, -32767.5 / 32768, 32766.5 / 32768], np.float32)
    near = edges.view(np.uint32)
    edges = np.concatenate([near - 1, near, near + 1])
    audio = rng.uniform(-1.001, 1.001, 20000).astype(np.float32).view(np.uint32)
    anything = rng.integers(0, 2**32, 20000, dtype=np.uint64).astype(np.uint32)
    words = np.concatenate([*directed, *(d | 0x80000000 for d in directed), halves, edges])
    words = np.concatenate([words, audio, anything]).astype("<u4")
    return words[: len(words) // 64 * 64]


def pcm32_samples() -> np.ndarray:
    """Samples around every power of two, those that round up, down and to even, and random."""
    rng = np.random.default_rng(2)
    powers = 1 << np.arange(31, dtype=np.int64)
    near = np.concatenate([powers + d for d in range(-3, 4)])
    # Eight bits too many for a float's mantissa, at every distance from the halfway case.
    ties = np.concatenate([(2**30 + 128 * k) + np.arange(-130, 130) for k in (0, 1, 2, 5)])
    directed = np.concatenate([near, -near, ties, -ties, [0, 2**31 - 1, -(2**31)]])
    anything = rng.integers(-(2**31), 2**31, 20000)
    small = rng.integers(-(2**25), 2**25, 10000)
    samples = np.clip(np.concatenate([directed, anything, small]), -(2**31), 2**31 - 1)
    return samples[: len(samples) // 64 * 64].astype("<i4")


def pcm16_samples() -> np.ndarray:
    """All 65,536 of them."""
    return np.arange(-32768, 32768).astype("<i2")
