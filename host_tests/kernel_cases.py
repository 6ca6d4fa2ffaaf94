"""What the kernels are tried on: words, pairs of words, cells and PCM samples that tell.

Float32 values are given as words (uint32), random ones always the same. Everything directed is
small; `random_pairs` and `audio` give as many as are asked for.
"""

import numpy as np

SIGN = 0x80000000
INFINITY = 0x7F800000
NANS = (0x7FC00000, 0x7F800001, 0xFFFFFFFF)
# Zero, subnormals, exact powers, neighbours of 1, what 16 bits saturate at, the largest, infinity.
EDGES = (
    *(0, 1, 0x7FFFFF, 0x800000, 0x800001, 0xFFFFFF, 0x1000000),
    *(0x33800000, 0x34000000, 0x3EFFFFFF, 0x3F000000, 0x3F000001),
    *(0x3F7FFE00, 0x3F7FFF00, 0x3F7FFFFF, 0x3F800000, 0x3F800001, 0x3FC00000, 0x40000000),
    *(0x4B000000, 0x4B7FFFFF, 0x7E800000, 0x7F000000, 0x7F7FFFFE, 0x7F7FFFFF, INFINITY, *NANS),
)
MANTISSAS = (
    *(0, 1, 2, 0x200000, 0x400000, 0x400001),
    *(0x5FFFFF, 0x600000, 0x7FFFFE, 0x7FFFFF),
)
Pairs = tuple[np.ndarray, np.ndarray]


def words_of(values) -> np.ndarray:
    """Numbers as float32 words."""
    return np.asarray(values, np.float32).view(np.uint32)


