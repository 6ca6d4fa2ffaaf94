"""A ring player's two callbacks, native and portable: they share one state, and count alike."""

import re
import sys
import types

import pytest
from aether_tools import paths


def constants(name: str) -> dict[str, int]:
    text = (paths.LIB / "aether" / name).read_text()
    found = re.findall(r"^_?([A-Z]+) = (?:const\()?(\w+)\)?", text, re.M)
    return {name: int(value, 0) for name, value in found}


@pytest.mark.parametrize("twin", ["ring_native.py", "ring_duplex_native.py"])
def test_the_native_one_has_the_words_of_the_state_where_they_are(twin):
    state, native = constants("ring_state.py"), constants(twin)
    shared = state.keys() & native.keys()
    assert len(shared) >= 16
    assert {name: state[name] for name in shared} == {name: native[name] for name in shared}
    assert sorted(state[name] for name in list(state)[: state["WORDS"]]) == list(
        range(state["WORDS"])
    )


@pytest.fixture
def portable(monkeypatch):
    fake = types.SimpleNamespace(schedule=lambda function, argument: None)
    monkeypatch.setitem(sys.modules, "micropython", fake)
    monkeypatch.delitem(sys.modules, "aether.ring_portable", raising=False)
    import aether.ring_portable as portable

    yield portable
    sys.modules.pop("aether.ring_portable")


@pytest.mark.parametrize("ended", [0, 1, 100, 32767])
@pytest.mark.parametrize("distance", [-32000, -300, -1, 0, 1, 6, 64, 128])
def test_blocks_are_counted_over_the_end_of_their_numbers(portable, ended, distance):
    write = (ended + distance) & 0x7FFF
    assert portable.ahead(write, ended) == distance
