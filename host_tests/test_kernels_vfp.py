"""The FPU's kernels: NumPy's bits to the last subnormal, and no FPU is taken for granted.

There is no emulator of an RP2350. What runs here is the machine code that its Arm cores run, on an
emulated Cortex-M4 with its FPU: no instruction of it is one that only a Cortex-M33 has.
"""

import bench_kernels
import kernel_cases as cases
import kernel_model as model
import lane
import numpy as np
import pytest
from aether_tools import mpy
from emulated_host import RP2040, needs_chip
from kernel_runs import CPYTHON
from lane_backend import FOLDER, Backend
from lane_runs import judge_from_pcm, judge_to_pcm

needs_lane = pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)
# Samples a call, at most: the lane has room for three such blocks.
_N = 1 << 16
_TO_PCM = [name for name in model.NAMES if "to_pcm" in name]


@pytest.fixture(scope="module")
def vfp():
    return Backend("vfp", "armv7emsp", watched=False)


def _played(vfp, name, dst, *sources, cell=None):
    # What a kernel leaves in dst, and in its cell, of words of any number.
    left = []
    for at in range(0, len(dst), _N):
        vfp.core.forget()
        blocks = [words[at : at + _N] for words in (dst, *sources)]
        n = len(blocks[0])
        places = [vfp.core.place(block.tobytes()) for block in blocks]
        if cell is not None:
            places.append(vfp.core.place(cell.tobytes()))
        assert getattr(vfp, name)(*places, n) is None
        left.append(np.frombuffer(vfp.core.read(places[0], 4 * n), np.uint32))
        if cell is not None:
            cell = np.frombuffer(vfp.core.read(places[-1], 4 * len(cell)), np.uint32)
    return np.concatenate(left), cell


def _assert_exact(got, expected, name):
    # One NaN is as good as another; but a zero, unlike in model.check, is no subnormal.
    got, expected = (np.where(words << 1 > 0xFF000000, 0, words) for words in (got, expected))
    np.testing.assert_array_equal(got, expected, name)


def _all_pairs():
    kinds = (cases.pairs(), cases.exponent_pairs(), cases.random_pairs(1 << 20, 11))
    return [np.concatenate(words) for words in zip(*kinds, strict=True)]


def _telling():
    # With more random ones than float_words has.
    words = np.concatenate([cases.float_words(), cases.anything(1 << 18, 12)])
    return words[: len(words) & -64]


@needs_lane
@pytest.mark.parametrize("name", ["add", "multiply"])
def test_sums_and_products_of_millions_of_pairs_keep_subnormals(vfp, name):
    dst, src = _all_pairs()
    dst, src = dst[: len(dst) & -4], src[: len(dst) & -4]
    got, _ = _played(vfp, name, dst, src)
    _assert_exact(got, getattr(model, name)(dst, src), name)


@needs_lane
@pytest.mark.parametrize("name", ["scale", "add_scaled"])
def test_every_gain_takes_every_exponent(vfp, name):
    src = cases.float_words()
    dst = np.random.default_rng(13).permutation(src)
    for gain in cases.gains():
        cell = np.array([gain, 0x3F000000], np.uint32)
        got, left = _played(vfp, name, dst, src, cell=cell)
        gain = cell[:1]
        exact = model.multiply(src, gain) if name == "scale" else model.add_scaled(dst, src, gain)
        _assert_exact(got, exact, f"{name} by {gain[0]:08x}")
        np.testing.assert_array_equal(left, cell)


@needs_lane
@pytest.mark.parametrize("n", [64, 1024])
def test_every_step_of_a_ramp_is_rounded(vfp, n):
    src = _telling()
    for k, cell in enumerate(cases.ramps(n)):
        block = src[64 * k : 64 * k + n]
        got, left = _played(vfp, "ramp", block, block, cell=cell)
        exact, end = model.ramp(block[None], cell[None])
        _assert_exact(got, exact[0], f"ramp of {cell[0]:08x} by {cell[1]:08x}")
        _assert_exact(left, end[0], "cell")


