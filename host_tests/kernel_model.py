"""What the kernels compute, in NumPy float32: one model that judges every backend.

Blocks are float32 words (uint32), so that no NaN and no zero is lost on the way. `check` knows the
one freedom that a backend has: an operand or an exact result below 2**-126 may be taken as a zero
of its sign. Any NaN is as good as another.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np

PCM = ("to_pcm16", "to_pcm32", "from_pcm16", "from_pcm32")
NAMES = (
    *("clear", "copy", "add", "multiply", "scale", "add_scaled", "ramp", "clip"),
    *PCM,
    *(f"mono_{name}" for name in PCM),
)

_SMALLEST_NORMAL = 2.0**-126
# What may be flushed to zero in one operation, as bits: either operand, the result.
_FIRST, _SECOND, _RESULT = 1, 2, 4
_CHOICES = range(8)
# Of a backend that has no number below the normal ones.
FLUSHED = _FIRST | _SECOND | _RESULT


def clear(dst: np.ndarray) -> np.ndarray:
    """Zeros."""
    return np.zeros(dst.shape, np.uint32)


def copy(src: np.ndarray) -> np.ndarray:
    """The same words."""
    return src


def add(dst: np.ndarray, src: np.ndarray, flush: int = 0) -> np.ndarray:
    """dst + src."""
    return _operation(np.add, dst, src, flush)


def multiply(dst: np.ndarray, src: np.ndarray, flush: int = 0) -> np.ndarray:
    """dst * src; and scale, with a gain for src."""
    return _operation(np.multiply, dst, src, flush)


def add_scaled(
    dst: np.ndarray, src: np.ndarray, gain: np.ndarray, flush: tuple[int, int] = (0, 0)
) -> np.ndarray:
    """dst + src * gain, the product rounded, then the sum."""
    return add(dst, multiply(src, gain, flush[0]), flush[1])


def ramp(
    src: np.ndarray, cell: np.ndarray, flush: tuple[int, int] = (0, 0)
) -> tuple[np.ndarray, np.ndarray]:
    """src[..., i] * g, then g += step, for cells [..., (g, step)]; and the cells as they end."""
    g, step = cell[..., 0], cell[..., 1]
    gains = []
    for _ in range(src.shape[-1]):
        gains.append(g)
        g = add(g, step, flush[1])
    return multiply(src, np.stack(gains, -1), flush[0]), np.stack([g, step], -1)


def clip(src: np.ndarray) -> np.ndarray:
    """To -1…1; NaN stays NaN, and a zero keeps its sign."""
    return np.clip(_floats(src), np.float32(-1), np.float32(1)).view(np.uint32)


def to_pcm(words: np.ndarray, bits: int) -> np.ndarray:
    """float32 words -> PCM of 16 or 32 bits: scaled, rounded half to even, saturated, NaN 0."""
    full = 2 ** (bits - 1)
    with np.errstate(all="ignore"):
        # A float64 holds every product and its rounding exactly.
        scaled = np.rint(_floats(words).astype(np.float64) * full)
        clipped = np.clip(np.nan_to_num(scaled, posinf=full, neginf=-full), -full, full - 1)
    return np.where(np.isnan(scaled), 0, clipped).astype(np.int64).astype(f"<i{bits // 8}")


def from_pcm(samples: np.ndarray, bits: int) -> np.ndarray:
    """PCM of 16 or 32 bits -> float32 words, rounded to nearest even."""
    return (samples.astype(np.float64) / 2 ** (bits - 1)).astype(np.float32).view(np.uint32)


_EXACT = {
    "clear": clear,
    "copy": copy,
    "add": add,
    "multiply": multiply,
    "scale": multiply,
    "add_scaled": add_scaled,
    "clip": clip,
}


def check(name: str, got: np.ndarray, *operands: np.ndarray) -> None:
    """AssertionError, with some of the wrong words, unless `got` is what a kernel may give.

    operands: as the function of that name here takes them; they are broadcast, so a gain may be
    one for each block. ramp and PCM have checks of their own.
    """
    operands = [np.broadcast_to(operand, got.shape) for operand in operands]
    wrong = ~same(got, _EXACT[name](*operands))
    if wrong.any():
        some = [operand[wrong] for operand in operands]
        found = got[wrong]
        good = np.zeros(found.shape, bool)
        for allowed in _allowed(name, some):
            good |= same(found, allowed)
        _refuse(name, ~good, found, some)


def check_ramp(got: np.ndarray, end: np.ndarray, src: np.ndarray, cell: np.ndarray) -> None:
    """As check, for rows of samples `got` and for the cells that they leave behind.

    All steps of a row flush alike: a backend makes no difference between them.
    """
    good = np.zeros(got.shape[:-1], bool)
    for flush_sum in _CHOICES:
        _, left = ramp(src, cell, (0, flush_sum))
        fits = np.zeros(got.shape, bool)
        for flush_product in _CHOICES:
            fits |= same(got, ramp(src, cell, (flush_product, flush_sum))[0])
        good |= fits.all(-1) & same(end, left).all(-1)
        if good.all():
            return
    products, left = ramp(src, cell)
    row = np.argwhere(~good)[0]
    at = tuple(row)
    _refuse("ramp", ~same(end[at], left[at]), end[at], [cell[at], left[at]])
    _refuse("ramp", ~same(got[at], products[at]), got[at], [src[at], products[at]])


def same(got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Where words are equal, or both NaN."""
    return (got == expected) | (np.isnan(_floats(got)) & np.isnan(_floats(expected)))


def _operation(function, a, b, flush):
    a, b = _floats(a), _floats(b)
    if flush & _FIRST:
        a = _flushed(a, a)
    if flush & _SECOND:
        b = _flushed(b, b)
    with np.errstate(all="ignore"):
        result = function(a, b)
        if flush & _RESULT:
            # Exact in float64: every product, and every sum that is small.
            result = _flushed(result, function(a.astype(np.float64), b.astype(np.float64)))
    return result.view(np.uint32)


def _flushed(values, exact):
    zeros = np.copysign(np.float32(0), values)
    return np.where(np.abs(exact) < _SMALLEST_NORMAL, zeros, values)


def _allowed(name: str, operands: list[np.ndarray]) -> Iterator[np.ndarray]:
    if name == "add_scaled":
        for flush in product(_CHOICES, _CHOICES):
            yield add_scaled(*operands, flush)
    elif name == "clip":
        yield clip(_flushed(_floats(operands[0]), _floats(operands[0])).view(np.uint32))
    elif name in ("add", "multiply", "scale"):
        for flush in _CHOICES:
            yield _EXACT[name](*operands, flush)


def _floats(words):
    return np.ascontiguousarray(words, np.uint32).view(np.float32)


def _refuse(name, wrong, got, operands):
    if not wrong.any():
        return
    lines = [f"{name}: {wrong.sum()} wrong of {wrong.size}; got, operands:"]
    for at in np.argwhere(wrong)[:5]:
        lines.append(" ".join(f"{words[tuple(at)]:08x}" for words in (got, *operands)))
    raise AssertionError("\n".join(lines))