def blocks(values: np.ndarray, n: int) -> np.ndarray:
    """Rows of n; the last one is filled up from the start."""
    return np.resize(values, (-(-len(values) // n), n))


def both_signs(words: np.ndarray) -> np.ndarray:
    """The words, and their negatives."""
    return np.concatenate([words, words ^ SIGN]).astype(np.uint32)


def edges() -> np.ndarray:
    """EDGES of both signs."""
    return both_signs(np.array(EDGES, np.uint32))


def audio(count: int, seed: int = 1) -> np.ndarray:
    """Samples of -1 to 1."""
    return words_of(np.random.default_rng(seed).uniform(-1, 1, count))


def anything(count: int, seed: int = 1) -> np.ndarray:
    """Words with every bit random."""
    return np.random.default_rng(seed).integers(0, 2**32, count, np.uint32)


def float_words() -> np.ndarray:
    """Every exponent with telling mantissas and both signs, halfway cases, audio, anything."""
    exponents = np.arange(256, dtype=np.uint32) << 23
    directed = both_signs(np.concatenate([exponents | m for m in MANTISSAS]))
    halves = words_of(np.arange(-2000, 2001) / 65536)
    near = words_of([1, -1, 32767.5 / 32768, -32767.5 / 32768, 32766.5 / 32768])
    loud = words_of(np.random.default_rng(1).uniform(-1.001, 1.001, 20000))
    words = np.concatenate([directed, halves, near - 1, near, near + 1, loud, anything(20000)])
    return words[: len(words) // 64 * 64].astype("<u4")


def edge_pairs() -> Pairs:
    """Each of the edges with each."""
    return _crossed(edges(), edges())


def exponent_pairs(step: int = 1) -> Pairs:
    """Every `step`th exponent with each of them, telling mantissas, equal signs and opposite."""
    exponents = np.arange(0, 256, step, dtype=np.uint32) << 23
    a, b = _crossed(exponents, exponents)
    mantissas = (0, 1, 0x3FFFFF, 0x400000, 0x400001, 0x7FFFFF)
    some = [(m, mantissas[-k]) for k, m in enumerate(mantissas)] + [(0x7FFFFF, 0x7FFFFF)]
    firsts = np.concatenate([a | x for x, _ in some])
    seconds = np.concatenate([b | y for _, y in some])
    return np.concatenate([firsts, firsts ^ SIGN]), np.concatenate([seconds, seconds])


def sum_pairs(count: int = 40000, seed: int = 2) -> Pairs:
    """Sums near and at the halfway case, of every distance of exponents, and cancellation."""
    rng = np.random.default_rng(seed)
    distance = rng.integers(0, 28, count)
    high = rng.integers(30, 254, count)
    a = rng.integers(0, 2**23, count)
    b = rng.integers(0, 2**23, count)
    # A mantissa that is almost a power leaves its exponent by a carry or a borrow.
    edge = rng.integers(0, 2, count).astype(bool)
    a[edge] = rng.choice([0, 1, 2**23 - 2, 2**23 - 1], edge.sum())
    # The bits of b that fall out below a's: half a unit and its neighbours, quarters, none.
    low = np.clip(distance, 2, 23)
    half = 1 << (low - 1)
    tail = rng.choice([-2, -1, 0, 1, 2], count) + half * rng.choice([0, 1, 1, 1, 2], count) // 2
    b = np.clip((b >> low << low) + rng.choice([tail, half]), 0, 2**23 - 1)
    close = rng.integers(0, 4, count) == 0
    b[close] = np.clip(a[close] + rng.integers(-3, 4, close.sum()), 0, 2**23 - 1)
    distance[close] = rng.integers(0, 2, close.sum())
    first = (high << 23 | a | rng.integers(0, 2, count) << 31).astype(np.uint32)
    second = (high - distance << 23 | b | rng.integers(0, 2, count) << 31).astype(np.uint32)
    swap = rng.integers(0, 2, count).astype(bool)
    return np.where(swap, second, first), np.where(swap, first, second)


def product_pairs(count: int = 40000, seed: int = 3) -> Pairs:
    """Products whose lower half is exactly half a unit, or next to it."""
    rng = np.random.default_rng(seed)
    a = rng.integers(2**22, 2**23, count) * 2 + 1
    # With a's inverse the low bits of the product can be chosen: half a unit of 2**23 or 2**24.
    bits = rng.integers(23, 25, count)
    wanted = (1 << (bits - 1)) + rng.integers(-2, 3, count)
    b = wanted * _inverse(a) % (1 << bits)
    b = np.where(b < 2**23, b + 2**23, b)
    # Exact ties are rarer among 24-bit numbers: few bits by few have 25 in their product.
    few = rng.integers(2, 24, count)
    x = rng.integers(0, 1 << (few - 1)) * 2 + 1 | 1 << (few - 1)
    y = rng.integers(0, 1 << (24 - few)) * 2 + 1 | 1 << (24 - few)
    tie = rng.integers(0, 2, count).astype(bool)
    a = np.where(tie, x << (24 - few), a)
    b = np.where(tie, y << (few - 1), b)
    # Of both exponents: results around 1, at the upper end, and at the lower one.
    total = 127 + rng.choice([126, 127, 128, 127, 127, 1, 0, -1, -20, 253, 254], count)
    first = rng.integers(np.maximum(1, total - 254), np.minimum(254, total - 1) + 1)
    sign = rng.integers(0, 2, (2, count)) << 31
    a = sign[0] | first << 23 | a & 0x7FFFFF
    b = sign[1] | total - first << 23 | b & 0x7FFFFF
    return a.astype(np.uint32), b.astype(np.uint32)


def random_pairs(count: int, seed: int = 4) -> Pairs:
    """Half of them words with every bit random, the others of exponents that are near by."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 2**32, (2, count), np.uint32)
    near = rng.integers(0, 2**32, count, np.uint32) & 0x807FFFFF
    exponent = np.clip((a >> 23 & 0xFF).astype(int) + rng.integers(-26, 27, count), 0, 255)
    near |= (exponent << 23).astype(np.uint32)
    return a, np.where(rng.integers(0, 2, count), near, b).astype(np.uint32)


def audio_pairs(count: int, seed: int = 5) -> Pairs:
    """Two streams of samples of -1 to 1."""
    return audio(count, seed), audio(count, seed + 1000)


def pairs() -> Pairs:
    """All directed ones, and as many random and audio ones: some 700,000."""
    some = (
        edge_pairs(),
        exponent_pairs(2),
        sum_pairs(),
        product_pairs(),
        random_pairs(200000),
        audio_pairs(100000),
    )
    return np.concatenate([a for a, _ in some]), np.concatenate([b for _, b in some])


def few_pairs() -> Pairs:
    """Of each kind some, for what runs slowly: some 50,000."""
    some = (
        edge_pairs(),
        exponent_pairs(11),
        sum_pairs(10000),
        product_pairs(10000),
        random_pairs(10000),
        audio_pairs(4000),
    )
    return np.concatenate([a for a, _ in some]), np.concatenate([b for _, b in some])


def gains() -> np.ndarray:
    """What a gain's cell may hold: the edges, faders of all kinds, anything."""
    rng = np.random.default_rng(6)
    faders = words_of([*np.linspace(-1.5, 1.5, 31), *(10 ** (np.arange(-120, 13, 6) / 20))])
    return np.concatenate([edges(), faders, words_of(rng.uniform(-2, 2, 20)), anything(40, 6)])


def ramps(n: int) -> np.ndarray:
    """Cells [g, step]: fades in n samples, through zero, to infinity, steps too small, NaN."""
    largest, tiny, least = 3.4028235e38, 2.0**-126, 2.0**-149
    fades = [
        *((0, 1 / n), (1, -1 / n), (-1, 2 / n), (0.3, 0.4 / n), (1, 1 / n), (-0.0, 0.0)),
        *((0.5, 0), (1, 2.0**-25), (1, 2.0**-24), (1, -(2.0**-25)), (2**24, 1), (0, -0.0)),
        *((0, 1e35), (largest / 2, largest / n), (-largest, -largest), (1, largest)),
        *((0, tiny), (tiny * n, -tiny), (0, least * 3), (tiny, -least), (tiny * 3, -tiny * 1.5)),
        *((np.inf, 1), (np.inf, -np.inf), (1, np.inf), (np.nan, 0), (0, np.nan)),
        *((1e-3, 1e-7), (0.1, 0.1), (-0.7, 0.013), (1e-30, 1e-37)),
    ]
    rng = np.random.default_rng(7)
    some = rng.uniform(-1, 1, (30, 2)) * [1, 1 / n]
    a, b = random_pairs(40, 8)
    return np.concatenate([words_of(fades), words_of(some), np.stack([a, b], -1)])


def pcm16_words() -> np.ndarray:
    """Every 16-bit sample, every halfway case between two, and the neighbours of these."""
    samples = words_of(np.arange(32769) / 32768)
    halves = words_of((np.arange(32768) + 0.5) / 32768)
    return both_signs(np.concatenate([samples, halves - 1, halves, halves + 1]))


def pcm16_samples() -> np.ndarray:
    """All 65,536 of them."""
    return np.arange(-32768, 32768).astype("<i2")


def pcm32_samples() -> np.ndarray:
    """Samples around every power of two, those that round up, down and to even, and random."""
    rng = np.random.default_rng(2)
    powers = 1 << np.arange(31, dtype=np.int64)
    near = np.concatenate([powers + d for d in range(-3, 4)])
    # Eight bits too many for a float's mantissa, at every distance from the halfway case.
    ties = np.concatenate([(2**30 + 128 * k) + np.arange(-130, 130) for k in (0, 1, 2, 5)])
    directed = np.concatenate([near, -near, ties, -ties, [0, 2**31 - 1, -(2**31)]])
    random = rng.integers(-(2**31), 2**31, 20000)
    small = rng.integers(-(2**25), 2**25, 10000)
    samples = np.clip(np.concatenate([directed, random, small]), -(2**31), 2**31 - 1)
    return samples[: len(samples) // 64 * 64].astype("<i4")


def _crossed(a, b):
    return np.repeat(a, len(b)), np.tile(b, len(a))


def _inverse(odd):
    # Modulo 2**24 and all lower powers, by Newton's iteration: each step doubles the good bits.
    x = odd.copy()
    for _ in range(4):
        x = x * (2 - odd * x) % 2**24
    return x
