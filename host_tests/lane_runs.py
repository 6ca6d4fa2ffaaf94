"""Runs a backend's kernels in the lane, row by row, and gives what they leave to the model."""

import kernel_model
import numpy as np
from lane_backend import Backend

_WITH_CELL = ("scale", "add_scaled", "ramp")
_ONE_BLOCK = {"copy": 1, "clip": 1, "scale": 2}


def judge(
    backend: Backend,
    name: str,
    dst: np.ndarray,
    src: np.ndarray,
    cells: np.ndarray,
    same: bool = False,
) -> None:
    """AssertionError unless an arithmetic kernel does to rows of words what the model does.

    cells: of two words, a row each. With `same` dst is src.
    """
    core, n = backend.core, dst.shape[1]
    core.forget()
    to = core.place(bytes(4 * n))
    source = to if same else core.place(bytes(4 * n), writable=False)
    cell = core.place(bytes(8), writable=name == "ramp")
    arguments = {"clear": (to, n)}.get(name, (to, source, n))
    if name in _WITH_CELL:
        arguments = (to, source, cell, n)
    kernel = getattr(backend, name)
    got, ends = np.empty_like(dst), np.empty_like(cells)
    for row, block in enumerate(dst):
        if not same:
            core.write(source, src[row].tobytes())
        core.write(to, block.tobytes())
        core.write(cell, cells[row].tobytes())
        assert kernel(*arguments) is None
        got[row] = np.frombuffer(core.read(to, 4 * n), np.uint32)
        ends[row] = np.frombuffer(core.read(cell, 8), np.uint32)
    _compare(name, got, ends, dst, dst if same else src, cells)


def _compare(name, got, ends, dst, src, cells):
    if name == "ramp":
        kernel_model.check_ramp(got, ends, src, cells)
        return
    operands = [dst, src, cells[:, :1]]
    if name in _ONE_BLOCK:
        operands = operands[1 : 1 + _ONE_BLOCK[name]]
    elif name != "add_scaled":
        operands = operands[: 1 if name == "clear" else 2]
    kernel_model.check(name, got, *operands)


def left_by(
    backend: Backend,
    name: str,
    dst: np.ndarray,
    src: np.ndarray,
    cell: np.ndarray | None = None,
    most: int = 1 << 16,
) -> np.ndarray:
    """What an arithmetic kernel leaves in dst, of words of any number, at most `most` a call."""
    core, count = backend.core, -(-len(dst) // 4) * 4
    whole, more = np.resize(dst, count), np.resize(src, count)
    left = []
    for k in range(0, count, most):
        core.forget()
        part = whole[k:][:most]
        places = [core.place(words.tobytes()) for words in (part, more[k:][:most])]
        if cell is not None:
            places.append(core.place(cell.tobytes()))
        assert getattr(backend, name)(*places, len(part)) is None
        left.append(np.frombuffer(core.read(places[0], 4 * len(part)), np.uint32))
    return np.concatenate(left)[: len(dst)]


def judge_to_pcm(backend: Backend, name: str, left: np.ndarray, right: np.ndarray, shift=0):
    """The same of rows of words that become frames, `shift` bytes behind an aligned address."""
    core, n, bits = backend.core, left.shape[1], int(name[-2:])
    channels = 1 if name.startswith("mono_") else 2
    core.forget()
    blocks = [core.place(bytes(4 * n), writable=False) for _ in range(channels)]
    size = n * channels * bits // 8
    out = core.place(bytes(size), shift=shift)
    for row in range(len(left)):
        words = [left[row], right[row]][:channels]
        for address, block in zip(blocks, words, strict=True):
            core.write(address, block.tobytes())
        assert getattr(backend, name)(out, *blocks, n) is None
        got = np.frombuffer(core.read(out, size), f"<i{bits // 8}").reshape(n, channels)
        expected = kernel_model.to_pcm(np.stack(words, -1), bits)
        np.testing.assert_array_equal(got, expected, name)


def judge_from_pcm(backend: Backend, name: str, samples: np.ndarray, n: int, shift=0):
    """The same of samples that become blocks of n."""
    core, bits = backend.core, int(name[-2:])
    channels = 1 if name.startswith("mono_") else 2
    core.forget()
    blocks = [core.place(bytes(4 * n)) for _ in range(channels)]
    frames = core.place(bytes(n * channels * bits // 8), writable=False, shift=shift)
    for row in samples[: len(samples) // (n * channels) * n * channels].reshape(-1, n, channels):
        core.write(frames, row.tobytes())
        assert getattr(backend, name)(*blocks, frames, n) is None
        got = [np.frombuffer(core.read(block, 4 * n), np.uint32) for block in blocks]
        expected = kernel_model.from_pcm(row, bits)
        np.testing.assert_array_equal(np.stack(got, -1), expected, name)
