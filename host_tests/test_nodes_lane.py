"""Sources and slow waves on emulated cores: the numbers of plain Python, and what they cost."""

from array import array

import lane
import numpy as np
import pytest
from aether.nodes.control import lfo_portable
from aether.nodes.control.lfo import WAVES, _table
from aether.nodes.control.lfo_words import WORDS as LFO_WORDS
from aether.nodes.sources import sources_portable
from aether.nodes.sources.oscillator import _exponents, _tables
from aether.nodes.sources.words import (
    BEND,
    GAIN,
    LEVEL,
    OCTAVES,
    PHASE,
    RISE,
    SHIFT,
    SLIDE,
    STEP,
    TABLE,
    UNSHIFT,
    WORDS,
)
from aether_tools import paths

pytestmark = pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)
ARCHES = ("armv6m", "armv7emsp", "rv32imc")
NODES = paths.LIB / "aether" / "nodes"
SOURCES, THUMB = NODES / "sources" / "sources_viper.py", NODES / "sources" / "thumb.py"
SLOW = NODES / "control" / "lfo_viper.py"
N = 64
LOOPS = [(SOURCES, arch) for arch in ARCHES] + [(THUMB, "armv6m"), (THUMB, "armv7emsp")]


def same(file, arch, plain, *arrays):
    """Run a function and its twin; AssertionError unless they leave the same; the core."""
    name = plain.__name__
    core = lane.of(arch)
    core.forget()
    places = [core.place(bytes(some)) for some in arrays]
    core.call(lane.load(file, arch)[name], *places, N)
    plain(*arrays, N)
    for some, place in zip(arrays, places, strict=True):
        assert core.read(place, len(bytes(some))) == bytes(some)
    return core


def wave_state(rng, tables, peak):
    """What begin() leaves, somewhere in a note."""
    state = array("i", bytes(4 * WORDS))
    step = int(2 ** rng.uniform(0, 30.9))
    at = 0
    while tables[at] < step:
        at += 2
    state[TABLE] = tables[at + 1]
    state[SHIFT] = 22 + 2 * (tables[at + 1] & 1)
    state[UNSHIFT] = 32 - state[SHIFT]
    state[STEP] = state[SLIDE] = step
    state[PHASE] = int(rng.integers(-(1 << 31), 1 << 31))
    most = 0x7FFFFFFF // peak
    state[GAIN], state[LEVEL] = rng.choice([0, most // 3, most], 2)
    state[RISE] = (state[LEVEL] - state[GAIN] << 12) // N
    state[BEND] = int(rng.integers(-step, (1 << 31) - step)) // N
    return state


@pytest.mark.parametrize(("file", "arch"), LOOPS)
@pytest.mark.parametrize("wave", ["sine", "saw"])
def test_a_wave_is_that_of_plain_python(file, arch, wave):
    rng = np.random.default_rng(4)
    tables, peak = _tables(wave)
    for _ in range(25):
        state = wave_state(rng, tables, peak)
        same(file, arch, sources_portable.run, state, tables, bytearray(4 * N))


@pytest.mark.parametrize(("file", "arch"), LOOPS)
def test_noise_is_that_of_plain_python(file, arch):
    rng = np.random.default_rng(5)
    for _ in range(30):
        state = array("i", bytes(4 * WORDS))
        state[PHASE] = int(rng.integers(-(1 << 31), 1 << 31))
        state[GAIN], state[LEVEL] = rng.choice([0, 0, 12345, 65535], 2)
        sources_portable.rise(state, N)
        same(file, arch, sources_portable.noise, state, bytearray(4 * N))


@pytest.mark.parametrize("arch", ARCHES)
def test_a_pitch_is_that_of_plain_python(arch):
    rng = np.random.default_rng(6)
    strange = [np.nan, np.inf, -np.inf, 0, -0.0, 10, 10.5, -10, 16, 1e-45, 1e38, 7.9999995]
    for x in [*strange, *rng.uniform(-12, 12, 30), *(rng.uniform(-1, 1, 10) * 1e-5)]:
        state = array("i", bytes(4 * WORDS))
        state[OCTAVES] = int(rng.integers(0, 31 << 20))
        line = array("f", [0.0] * (N - 1) + [x])
        same(SOURCES, arch, sources_portable.pitch, state, _exponents(), line)


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize("wave", WAVES)
def test_a_slow_wave_is_that_of_plain_python(arch, wave):
    rng = np.random.default_rng(7)
    from aether.nodes.control import lfo_words as at

    for _ in range(10):
        state = array("i", bytes(4 * LFO_WORDS))
        state[at.STEP] = int(rng.integers(0, 5_000_000))
        state[at.PART] = int(rng.integers(0, 65536))
        state[at.PHASE] = int(rng.integers(-(1 << 31), 1 << 31))
        state[at.DEPTH] = int(rng.integers(0, (1 << 30) + 1))
        state[at.OFFSET] = int(rng.integers(-(1 << 30), (1 << 30) + 1))
        same(SLOW, arch, lfo_portable.slow, state, _table(wave), bytearray(4 * N))


def test_a_wave_takes_50_cycles_a_sample_on_an_rp2040():
    tables, peak = _tables("saw")
    state = wave_state(np.random.default_rng(8), tables, peak)
    core = same(THUMB, "armv6m", sources_portable.run, state, tables, bytearray(4 * N))
    assert core.cycles / N < 50
