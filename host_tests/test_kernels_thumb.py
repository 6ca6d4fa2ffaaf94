"""The Thumb kernels give NumPy's bits, and take what is below the normal numbers for zero.

What runs in the lane is the machine code that an RP2040 gets.
"""

import kernel_cases as cases
import kernel_model as model
import lane
import numpy as np
import pytest
from kernel_cases import INFINITY, SIGN
from lane_backend import Backend
from lane_runs import judge, left_by

NAN = 0x7FC00000
# Exponents at which a kernel takes another way, and their neighbours.
BORDERS = np.array(
    [0, 1, 2, 3, 9, 24, 25, 31, 32, 33, 34, 64, 126, 127, 128, 129, 252, 253, 254, 255], np.uint32
)

needs_lane = pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)


@pytest.fixture(scope="module")
def thumb():
    return Backend("thumb", "armv6m", watched=False)


def _assert_sums(thumb, name, dst, src):
    # One NaN is as good as another; but what is below the normal numbers is always made zero.
    got = left_by(thumb, name, dst, src, cases.words_of([1]) if name == "add_scaled" else None)
    wrong = ~model.same(got, model.add(dst, src, model.FLUSHED))
    some = [f"{words[wrong][0]:08x}" for words in (got, dst, src)] if wrong.any() else []
    assert not some, (wrong.sum(), some)


