"""Fades of PCM frames: on every interpreter, and in assembler, the numbers of the model."""

import base64

import numpy as np
import pytest
from stream_run import fade_in, fade_out

FORMATS = [(16, 1), (16, 2), (32, 1), (32, 2)]
# Frames of a block; the last are no powers of two.
SIZES = [4, 32, 64, 256, 12, 100]
PROGRAM = """
from binascii import a2b_base64, b2a_base64
from aether.fades import fades
def show(frames):
    print(str(b2a_base64(frames), "ascii").strip())
"""
CASE = """
begin, end, last = fades({bits}, {lanes}, {frames})
slot = bytearray(a2b_base64({data!r}))
silence = bytearray(len(slot))
end(silence, slot, last)
show(silence)
begin(slot)
show(slot)
"""
RING = """
from array import array
from uctypes import addressof
import aether.ring_state as at
import aether.ring_thumb as thumb
def play(bits, lanes, frames, data, write):
    size = bits // 8 * lanes * frames
    ring = bytearray(8 * size)
    before = (write - 1) % 8 * size
    ring[before : before + size] = a2b_base64(data)
    state = array("i", bytes(4 * at.WORDS))
    state[at.WRITE], state[at.MASK] = write, 7
    state[at.ADDRESS], state[at.SIZE] = addressof(ring), size
    state[at.LAST] = size - bits // 8 * lanes
    thumb.ending(bits, lanes)(state)
    ring[before : before + size] = bytes(size)
    show(ring)
"""


def frames_of(bits: int, lanes: int, frames: int) -> np.ndarray:
    """Random frames; the last ones are the least and the greatest there are."""
    rng = np.random.default_rng(bits + lanes + frames)
    low, high = -(1 << bits - 1), (1 << bits - 1) - 1
    data = rng.integers(low, high, (frames, lanes), endpoint=True)
    data[0], data[1], data[-1, 0], data[-1, -1] = low, high, high, low
    return data


def packed(data: np.ndarray, bits: int) -> str:
    return base64.b64encode(data.astype(f"<i{bits // 8}").tobytes()).decode()


def unpacked(line: str, bits: int, lanes: int) -> np.ndarray:
    data = np.frombuffer(base64.b64decode(line), f"<i{bits // 8}")
    return data.reshape(-1, lanes).astype(np.int64)


def longest(frames: int, most: int) -> int:
    """The greatest power of two up to both."""
    return min(most, 1 << frames.bit_length() - 1)


def test_blocks_begin_and_end_as_the_model_says(runtime):
    cases = [(*kind, frames) for kind in FORMATS for frames in SIZES]
    data = [frames_of(*case) for case in cases]
    program = PROGRAM
    for (bits, lanes, frames), block in zip(cases, data, strict=True):
        program += CASE.format(bits=bits, lanes=lanes, frames=frames, data=packed(block, bits))
    lines = runtime.run(program).split()
    assert len(lines) == 2 * len(cases)
    for (bits, lanes, frames), block, *shown in zip(
        cases, data, lines[::2], lines[1::2], strict=True
    ):
        silence, begun = (unpacked(line, bits, lanes) for line in shown)
        expected = np.zeros_like(block)
        n = longest(frames, 32)
        expected[:n] = fade_out(block[-1], bits, n)
        np.testing.assert_array_equal(silence, expected)
        expected = block.copy()
        n = longest(frames, 64)
        expected[:n] = fade_in(block[:n], bits)
        np.testing.assert_array_equal(begun, expected)


@pytest.mark.parametrize("loud", [True, False])
def test_the_fade_behind_a_ring_in_assembler_is_the_same(runtime, loud):
    if not runtime.emulated:
        pytest.skip("there is assembler on the chip alone")
    cases = [(bits, lanes, n) for bits, lanes in ((16, 1), (16, 2), (32, 2)) for n in (32, 64)]
    program = PROGRAM + RING
    for write, (bits, lanes, frames) in enumerate(cases):
        block = frames_of(bits, lanes, frames) * loud
        program += f"play({bits}, {lanes}, {frames}, {packed(block, bits)!r}, {write + 4})\n"
    lines = runtime.run(program).split()
    for write, (line, (bits, lanes, frames)) in enumerate(zip(lines, cases, strict=True), 4):
        expected = np.zeros((8 * frames, lanes), np.int64)
        start = write % 8 * frames
        last = frames_of(bits, lanes, frames)[-1] * loud
        expected[start : start + 32] = fade_out(last, bits, 32)
        np.testing.assert_array_equal(unpacked(line, bits, lanes), expected)
