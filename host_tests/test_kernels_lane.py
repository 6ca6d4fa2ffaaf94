"""Every backend's machine code gives NumPy's bits, on emulated cores of each kind that has it."""

import kernel_cases as cases
import lane
import numpy as np
import pytest
from kernel_model import PCM
from lane_backend import BACKENDS, Backend
from lane_runs import judge, judge_from_pcm, judge_to_pcm

pytestmark = pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)

_EACH = [(backend, arch) for arch, backend in BACKENDS.items()]
_EACH += [("viper", arch) for arch in BACKENDS]
# test_kernels_thumb.py and test_kernels_vfp.py try sums and products on more than this does.
_HERE_ONLY = [each for each in _EACH if each[0] not in ("thumb", "vfp")]
_PAIRWISE = ("add", "multiply")
_WITH_CELL = ("scale", "add_scaled", "ramp")
_ARITHMETIC = ("clear", "copy", "clip", *_PAIRWISE, *_WITH_CELL)
_CONVERSIONS = (*PCM, *(f"mono_{name}" for name in PCM))
# Every rest of an unrolled loop, and a pool's longest buffer.
_LENGTHS = (4, 8, 12, 16, 20, 24, 28, 32, 36, 60, 64, 68, 1024)


@pytest.fixture(scope="module", params=_EACH, ids="-".join)
def backend(request):
    """Runs quickly, and sees no wrong access."""
    return Backend(*request.param, watched=False)


@pytest.fixture(scope="module", params=_EACH, ids="-".join)
def watched(request):
    """Sees each access, and any instruction that the core has not."""
    return Backend(*request.param)


def _rows(pairs, n):
    return [cases.blocks(words, n) for words in pairs]


def _cells(n, rows):
    cells = np.concatenate([cases.ramps(n), np.stack([cases.gains()] * 2, -1)])
    return np.resize(cells, (rows, 2))


@pytest.mark.parametrize("backend", _HERE_ONLY, ids="-".join, indirect=True)
@pytest.mark.parametrize("name", _PAIRWISE)
def test_sums_and_products_are_rounded_to_nearest_even(backend, name):
    dst, src = _rows(cases.pairs(), 1024)
    judge(backend, name, dst, src, _cells(1024, len(dst)))


@pytest.mark.parametrize("name", _WITH_CELL)
def test_every_gain_works_on_every_kind_of_sample(backend, name):
    pairs = cases.few_pairs()
    order = np.random.default_rng(1).permutation(len(pairs[0]))[: 1200 * 16]
    dst, src = (words[order].reshape(1200, 16) for words in pairs)
    judge(backend, name, dst, src, _cells(16, 1200))


@pytest.mark.parametrize("name", _WITH_CELL)
def test_audio_is_faded_and_mixed(backend, name):
    dst, src = _rows(cases.audio_pairs(100000), 256)
    gains = cases.words_of(np.random.default_rng(2).uniform(-1, 1, (len(dst), 2)) / [1, 256])
    judge(backend, name, dst, src, gains)


@pytest.mark.parametrize("name", ["clip", "copy", "clear"])
def test_every_telling_float_is_clipped_copied_and_cleared(backend, name):
    words = cases.blocks(cases.float_words(), 512)
    judge(backend, name, words[::-1].copy(), words, _cells(512, len(words)))


@pytest.mark.parametrize("name", _CONVERSIONS)
def test_every_sample_and_every_telling_float(backend, name):
    if "from_pcm" in name:
        samples = cases.pcm16_samples() if name.endswith("16") else cases.pcm32_samples()
        judge_from_pcm(backend, name, samples, 512)
    else:
        words = cases.blocks(cases.float_words(), 512)
        judge_to_pcm(backend, name, words, words[::-1])


def test_every_16_bit_sample_comes_back_and_what_lies_between_is_rounded(backend):
    rows = cases.blocks(cases.pcm16_words(), 1024)
    judge_to_pcm(backend, "to_pcm16", rows, rows[::-1])


