"""PCM becomes floats and floats become PCM with NumPy's bits: everywhere, and on a Pico."""

import kernel_cases as cases
import numpy as np
import pytest
from kernel_runs import CONVERSIONS, EVERYWHERE, FORCED_ON_CHIP, NATIVE, Job, judge_pcm, param

_LENGTHS = (4, 16, 20, 60, 64, 68, 256, 1024)


def _samples(step=1):
    # An even number of them: stereo frames.
    every = {16: cases.pcm16_samples()[::step], 32: cases.pcm32_samples()[::step]}
    return {bits: some[: len(some) // 2 * 2] for bits, some in every.items()}


def _words(step=1):
    return np.ascontiguousarray(cases.float_words()[::step])


def _step(place):
    # A chip is slow, and the lane runs its code on all of them.
    if not place.runtime.emulated:
        return 1
    return 51 if place.backend == "portable" else 9


@pytest.mark.parametrize("place", [*EVERYWHERE, *map(param, FORCED_ON_CHIP)])
def test_every_sample_and_every_telling_float(place):
    step = _step(place)
    judge_pcm(place, _words(step), _samples(step), [Job(name) for name in CONVERSIONS])


@pytest.mark.parametrize("place", EVERYWHERE)
def test_every_16_bit_sample_comes_back_and_what_lies_between_is_rounded(place):
    words = np.ascontiguousarray(cases.pcm16_words()[:: _step(place)])
    judge_pcm(place, words, _samples(1024), [Job("mono_to_pcm16", 1024)])


@pytest.mark.parametrize("place", EVERYWHERE)
def test_every_block_length(place):
    jobs = [Job(name, n, rows=2) for name in CONVERSIONS for n in _LENGTHS]
    judge_pcm(place, _words(23), _samples(15), jobs)


@pytest.mark.parametrize("place", NATIVE)
@pytest.mark.parametrize("odd", [1, 2, 3])
def test_a_frame_buffer_may_begin_at_any_address(place, odd):
    judge_pcm(place, _words(31), _samples(31), [Job(name) for name in CONVERSIONS], odd)


_BUFFERS = """
from array import array
pcm = bytes([0, 64, 0, 192, 255, 127, 0, 128]) * 2
for frames in (pcm, bytearray(pcm), memoryview(pcm), memoryview(b"12" + pcm)[2:]):
    left, right = array("f", bytes(16)), memoryview(array("f", bytes(16)))
    kernels.from_pcm16(left, right, frames, 4)
    assert list(left) == [0.5, 32767 / 32768] * 2 and list(right) == [-0.5, -1] * 2
    for out in (bytearray(16), memoryview(bytearray(16))):
        kernels.to_pcm16(out, left, right, 4)
        assert bytes(out) == pcm
"""


@pytest.mark.parametrize("place", EVERYWHERE)
def test_frames_may_be_any_kind_of_bytes_and_blocks_arrays_or_views(place):
    place.run(_BUFFERS)
