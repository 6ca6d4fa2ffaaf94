"""The Thumb kernels' very machine code, run on an emulated Cortex-M0, gives NumPy's bits."""

import sys

import lane as lanes
import numpy as np
import pytest
from aether_tools import paths
from kernel_cases import float_words, pcm16_samples
from kernel_model import from_pcm, to_pcm

THUMB = paths.LIB / "aether" / "kernels" / "thumb.py"
# First byte and bytes a frame, as the wrappers in thumb.py pass them.
MONO, LEFT, RIGHT = 0x002, 0x004, 0x204

pytestmark = pytest.mark.skipif(not lanes.available(), reason=lanes.WHY_NOT)


@pytest.fixture(scope="module")
def lane():
    return lanes.of("armv6m")


def noise(count):
    return np.random.default_rng(count).integers(0, 256, count, np.uint8)


def call(lane, name, *words):
    return lane.call(lanes.load(THUMB, "armv6m")[name], *words)


def convert_to(lane, words, how, shift=0):
    """_to16 on one block; all bytes but the block's own samples must stay."""
    n, first, step = len(words), how >> 8, how & 0xFF
    expected = noise(n * step)
    lane.forget()
    floats = lane.place(words.tobytes(), writable=False)
    frames = lane.place(expected, shift=shift)
    places = first + step * np.arange(n)
    samples = to_pcm(words, 16).view(np.uint8).reshape(n, 2)
    expected[places], expected[places + 1] = samples[:, 0], samples[:, 1]
    assert call(lane, "_to16", floats, frames, n, how) == 0
    np.testing.assert_array_equal(np.frombuffer(lane.read(frames, n * step), np.uint8), expected)


def convert_from(lane, samples, how, shift=0):
    """_from16 on one block of frames, whose other channel is noise."""
    n, first, step = len(samples), how >> 8, how & 0xFF
    content = noise(n * step)
    places = first + step * np.arange(n)
    halves = samples.view(np.uint8).reshape(n, 2)
    content[places], content[places + 1] = halves[:, 0], halves[:, 1]
    lane.forget()
    frames = lane.place(content, writable=False, shift=shift)
    floats = lane.place(noise(4 * n))
    assert call(lane, "_from16", floats, frames, n, how) == 0
    got = np.frombuffer(lane.read(floats, 4 * n), "<u4")
    np.testing.assert_array_equal(got, from_pcm(samples, 16))


def blocks(values, n):
    return values[: len(values) // n * n].reshape(-1, n)


@pytest.mark.parametrize("shift", [0, 1, 2, 3])
@pytest.mark.parametrize("how", [MONO, LEFT, RIGHT])
@pytest.mark.parametrize("n", [4, 64, 1024])
def test_every_block_length_place_and_address(lane, n, how, shift):
    for block in blocks(float_words(), n)[::7][:40]:
        convert_to(lane, block, how, shift)
    for block in blocks(pcm16_samples(), n)[::3][:40]:
        convert_from(lane, block, how, shift)


@pytest.mark.parametrize("shift", [0, 1])
def test_every_telling_float_becomes_the_right_sample(lane, shift):
    words = float_words()
    for block in [*blocks(words, 1024), words[-64:]]:
        convert_to(lane, block, LEFT, shift)


def test_every_halfway_case_and_its_neighbours(lane):
    # All samples from 0 to 32767 and a half more, as far as a float tells them apart.
    halves = ((np.arange(32768) + 0.5) / 32768).astype(np.float32).view(np.uint32)
    words = np.stack([halves - 1, halves, halves + 1]).ravel()
    for block in blocks(np.concatenate([words, words | 0x80000000]).astype("<u4"), 1024):
        convert_to(lane, block, MONO)


def test_every_sample_becomes_its_float(lane):
    for block in blocks(pcm16_samples(), 1024):
        convert_from(lane, block, RIGHT, 3)


@pytest.mark.parametrize("name", ["_to16", "_from16"])
@pytest.mark.parametrize("n", [0, 0xFFFFFFFF])
def test_no_samples_are_no_harm(lane, name, n):
    lane.forget()
    floats, frames = lane.place(b"\0" * 64, False), lane.place(b"\0" * 64, False)
    call(lane, name, floats, frames, n, LEFT)


def test_the_wrappers_pass_each_channel_its_place(monkeypatch):
    calls = []

    class Stand:
        @staticmethod
        def asm_thumb(function):
            return lambda *args: calls.append((function.__name__, *args))

    monkeypatch.setitem(sys.modules, "micropython", Stand)
    kernels = {}
    exec(THUMB.read_text(), kernels)
    kernels["to_pcm16"]("out", "left", "right", 64)
    kernels["mono_to_pcm16"]("out", "src", 64)
    kernels["from_pcm16"]("left", "right", "frames", 64)
    kernels["mono_from_pcm16"]("dst", "frames", 64)
    assert calls == [
        ("_to16", "left", "out", 64, LEFT),
        ("_to16", "right", "out", 64, RIGHT),
        ("_to16", "src", "out", 64, MONO),
        ("_from16", "left", "frames", 64, LEFT),
        ("_from16", "right", "frames", 64, RIGHT),
        ("_from16", "dst", "frames", 64, MONO),
    ]
