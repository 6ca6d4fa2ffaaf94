"""The kernels are as fast as was set as the goal, and the README says what is measured."""

import bench_kernels
import kernel_model
import lane
import pytest
from aether_tools import paths
from lane_backend import Backend

pytestmark = pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)

README = paths.ROOT / "README.md"


@pytest.fixture(scope="module", params=bench_kernels.COLUMNS, ids="-".join)
def column(request):
    """Backend's name, its arch, and of each kernel instructions and cycles a sample."""
    name, arch = request.param
    backend = Backend(name, arch)
    kernels = {kernel: bench_kernels.measure(kernel, backend) for kernel in kernel_model.NAMES}
    return name, arch, kernels


def test_no_kernel_takes_more_instructions_than_was_set_as_the_goal(column):
    name, _, measured = column
    if name in bench_kernels.WITH_GOAL:
        at = bench_kernels.WITH_GOAL.index(name)
        for kernel, most in bench_kernels.GOALS.items():
            assert measured[kernel][0] <= most[at], kernel


def _readme(heading: str) -> dict[str, str]:
    """Kernel -> what stands in one column of the table: `instructions (cycles)`."""
    lines = README.read_text().splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("| kernel | goal"))
    rows = [[cell.strip() for cell in line.split("|")] for line in lines[first:]]
    at = rows[0].index(heading)
    return {row[1].strip("`"): row[at] for row in rows[2 : rows.index([""])]}


def test_the_readme_says_what_is_counted(column):
    name, arch, measured = column
    told = _readme(f"`{name}`, {arch}")
    assert len(told) >= 12
    for kernel, figure in told.items():
        instructions, cycles = map(float, figure.strip("*)").split(" ("))
        counted = measured[kernel]
        assert instructions == pytest.approx(counted[0], rel=0.03), kernel
        assert cycles == pytest.approx(counted[1], rel=0.03, abs=0.5), kernel


def test_the_readme_says_what_was_set_as_the_goal():
    told = _readme(f"goal: {', '.join(bench_kernels.WITH_GOAL)}")
    goals = {kernel: tuple(map(int, goal.split(", "))) for kernel, goal in told.items() if goal}
    assert goals == {k: v for k, v in bench_kernels.GOALS.items() if k[:5] != "mono_"}