def _grid(*axes):
    # Every combination, each axis as a flat array.
    return [axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")]


def _word(exponent, mantissa, negative):
    word = negative.astype(np.uint32) << 31 | exponent.astype(np.uint32) << 23
    return word | mantissa.astype(np.uint32)


def _powers(top=23):
    # Mantissas with one bit, and their neighbours: all bits, none.
    powers = 1 << np.arange(top)
    return np.unique(np.concatenate([powers, powers - 1, 2**23 - powers])) % 2**23


def _distant_pairs():
    # Every distance of the exponents, with what falls out next to half a unit.
    top, distance, a, b, first, second = _grid(
        [60, 126, 253, 254],
        np.arange(40),
        [0, 1, 2, 0x400000, 2**23 - 2, 2**23 - 1],
        _powers(),
        np.arange(2),
        np.arange(2),
    )
    dst, src = _word(top, a, first), _word(top - distance, b, second)
    return np.concatenate([dst, src]), np.concatenate([src, dst])


def _small_pairs():
    # Differences that lose many bits, of exponents so small that no normal number may be left.
    exponent, distance, a, b, sign = _grid(
        np.arange(1, 37), np.arange(3), _powers(), _powers()[::5], np.arange(2)
    )
    return _word(exponent, a, sign), _word(np.maximum(exponent - distance, 0), b, 1 - sign)


@needs_lane
@pytest.mark.parametrize("name", ["add", "add_scaled"])
def test_sums_at_every_distance_of_the_exponents(thumb, name):
    _assert_sums(thumb, name, *_distant_pairs())


@needs_lane
@pytest.mark.parametrize("name", ["add", "add_scaled"])
def test_differences_that_leave_the_normal_numbers_are_zeros_of_their_sign(thumb, name):
    dst, src = _small_pairs()
    assert ((model.add(dst, src, model.FLUSHED) << 1 == 0) & (dst ^ src != SIGN)).sum() > 10000
    _assert_sums(thumb, name, dst, src)


@needs_lane
def test_a_million_sums(thumb):
    kinds = (cases.pairs(), cases.sum_pairs(200000, 31), cases.random_pairs(1 << 20, 32))
    _assert_sums(thumb, "add", *(np.concatenate(words) for words in zip(*kinds, strict=True)))


def _edge_products(count=100000):
    # Pairs whose product is next to twice a power of two, on either side of what is normal, at
    # both ends; among them the infinite, NaN and zero.
    rng = np.random.default_rng(33)
    m = rng.integers(2**23, 2**24, count)
    other = np.clip(-(-(2**47) // m) + rng.integers(-2, 3, count), 2**23, 2**24 - 1)
    total = rng.choice([126, 127, 128, 255, 256, 257, 380, 381, 382], count)
    first = rng.integers(np.maximum(1, total - 254), np.minimum(254, total - 1) + 1)
    negative = rng.integers(0, 2, (2, count))
    a = _word(first, m - 2**23, negative[0])
    b = _word(total - first, other - 2**23, negative[1])
    rare = rng.integers(0, 8, count) == 0
    a[rare] = rng.choice(cases.edges(), rare.sum())
    return a, b


@needs_lane
@pytest.mark.parametrize("n", [4, 1 << 14])
def test_products_at_the_edge_of_the_normal_numbers(thumb, n):
    # In short blocks many are the last one, behind which the loop ends anyhow.
    dst, src = _edge_products(4000 if n == 4 else 100000)
    model.check("multiply", left_by(thumb, "multiply", dst, src, most=n), dst, src)


@needs_lane
@pytest.mark.parametrize("name", ["multiply", "scale", "add_scaled", "ramp"])
def test_products_one_bit_above_half_a_unit(thumb, name):
    # Odd mantissas have an inverse: the low bits of a product can be had as wished.
    places, bit = np.array([(k, bit) for k in (23, 24) for bit in range(k - 1)]).T
    wanted = 2 ** (places - 1) + 2**bit
    met = 0
    for m in np.random.default_rng(34).integers(2**22, 2**23, 100) * 2 + 1:
        other = wanted * pow(int(m), -1, 2**24) % 2**places
        other = np.where(places == 23, other | 2**23, np.maximum(other, 2**23))
        met += (m * other % 2**places == wanted).sum()
        src = _word(np.full(len(other), 127), other - 2**23, other * 0)
        gain = _word(np.full(1, 127), np.full(1, m - 2**23), np.zeros(1))
        if name == "multiply":
            got = left_by(thumb, name, src, np.resize(gain, len(src)))
        else:
            got = left_by(thumb, name, src * 0, src, np.append(gain, np.uint32(0)))
        model.check("scale", got, src, gain)
    assert met > 3000


@needs_lane
def test_a_million_products(thumb):
    kinds = (cases.pairs(), cases.product_pairs(200000, 34), cases.random_pairs(1 << 20, 35))
    dst, src = (np.concatenate(words) for words in zip(*kinds, strict=True))
    model.check("multiply", left_by(thumb, "multiply", dst, src), dst, src)


@needs_lane
@pytest.mark.parametrize("name", ["scale", "add_scaled"])
def test_gains_of_every_exponent_on_samples_of_every_exponent(thumb, name):
    exponents = np.arange(256, dtype=np.uint32) << 23
    src = np.concatenate([exponents | m for m in (0, 1, 0x3504F3, 0x7FFFFF)])
    gains = cases.both_signs(np.concatenate([exponents | m for m in (0, 0x3504F4)]))[:, None]
    rng = np.random.default_rng(36)
    # Beside the product, or its opposite, so that much of the sum cancels out.
    shape = (len(gains), len(src))
    dst = model.multiply(*np.broadcast_arrays(src, gains))
    dst = dst ^ rng.choice(np.array([0, SIGN, 1, SIGN | 3, 1 << 23], np.uint32), shape)
    dst[:, ::4] = cases.anything(dst[:, ::4].size, 37).reshape(-1, len(src) // 4)
    got = [left_by(thumb, name, row, src, gain) for row, gain in zip(dst, gains, strict=True)]
    operands = (src, gains) if name == "scale" else (dst, src, gains)
    model.check(name, np.stack(got), *operands)


@needs_lane
def test_an_infinite_product_of_finite_numbers_is_no_nan_in_a_sum(thumb):
    # Only its mantissa shows that it is infinite; it must not be taken for a NaN's.
    cell = cases.words_of([2.0**100 * 1.9])
    src = cases.words_of(np.full(8, 2.0**27 * 1.9) * [1, -1, 1, -1, 1, -1, 1, -1])
    finite, infinite = cases.words_of([-3e38, 3e38]), np.array([INFINITY, INFINITY | SIGN])
    dst = np.concatenate([[0, 0, NAN, NAN], finite, infinite]).astype(np.uint32)
    got = left_by(thumb, "add_scaled", dst, src, cell)
    assert np.isinf(got[[0, 1, 4, 5, 6, 7]].view(np.float32)).all()
    model.check("add_scaled", got, dst, src, cell)


@needs_lane
def test_ramps_of_every_kind_of_gain_and_step(thumb):
    g, step, kind = _grid(BORDERS, BORDERS, np.arange(4))
    m, k = np.array([(0, 0), (0, 0x7FFFFF), (1, 0), (0x7FFFFF, 1)])[kind].T
    cells = np.stack([_word(g, m, kind * 0), _word(step, k, kind % 3 > 0)], -1)
    # Samples that bring the first product to either edge of the normal numbers.
    rng = np.random.default_rng(38)
    exponents = rng.choice([127, 128, 381, 380, 254], (len(g), 8)) - g.astype(int)[:, None]
    src = _word(exponents.clip(0, 255), rng.integers(0, 2**23, exponents.shape), exponents % 2)
    judge(thumb, "ramp", src.copy(), src, cells)


@needs_lane
def test_the_next_gain_of_a_ramp_is_a_sum_like_any_other(thumb):
    some = [np.stack(pairs, -1)[::89] for pairs in (_distant_pairs(), _small_pairs())]
    cells = np.concatenate([*some, np.stack(cases.few_pairs(), -1)[::23]])
    core = thumb.core
    core.forget()
    block, cell = core.place(bytes(16)), core.place(bytes(8))
    ends = []
    for g_and_step in cells:
        core.write(cell, g_and_step.tobytes())
        thumb.ramp(block, block, cell, 4)
        ends.append(np.frombuffer(core.read(cell, 8), np.uint32))
    expected = model.ramp(np.zeros((len(cells), 4), np.uint32), cells, (0, model.FLUSHED))[1]
    wrong = ~model.same(np.stack(ends), expected).all(-1)
    assert not wrong.any(), (wrong.sum(), [f"{word:08x}" for word in cells[wrong][0]])


@needs_lane
@pytest.mark.parametrize("place", range(4))
def test_one_sample_beyond_is_clipped_wherever_it_stands(thumb, place):
    # Four samples that are all within are only copied.
    src = cases.words_of(np.full((64, 4), 0.5) * [1, -1, 2, -2])
    limits = cases.both_signs(np.array([0x3F7FFFFF, 0x3F800000, 0x3F800001, INFINITY, NAN]))
    src[:, place] = np.resize([*limits, *cases.words_of([1.5, -1.5, 3e38, -3e38])], 64)
    src = src.ravel()
    model.check("clip", left_by(thumb, "clip", src * 0, src), src)
