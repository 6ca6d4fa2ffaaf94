"""The assembler kernels' code: what it costs, of what it consists, and who is refused it.

An algorithm is explained where it stands first; its copies in other kernels are held to be copies.
"""

import ast
import importlib
import operator
import re
import sys
from types import ModuleType

import bench_kernels
import kernel_model as model
import lane
import pytest
from lane.mpy_file import ASM
from lane_backend import BACKENDS, FOLDER, Backend

ARCHES = {backend: arch for arch, backend in BACKENDS.items()}
FILES = {backend: sorted(FOLDER.glob(f"{backend}*.py")) for backend in ARCHES}
# Those with one file that imports the others, and asks whether they can be called.
IN_PARTS = ("thumb", "rv32")

needs_lane = pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)


@pytest.fixture(scope="module", params=ARCHES)
def watched(request):
    return request.param, Backend(request.param, ARCHES[request.param])


def _code(backend, arch):
    # Kernel -> its machine code.
    loaded = [function for path in FILES[backend] for function in lane.load(path, arch).values()]
    return {function.name: function.code for function in loaded if function.kind == ASM}


def _said(backend):
    # Kernel -> what its comment says that it costs.
    text = (
        r"# (\d+) instructions? and (\d+) cycles? a \w+; (\d+) bytes\..*\n(?:#.*\n)*@.*\ndef (\w+)"
    )
    found = [match for path in FILES[backend] for match in re.findall(text, path.read_text())]
    return {name: tuple(map(int, numbers)) for *numbers, name in found}


@needs_lane
@pytest.mark.parametrize("name", model.NAMES)
def test_a_kernel_costs_what_its_comment_says(watched, name):
    backend, kernels = watched
    instructions, cycles = bench_kernels.measure(name, kernels)
    said = _said(backend)[name]
    assert abs(instructions - said[0]) < 1 and abs(cycles - said[1]) < 1, (instructions, cycles)
    assert len(_code(backend, ARCHES[backend])[name]) == said[2]


@needs_lane
def test_all_code_is_of_its_arch(watched):
    backend, kernels = watched
    for name, code in _code(backend, ARCHES[backend]).items():
        assert kernels.core.foreign(code) is None, name


@pytest.mark.parametrize("arch", ["armv7m", "armv7em", "armv7emsp"])
def test_larger_cores_get_the_thumb_code_that_is_tried_on_armv6m(arch):
    assert _code("thumb", arch) == _code("thumb", "armv6m")


def _functions(path):
    return [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]


def _by_label(backend, name):
    # Label of a kernel -> the instructions down to the next one.
    functions = [node for path in FILES[backend] for node in _functions(path)]
    body = next(node.body for node in functions if node.name == name)
    text = "\n".join(ast.unparse(statement) for statement in body)
    parts = [part.partition(")\n") for part in text.split("label(")[1:]]
    return {label: code for label, _, code in parts}


def _assert_copy(backend, first, copy, labels, renamed=()):
    original, other = _by_label(backend, first), _by_label(backend, copy)
    new = dict(renamed)
    for label in labels.split():
        expected = re.sub(r"\w+", lambda word: new.get(word[0], word[0]), original[label])
        assert other[new.get(label, label)] == expected, label


# Behind these labels all copies have the same instructions; behind others, each has its own.
_THUMB_SUM = (
    "ORDERED NORMAL ALIGNED ROUND CARRIED NEAR_TIE FAR DIFFERENCE SHIFT BYTES BITS NEGATIVE "
    "SPECIAL ZERO SIGNED_ZERO ALONE HUGE"
)
_RV32_SUM = (
    "ORDERED BOTH SHIFT CARRY HALVED BORROW NORMAL ROUND TIE NORMALISE STEP RARE TINY SPECIAL "
    "ALONE"
)
_G = [(x, f"G_{x}") for x in ("NORMAL", "NEAR_TIE", "SPECIAL", "ZERO", "TOP")]
_THUMB_PRODUCT = "SPECIAL EDGE TOP OTHER INFINITE ZERO SIGN NAN NEAR_TIE"


@pytest.mark.parametrize(
    ("backend", "copy", "labels", "renamed"),
    [
        ("thumb", "add_scaled", _THUMB_SUM, ()),
        ("thumb", "ramp", _THUMB_SUM, [*_G, ("STORE", "NEXT")]),
        ("rv32", "add_scaled", _RV32_SUM, ()),
        ("rv32", "ramp", _RV32_SUM, ()),
    ],
)
def test_all_sums_are_computed_by_the_same_instructions(backend, copy, labels, renamed):
    _assert_copy(backend, "add", copy, labels, renamed)


def test_what_is_a_rare_product_is_told_by_the_same_instructions():
    _assert_copy("thumb", "multiply", "ramp", _THUMB_PRODUCT)


@pytest.mark.parametrize(
    ("clear", "why"),
    [
        pytest.param(lambda dst, n: None, "no inline assembler", id="taken for bytecode"),
        pytest.param(operator.is_, "None is no immediate object", id="6 is not None"),
    ],
)
@pytest.mark.parametrize("backend", IN_PARTS)
def test_a_micropython_that_cannot_run_them_is_told_so(monkeypatch, backend, clear, why):
    for path in FILES[backend]:
        if path.stem != backend:
            module = ModuleType(path.stem)
            vars(module).update(dict.fromkeys([node.name for node in _functions(path)], clear))
            monkeypatch.setitem(sys.modules, f"aether.kernels.{path.stem}", module)
    with pytest.raises(ImportError, match=why):
        importlib.import_module(f"aether.kernels.{backend}")
