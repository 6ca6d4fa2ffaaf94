"""Arithmetic on blocks gives NumPy's bits: on every backend, every interpreter, and a Pico."""

import kernel_cases as cases
import numpy as np
import pytest
from kernel_runs import (
    ARITHMETIC,
    EVERYWHERE,
    FORCED_ON_CHIP,
    NATIVE,
    VIPER,
    Job,
    Words,
    judge,
    param,
)
from micropython_host import beside

_ON_EVERY_BACKEND = [*EVERYWHERE, *map(param, FORCED_ON_CHIP)]
_PAIRWISE = ("add", "multiply")
_WITH_CELL = ("scale", "add_scaled", "ramp")
# From the least to beyond the longest buffer of a pool, with every rest of an unrolled loop.
_LENGTHS = (4, 8, 12, 16, 20, 28, 32, 60, 64, 68, 128, 252, 256, 1020, 1024, 2048)


def _cells(n):
    return np.concatenate([cases.ramps(n), np.stack([cases.gains()] * 2, -1)])


def _thinned(pairs, place):
    # A chip runs some hundred times slower than the host.
    step = 7 if place.runtime.emulated else 1
    return [np.ascontiguousarray(words[::step]) for words in pairs]


@pytest.mark.parametrize("place", _ON_EVERY_BACKEND)
def test_sums_and_products_are_rounded_to_nearest_even(place):
    pairs = _thinned(cases.few_pairs(), place)
    judge(place, Words(*pairs, _cells(64)), [Job(name) for name in _PAIRWISE])


@pytest.mark.parametrize("place", _ON_EVERY_BACKEND)
def test_every_gain_works_on_every_kind_of_sample(place):
    n = 16
    count = len(_cells(n)) * n * (2 if place.runtime.emulated else 10)
    first, second = (np.resize(words, count) for words in cases.few_pairs())
    order = np.random.default_rng(1).permutation(count)
    words = Words(first[order], second[order], _cells(n))
    judge(place, words, [Job(name, n) for name in _WITH_CELL])


@pytest.mark.parametrize("place", EVERYWHERE)
def test_a_ramp_on_audio_ends_where_the_next_block_goes_on(place):
    n = 64
    words = Words(*cases.audio_pairs(n * len(cases.ramps(n))), cases.ramps(n))
    judge(place, words, [Job("ramp", n)])


@pytest.mark.parametrize("place", _ON_EVERY_BACKEND)
def test_every_float_is_clipped_copied_and_cleared(place):
    words = cases.float_words()[:: 7 if place.runtime.emulated else 1]
    anything = np.ascontiguousarray(words[::-1])
    judge(place, Words(anything, words, _cells(64)), [Job(k) for k in ("clip", "copy", "clear")])


@pytest.mark.parametrize("place", EVERYWHERE)
@pytest.mark.parametrize("same", [False, True], ids=["two blocks", "dst is src"])
def test_every_block_length(place, same):
    words = Words(*cases.audio_pairs(4096), cases.ramps(64))
    judge(place, words, [Job(name, n, same, 2) for name in ARITHMETIC for n in _LENGTHS])


@pytest.mark.parametrize("place", EVERYWHERE)
def test_dst_may_be_src_whatever_is_in_it(place):
    pairs = _thinned(cases.few_pairs(), place)
    judge(place, Words(*pairs, _cells(64)), [Job(name, same=True) for name in ARITHMETIC])


@pytest.mark.parametrize("place", [param(VIPER)])
@pytest.mark.parametrize("name", [*_PAIRWISE, *_WITH_CELL])
def test_millions_of_pairs(place, name):
    random = [cases.random_pairs(600000, 11), cases.audio_pairs(100000)]
    million = [cases.pairs(), cases.exponent_pairs(), *random]
    first, second = (np.concatenate(words) for words in zip(*million, strict=True))
    judge(place, Words(first, second, _cells(256)), [Job(name, 256)])


_NOTHING = """
from array import array
space, cell = array("f", [0.5] * 4), array("f", [0.25, 0.25])
out = bytearray(range(16))
for name in {arithmetic}:
    args = {{"clear": (space, 0)}}.get(name, (space, space, 0))
    if name in ("scale", "add_scaled", "ramp"):
        args = (space, space, cell, 0)
    assert getattr(kernels, name)(*args) is None
for name in {pcm}:
    floats = (space,) if name.startswith("mono") else (space, space)
    args = (out,) + floats if "to_pcm" in name else floats + (out,)
    assert getattr(kernels, name)(*(args + (0,))) is None
assert list(space) == [0.5] * 4 and list(cell) == [0.25, 0.25] and list(out) == list(range(16))
"""


@pytest.mark.parametrize("place", EVERYWHERE)
def test_no_samples_are_no_harm_and_every_kernel_returns_none(place):
    stereo = [f"{way}_pcm{bits}" for way in ("to", "from") for bits in (16, 32)]
    pcm = stereo + [f"mono_{name}" for name in stereo]
    place.run(_NOTHING.format(arithmetic=ARITHMETIC, pcm=pcm))


_ALLOCATES = """
from array import array
from heap_watch import grown
names = {names!r}
a, b = array("f", bytes(4096)), memoryview(array("f", bytes(8192)))[4:1028]
cell, out = array("f", [0.5, 0.01]), bytearray(8192)
calls = [getattr(kernels, name) for name in names.split()]
def run(a, b):
    calls[0](a, n)
    calls[1](a, b, n)
    calls[2](a, b, n)
    calls[3](a, b, n)
    calls[4](a, b, n)
    calls[5](a, b, cell, n)
    calls[6](a, b, cell, n)
    calls[7](a, b, cell, n)
    calls[8](out, a, b, n)
    calls[9](out, a, b, n)
    calls[10](out, a, n)
    calls[11](out, a, n)
    calls[12](a, b, out, n)
    calls[13](a, b, out, n)
    calls[14](a, out, n)
    calls[15](a, out, n)
# Not in run: its frame would take over 11 words, and those come from the heap.
for n in (4, 64, 1024):
    grown(run, a, b)
    print(grown(run, a, b))
"""
_IN_ORDER = (
    "clear copy add multiply clip scale add_scaled ramp to_pcm16 to_pcm32 mono_to_pcm16 "
    "mono_to_pcm32 from_pcm16 from_pcm32 mono_from_pcm16 mono_from_pcm32"
)


# On the host an int of 2**30 and more is no object: a chip tells of viper's too.
@pytest.mark.parametrize("place", [*NATIVE, param(FORCED_ON_CHIP[0])])
def test_native_kernels_allocate_nothing(place):
    printed = place.run(_ALLOCATES.format(names=_IN_ORDER), beside("heap_watch.py"))
    assert printed.split() == ["0", "0", "0"]