def test_half_a_million_words_become_samples(backend):
    for bits in (16, 32):
        # Of the exponents that give samples, and some around them.
        rng = np.random.default_rng(bits)
        exponents = rng.integers(127 - bits - 2, 129, 1 << 17, np.uint32) << 23
        words = cases.anything(1 << 17, bits) & 0x807FFFFF | exponents
        # Those with few bits in their mantissas meet the halfway case.
        few = words & (0xFFFFFFFF << rng.integers(0, 24, 1 << 17, np.uint32)).astype(np.uint32)
        judge_to_pcm(backend, f"to_pcm{bits}", *_rows((words, few), 1024))
        judge_to_pcm(backend, f"mono_to_pcm{bits}", *_rows((words, few), 1024))


@pytest.mark.parametrize("name", ["from_pcm32", "mono_from_pcm32"])
def test_samples_of_every_length_in_bits_become_words(backend, name):
    some = cases.anything(1 << 17, 30).view("<i4") >> np.arange(1 << 17) % 32
    judge_from_pcm(backend, name, some.astype("<i4"), 1024)


def test_every_16_bit_sample_survives_the_way_to_float_and_back(backend):
    samples = cases.pcm16_samples()
    core, n = backend.core, len(samples) // 2
    core.forget()
    left, right, again = (core.place(bytes(4 * n)) for _ in range(3))
    frames = core.place(samples.tobytes(), writable=False)
    backend.from_pcm16(left, right, frames, n)
    backend.to_pcm16(again, left, right, n)
    assert core.read(again, 4 * n) == samples.tobytes()


@pytest.mark.parametrize("bits", [16, 32])
def test_the_channels_may_lie_in_any_order_or_be_one(watched, bits):
    core, n = watched.core, 64
    core.forget()
    samples = np.random.default_rng(bits).integers(-30000, 30000, (n, 2)).astype(f"<i{bits // 8}")
    blocks = [core.place(bytes(4 * n)) for _ in range(2)]
    frames = core.place(samples.tobytes(), writable=False)
    out = core.place(bytes(samples.nbytes))
    for left, right in (blocks, blocks[::-1]):
        getattr(watched, f"from_pcm{bits}")(left, right, frames, n)
        getattr(watched, f"to_pcm{bits}")(out, left, right, n)
        assert core.read(out, samples.nbytes) == samples.tobytes()
        getattr(watched, f"to_pcm{bits}")(out, right, right, n)
        assert core.read(out, samples.nbytes) == samples[:, [1, 1]].tobytes()


@pytest.mark.parametrize("same", [False, True], ids=["two blocks", "dst is src"])
@pytest.mark.parametrize("name", _ARITHMETIC)
def test_every_block_length_stays_in_its_place(watched, name, same):
    rng = np.random.default_rng(3)
    for n in _LENGTHS:
        dst, src = cases.words_of(rng.uniform(-1.2, 1.2, (2, 2, n)))
        dst[:, :4], src[:, :4] = rng.choice(cases.edges(), (2, 2, min(n, 4)))
        judge(watched, name, dst, src, cases.words_of([[0.5, 0.25 / 64], [-1.5, 0.01]]), same)


@pytest.mark.parametrize("name", _CONVERSIONS)
def test_frames_may_begin_at_any_address(watched, name):
    for n, shift in [(4, 0), (8, 1), (12, 2), (20, 3), (24, 1), (32, 3), (68, 2), (1024, 0)]:
        if "from_pcm" in name:
            some = cases.anything(8 * n, n).view("<i2" if name.endswith("16") else "<i4")
            judge_from_pcm(watched, name, some[: 2 * n], n, shift)
        else:
            words = cases.blocks(cases.float_words()[::97], n)
            judge_to_pcm(watched, name, words[:1], words[-1:], shift)


@pytest.mark.parametrize("n", [0, -4])
def test_no_samples_are_no_harm(watched, n):
    # Only for reading, so that a single word written is a fault.
    core = watched.core
    core.forget()
    block, cell = core.place(bytes(64), writable=False), core.place(bytes(8), writable=False)
    for name in (*_ARITHMETIC, *_CONVERSIONS):
        blocks = 1 if name == "clear" else 3 if name in PCM else 2
        arguments = [block] * blocks + [cell] * (name in _WITH_CELL)
        assert getattr(watched, name)(*arguments, n) is None, name
