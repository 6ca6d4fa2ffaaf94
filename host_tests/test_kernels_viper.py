"""The viper kernels: millions of sums and products, and their copies alike.

test_kernels.py and test_kernels_lane.py try them on everything that is directed,
test_bench_kernels.py says what a sample costs.
"""

import ast

import kernel_cases as cases
import lane
import numpy as np
import pytest
from aether_tools import paths
from kernel_runs import VIPER, Job, Words, judge, param
from lane.mpy_file import VIPER as VIPER_CODE

FOLDER = paths.LIB / "aether" / "kernels"
FILES = sorted(FOLDER.glob("viper*.py"))


@pytest.mark.parametrize("place", [param(VIPER)])
@pytest.mark.parametrize("pairs", [cases.random_pairs, cases.audio_pairs, cases.sum_pairs])
def test_a_million_sums_and_products_of_each_kind_have_every_bit_right(place, pairs):
    first, second = pairs(1 << 20, seed=100)
    jobs = [Job("add", 1024), Job("multiply", 1024)]
    judge(place, Words(first, second, np.zeros((1, 2), np.uint32)), jobs)


@pytest.mark.parametrize("place", [param(VIPER)])
def test_half_a_million_products_at_halfway_cases_have_every_bit_right(place):
    first, second = cases.product_pairs(1 << 19, seed=101)
    cells = np.zeros((1, 2), np.uint32)
    judge(place, Words(first, second, cells), [Job("multiply", 1024)])


def functions():
    """Name -> the statements of each kernel's innermost loop, as text without layout."""
    found = {}
    for path in FILES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                loop = [inner for inner in ast.walk(node) if isinstance(inner, ast.While)]
                loop = next(x for x in loop if "int(" in ast.unparse(x.test))
                found[node.name] = [ast.unparse(statement) for statement in loop.body]
    return found


def stands_in(part, whole):
    return any(part == whole[k : k + len(part)] for k in range(len(whole)))


# Between the loads of a and b and the store of w.
SUM, PRODUCT = functions()["add"][2:-3], functions()["multiply"][6:-3]


@pytest.mark.parametrize("name", ["add", "add_scaled", "ramp"])
def test_all_sums_are_computed_in_the_same_words(name):
    assert SUM[0].startswith("if (a - b ^ a ^ b)")
    assert SUM[-1].startswith("if (a >> 23) - 32")
    assert stands_in(SUM, functions()[name])


@pytest.mark.parametrize("name", ["multiply", "scale", "add_scaled", "ramp"])
def test_all_products_are_computed_in_the_same_words(name):
    assert PRODUCT[0] == "x = (a >> 23) + y"
    assert PRODUCT[-1].startswith("if (a - ")
    assert stands_in(PRODUCT, functions()[name])


@pytest.mark.parametrize("name", ["to_pcm16", "to_pcm32", "from_pcm16", "from_pcm32"])
def test_mono_and_stereo_convert_in_the_same_words(name):
    # Only the pointers are others, which a loop reads first and moves on last.
    stereo, mono = functions()[name], functions()[f"mono_{name}"]
    assert len(stereo) > 4
    renamed = [line.replace("dst[", "left[").replace("src[", "left[") for line in mono]
    same = [a == b for a, b in zip(stereo, renamed, strict=True)]
    assert same == [True] * (len(same) - 2) + [False] * 2


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("arch", ["armv6m", "armv7emsp", "rv32imc", "xtensawin", "x64"])
def test_each_kernel_is_one_viper_function(path, arch):
    loaded = lane.load(path, arch)
    assert loaded and all(function.kind == VIPER_CODE for function in loaded.values())
    assert all(not function.children for function in loaded.values())
