"""The Thumb kernels' code: what it costs, of what it consists, and who is refused it."""

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
from lane_backend import FOLDER, Backend

ARCH = "armv6m"
FILES = sorted(FOLDER.glob("thumb_*.py"))

needs_lane = pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)


@pytest.fixture(scope="module")
def watched():
    return Backend("thumb", ARCH)


def _said():
    # Kernel -> what its comment says that it costs.
    text = r"# (\d+) instructions? and (\d+) cycles a \w+; (\d+) bytes\.\n(?:#.*\n)*@.*\ndef (\w+)"
    found = [match for path in FILES for match in re.findall(text, path.read_text())]
    return {name: tuple(map(int, numbers)) for *numbers, name in found}


@needs_lane
@pytest.mark.parametrize("name", model.NAMES)
def test_a_kernel_costs_what_its_comment_says(watched, name):
    instructions, cycles = bench_kernels.measure(name, watched)
    [code] = [f.code for p in FILES for f in lane.load(p, ARCH).values() if f.name == name]
    said = _said()[name]
    assert abs(instructions - said[0]) < 1 and abs(cycles - said[1]) < 1, (instructions, cycles)
    assert len(code) == said[2]


@needs_lane
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_all_code_is_of_armv6m(watched, path):
    for function in lane.load(path, ARCH).values():
        assert watched.core.foreign(function.code) is None


def _functions(path):
    return [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize(
    ("clear", "why"),
    [
        pytest.param(lambda dst, n: None, "no inline assembler", id="taken for bytecode"),
        pytest.param(operator.is_, "None is no immediate object", id="6 is not None"),
    ],
)
def test_a_micropython_that_cannot_run_them_is_told_so(monkeypatch, clear, why):
    for path in FILES:
        module = ModuleType(path.stem)
        vars(module).update(dict.fromkeys([node.name for node in _functions(path)], clear))
        monkeypatch.setitem(sys.modules, f"aether.kernels.{path.stem}", module)
    with pytest.raises(ImportError, match=why):
        importlib.import_module("aether.kernels.thumb")
