"""The RISC-V kernels: NumPy's bits, and only code that stock MicroPython and an RV32IMC take.

There is neither a board nor an emulator of an RP2350 here: the lane is the proof, an emulated RV32
that runs the machine code which its RISC-V cores get.
"""

import ast

import kernel_cases as cases
import kernel_model as model
import lane
import numpy as np
import pytest
from kernel_cases import INFINITY, SIGN
from lane.riscv import instructions
from lane_backend import FOLDER, Backend
from lane_runs import judge, left_by

ARCH = "rv32imc"
FILES = sorted(FOLDER.glob("rv32_*.py"))
ONE, HALF_ULP, LEAST, LARGEST, NAN = 0x3F800000, 0x33800000, 0x800000, 0x7F7FFFFF, 0x7FC00000

needs_lane = pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)


@pytest.fixture(scope="module")
def rv32():
    return Backend("rv32", ARCH, watched=False)


def _rows(pairs, n):
    return [cases.blocks(words, n) for words in pairs]


@needs_lane
@pytest.mark.parametrize(
    ("x", "y", "total"),
    [
        (0, SIGN, 0),
        (SIGN, SIGN, SIGN),
        (ONE, ONE | SIGN, 0),
        (ONE, HALF_ULP, ONE),  # half a unit: to even, down
        (ONE + 1, HALF_ULP, ONE + 2),  # and up
        (ONE, HALF_ULP + 1, ONE + 1),
        (ONE, HALF_ULP - 1, ONE),
        (ONE, 0x33000000 | SIGN, ONE),  # below a power the unit is half as large
        (ONE, 0x33000001 | SIGN, ONE - 1),
        (ONE, 0x32FFFFFF | SIGN, ONE),
        (ONE + 1, ONE | SIGN, 0x34000000),  # all bits but one cancel out
        (0x3FFFFFFF, HALF_ULP, 0x40000000),  # rounds into the next exponent
        (0x3FFFFFFF, ONE, 0x40400000),  # has one bit too many, and loses half a unit
        (LARGEST, LARGEST, INFINITY),
        (LARGEST, 0x73000000, INFINITY),
        (LARGEST, 0x72FFFFFF, LARGEST),
        (LARGEST, LARGEST | SIGN, 0),
        (INFINITY, LARGEST | SIGN, INFINITY),
        (INFINITY, INFINITY | SIGN, NAN),
        (0, NAN, NAN),
        (INFINITY | SIGN, NAN, NAN),
        (LEAST + 1, LEAST | SIGN, 0),  # what is left is no normal number
        (LEAST, LEAST + 1 | SIGN, SIGN),
        (LEAST, 0x7FFFFF, LEAST),
        (1, SIGN | 1, 0),
        (0x0C800000, 0x7FFFFF | SIGN, 0x0C800000),
    ],
)
def test_sums_that_are_known(rv32, x, y, total):
    got = left_by(rv32, "add", np.array([x, y], np.uint32), np.array([y, x], np.uint32))
    assert model.same(got, np.full(2, total, np.uint32)).all(), [hex(word) for word in got]


@needs_lane
@pytest.mark.parametrize(
    ("x", "y", "product"),
    [
        (0, SIGN, SIGN),
        (SIGN, SIGN, 0),
        (SIGN, ONE, SIGN),
        (ONE, LARGEST | SIGN, LARGEST | SIGN),
        (0x3FC00000, 0x3F800001, 0x3FC00002),  # half a unit: to even, up
        (0x3FC00000, 0x3F800003, 0x3FC00004),  # and down
        (0x3F800001, 0x3F7FFFFF, ONE),
        (0x3FFFFFFF, 0x3FFFFFFF, 0x407FFFFE),
        (0x3F7FFFFF, 0x3F800001, ONE),
        (LARGEST, 0x3F800001, INFINITY),
        (LARGEST | SIGN, LARGEST, INFINITY | SIGN),
        (0x7F000000, 0x40000000, INFINITY),
        (0x7F000000, 0x3FFFFFFF, LARGEST),
        (LEAST, ONE, LEAST),
        (LEAST, 0x3F000000, 0),
        (LEAST | SIGN, LEAST, SIGN),
        (0x7FFFFF, LARGEST, 0),
        (INFINITY, 0, NAN),
        (INFINITY, SIGN | 1, NAN),
        (INFINITY, LEAST | SIGN, INFINITY | SIGN),
        (INFINITY, INFINITY, INFINITY),
        (NAN, 0, NAN),
        (INFINITY | 1, INFINITY, NAN),
    ],
)
def test_products_that_are_known(rv32, x, y, product):
    got = left_by(rv32, "multiply", np.array([x, y], np.uint32), np.array([y, x], np.uint32))
    assert model.same(got, np.full(2, product, np.uint32)).all(), [hex(word) for word in got]


@needs_lane
def test_a_million_sums_take_what_is_below_normal_for_zero(rv32):
    kinds = (cases.exponent_pairs(), cases.sum_pairs(200000, 21), cases.random_pairs(1 << 20, 22))
    dst, src = (np.concatenate(words) for words in zip(*kinds, strict=True))
    got = left_by(rv32, "add", dst, src)
    wrong = ~model.same(got, model.add(dst, src, model.FLUSHED))
    assert not wrong.any(), [[hex(w[wrong][0]) for w in (got, dst, src)], wrong.sum()]


@needs_lane
def test_a_million_products(rv32):
    kinds = (
        cases.exponent_pairs(),
        cases.product_pairs(200000, 23),
        cases.random_pairs(1 << 20, 24),
    )
    dst, src = (np.concatenate(words) for words in zip(*kinds, strict=True))
    model.check("multiply", left_by(rv32, "multiply", dst, src), dst, src)


@needs_lane
@pytest.mark.parametrize("name", ["scale", "add_scaled", "ramp"])
def test_random_gains_of_every_exponent(rv32, name):
    dst, src = _rows(cases.random_pairs(400000, 25), 400)
    exponents = np.arange(1000, dtype=np.uint32) % 256 << 23
    gains = cases.anything(1000, 26) & 0x807FFFFF | exponents
    steps = np.where(np.arange(1000) % 2, cases.anything(1000, 27), gains - (12 << 23))
    judge(rv32, name, dst, src, np.stack([gains, steps], -1).astype(np.uint32))


@needs_lane
def test_a_gain_is_stepped_as_add_adds(rv32):
    kinds = (cases.edge_pairs(), cases.sum_pairs(10000))
    cells = np.concatenate([np.stack(kind, -1) for kind in kinds])
    src = np.full((len(cells), 4), ONE, np.uint32)
    judge(rv32, "ramp", src, src, cells)


@needs_lane
def test_a_block_scaled_by_one_is_added_as_add_adds(rv32):
    kinds = (cases.edge_pairs(), cases.exponent_pairs(3), cases.sum_pairs())
    dst, src = (cases.blocks(np.concatenate(words), 1024) for words in zip(*kinds, strict=True))
    judge(rv32, "add_scaled", dst, src, np.full((len(dst), 2), ONE, np.uint32))


@needs_lane
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_jumps_lead_to_aligned_words(path):
    for function in lane.load(path, ARCH).values():
        # The last two: the result, and the return that the assembler adds.
        *body, result, back = instructions(function.code)
        assert all(word & 3 == 3 for word in body), function.name
        assert (result, back) == (0x4519, 0x8082)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_labels_that_come_later_are_found_by_every_compiler(path):
    # What it finds is chance where their table has no room left; see rv32.py.
    functions = ast.parse(path.read_text()).body
    labels = [ast.unparse(node).count("label(") for node in functions]
    assert max(labels) % 4
