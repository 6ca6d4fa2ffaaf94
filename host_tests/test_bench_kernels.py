"""The kernels are as fast as was set as the goal, and the README says what is measured."""

import bench_kernels
import lane
import pytest
from aether_tools import paths
from lane_backend import Backend

pytestmark = pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)

README = paths.ROOT / "README.md"


@pytest.fixture(scope="module", params=bench_kernels.COLUMNS, ids="-".join)
def column(request):
    """Backend's name, and the machine code of each of its kernels in the lane."""
    name, arch = request.param
    return name, arch, Backend(name, arch)


def test_no_kernel_takes_more_instructions_than_was_set_as_the_goal(column):
    name, _, backend = column
    goals = [
        (kernel, most[bench_kernels.WITH_GOAL.index(name)])
        for kernel, most in bench_kernels.GOALS.items()
        if name in bench_kernels.WITH_GOAL
    ]
    for kernel, most in goals:
        assert bench_kernels.measure(kernel, backend)[0] <= most, kernel


def _readme(heading: str) -> dict[str, str]:
    """Kernel -> what stands in one column of the table: `instructions (cycles)`."""
    lines = README.read_text().splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("| kernel | goal"))
    rows = [[cell.strip() for cell in line.split("|")] for line in lines[first:]]
    at = rows[0].index(heading)
    return {row[1].strip("`"): row[at] for row in rows[2 : rows.index([""])]}


def test_the_readme_says_what_is_counted(column):
    name, arch, backend = column
    told = _readme(f"`{name}`, {arch}")
    assert len(told) >= 12
    for kernel, figure in told.items():
        counted, _ = bench_kernels.measure(kernel, backend)
        assert float(figure.strip("*").split()[0]) == pytest.approx(counted, rel=0.03), kernel
