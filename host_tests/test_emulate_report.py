"""What `aether emulate` makes of what it measured."""

import pytest
from aether_tools import emulate_report


@pytest.mark.parametrize(
    ("measured", "meant"), [(44099.5, 44100), (8001.2, 8000), (44250.4, 44250), (0, 44100)]
)
def test_a_rate_is_the_one_that_was_asked_for(measured, meant):
    assert emulate_report.nominal(measured) == meant
