"""What a stream costs an RP2040: the targets, and the README's table."""

import re
from pathlib import Path

import bench_drivers
import pytest
from emulated_host import needs_chip

pytestmark = needs_chip

README = Path(__file__).parent.parent / "README.md"
# Percent of the CPU, or a share: what lies elsewhere, in the heap or in another build, meets the
# flash cache otherwise.
TOLERANCE = 0.3
SHARE = 0.03


@pytest.fixture(scope="module")
def measured() -> list[dict[str, tuple[float, int]]]:
    return [bench_drivers.measure(xip) for xip in (False, True)]


def test_a_block_reaches_the_pins_within_the_targets(measured):
    for title, (_, target) in bench_drivers.CASES.items():
        if target is not None:
            assert measured[0][title][0] <= target, title


def test_the_readme_says_what_is_measured(measured):
    rows = re.findall(r"^\| (.+?) \| ([\d.]+) \| ([\d.]+) \|", README.read_text(), re.M)
    said = {title: (float(a), float(b)) for title, a, b in rows if title in bench_drivers.CASES}
    assert said.keys() == bench_drivers.CASES.keys()
    for title, figures in said.items():
        for figure, found in zip(figures, measured, strict=True):
            share = 100 * found[title][0]
            assert figure == pytest.approx(share, rel=SHARE, abs=TOLERANCE), title
