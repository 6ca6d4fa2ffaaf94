"""The Thumb kernels' very machine code, run on an emulated Cortex-M0, gives NumPy's bits."""

import sys

import instruction_lane
import numpy as np
import pytest
from aether_tools import paths
from instruction_lane import RAM, Fault, Lane, assemble
from kernel_cases import float_words, pcm16_samples
from kernel_model import from_pcm, to_pcm

THUMB = paths.LIB / "aether" / "kernels" / "thumb.py"
GUARD = 64
FLOATS, FRAMES = RAM + 0x1000, RAM + 0x8000
# First byte and bytes a frame, as the wrappers in thumb.py pass them.
MONO, LEFT, RIGHT = 0x002, 0x004, 0x204

pytestmark = pytest.mark.skipif(not instruction_lane.available(), reason=instruction_lane.WHY_NOT)


@pytest.fixture(scope="module")
def lane():
    return Lane()


def guarded(lane, address, count):
    """Fills the place and its surroundings with a pattern; returns that, as it was."""
    pattern = np.random.default_rng(count).integers(0, 256, count + 2 * GUARD, np.uint8)
    lane.write(address - GUARD, pattern.tobytes())
    return pattern


def around(lane, address, count):
    return np.frombuffer(lane.read(address - GUARD, count + 2 * GUARD), np.uint8)


def convert_to(lane, words, how, shift=0):
    """_to16 on one block; all bytes but the block's own samples must stay."""
    n, first, step = len(words), how >> 8, how & 0xFF
    address = FRAMES + shift
    expected = guarded(lane, address, n * step)
    places = GUARD + first + step * np.arange(n)
    samples = to_pcm(words, 16).view(np.uint8).reshape(n, 2)
    expected[places], expected[places + 1] = samples[:, 0], samples[:, 1]
    lane.write(FLOATS, words.tobytes())
    assert lane.call(assemble(THUMB)["_to16"], FLOATS, address, n, how) == 0
    np.testing.assert_array_equal(around(lane, address, n * step), expected)
    assert lane.read(FLOATS, 4 * n) == words.tobytes()


def convert_from(lane, samples, how, shift=0):
    """_from16 on one block of frames, whose other channel is noise."""
    n, first, step = len(samples), how >> 8, how & 0xFF
    address = FRAMES + shift
    frames = guarded(lane, address, n * step)
    places = GUARD + first + step * np.arange(n)
    halves = samples.view(np.uint8).reshape(n, 2)
    frames[places], frames[places + 1] = halves[:, 0], halves[:, 1]
    lane.write(address - GUARD, frames.tobytes())
    expected = guarded(lane, FLOATS, 4 * n)
    expected[GUARD:-GUARD] = from_pcm(samples, 16).astype("<u4").view(np.uint8)
    assert lane.call(assemble(THUMB)["_from16"], FLOATS, address, n, how) == 0
    np.testing.assert_array_equal(around(lane, FLOATS, 4 * n), expected)
    np.testing.assert_array_equal(around(lane, address, n * step), frames)


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
    before = guarded(lane, FLOATS, 64), guarded(lane, FRAMES, 64)
    lane.call(assemble(THUMB)[name], FLOATS, FRAMES, n, LEFT)
    np.testing.assert_array_equal(around(lane, FLOATS, 64), before[0])
    np.testing.assert_array_equal(around(lane, FRAMES, 64), before[1])


@pytest.mark.parametrize(
    ("code", "why"),
    [
        pytest.param("0880 7047", "access of 2 bytes", id="strh r0, [r1]"),
        pytest.param("4ff0 0100 7047", "not an ARMv6-M instruction", id="mov.w r0, 1"),
        pytest.param("00b1 7047", "not an ARMv6-M instruction", id="cbz r0"),
        pytest.param("0124 7047", "changed register r4", id="movs r4, 1"),
        pytest.param("8046 7047", "changed register r8", id="mov r8, r0"),
    ],
)
def test_the_lane_sees_what_a_cortex_m0_would_not_do(lane, code, why):
    with pytest.raises(Fault, match=why):
        lane.call(bytes.fromhex(code), 5, RAM + 1)


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