@needs_lane
def test_clipping_knows_the_neighbours_of_one_and_any_word(vfp):
    near = cases.both_signs(0x3F800000 + np.arange(-2048, 2048)).astype(np.uint32)
    src = np.concatenate([near, _telling()])
    got, _ = _played(vfp, "clip", src[::-1].copy(), src)
    _assert_exact(got, model.clip(src), "clip")


@needs_lane
def test_copies_are_word_for_word_and_nothing_is_left_of_what_is_cleared(vfp):
    src = _telling()
    got, _ = _played(vfp, "copy", src[::-1].copy(), src)
    np.testing.assert_array_equal(got, src)
    assert not _played(vfp, "clear", src)[0].any()


@needs_lane
@pytest.mark.parametrize("name", _TO_PCM)
def test_any_float_becomes_its_sample(vfp, name):
    words = cases.blocks(_telling(), 1 << 12)
    judge_to_pcm(vfp, name, words, words[::-1])


@needs_lane
@pytest.mark.parametrize("name", ["from_pcm32", "mono_from_pcm32"])
def test_any_sample_becomes_its_float(vfp, name):
    judge_from_pcm(vfp, name, cases.anything(1 << 20, 14).view("<i4"), 1 << 12)


@needs_lane
@pytest.mark.parametrize("name", model.NAMES)
def test_no_sample_takes_more_instructions_than_another(name):
    # As their head says: there is no branch but the loop's.
    watched = Backend("vfp", "armv7emsp")
    core, counts = watched.core, set()
    for words in (cases.audio(64), np.resize(cases.edges(), 64)):
        core.forget()
        watched.reset()
        blocks = [core.place(words.tobytes()) for _ in range(3)]
        arguments = bench_kernels.arguments(name, *blocks, core.place(words.tobytes() * 2))
        getattr(watched, name)(*arguments, 64)
        counts.add(watched.instructions)
    assert len(counts) == 1, counts


# Functions that say when they are called, and what a MicroPython for `number` says of itself.
_IMPORT = """
import sys
import aether.kernels
from types import SimpleNamespace
def called(*arguments):
    print("called with", *arguments)
    return {result}
sys.modules["micropython"] = SimpleNamespace(asm_thumb=lambda function: called)
sys.implementation = SimpleNamespace(**vars(sys.implementation), _mpy={number} << 10 | 0x206)
try:
    from aether.kernels import vfp
    print(vfp.backend)
except ImportError as error:
    print(error)
"""


@pytest.mark.parametrize("arch", [None, "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp"])
def test_nothing_is_run_where_micropython_was_built_for_no_fpu(arch):
    source = _IMPORT.format(number=mpy.ARCHS.index(arch), result=None)
    printed = CPYTHON.runtime.run(source, prepare=False).split("\n")[:-1]
    fpu = arch in ("armv7emsp", "armv7emdp")
    assert printed == (["called with None 0", "vfp"] if fpu else ["no FPU"])


def test_a_micropython_whose_none_is_another_word_is_refused():
    source = _IMPORT.format(number=mpy.ARCHS.index("armv7emsp"), result=6)
    printed = CPYTHON.runtime.run(source, prepare=False)
    assert printed == "called with None 0\nNone is no immediate object\n"


@needs_chip
@pytest.mark.parametrize("name", ["vfp", "vfp_pcm"])
def test_the_assembler_of_a_chip_without_fpu_refuses_the_source(name):
    source = f"try:\n    import other_{name}\nexcept SyntaxError as error:\n    print(error)\n"
    files = {f"other_{name}.py": (FOLDER / f"{name}.py").read_text()}
    printed = RP2040.run(source, files=files, prepare=False)
    assert printed.startswith("unsupported Thumb instruction 'v")
