"""A voice bank's kernels on emulated cores: the numbers of plain Python, and what they cost."""

import bank_cost
import bank_record
import lane
import numpy as np
import pytest
from aether.nodes.bank import voices_portable
from aether.nodes.bank.places import GAIN, GAIN_STEP, LEFT, RECORDS, STATE, SUMS, VOICE
from bank_cost import BACKENDS, DRAINS, FOLDER, MIXES

pytestmark = pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)
ARCHES = ("armv6m", "armv7emsp", "rv32imc")
EACH = pytest.mark.parametrize(("backend", "arch"), BACKENDS)
# Every rest of an unrolled loop comes with frames at which notes begin and end.
KINDS = {
    "mix_stereo": {"channels": 2},
    "mix_mono": {"channels": 1},
    "mix_stereo_nearest": {"channels": 2, "interpolate": False},
    "mix_mono_nearest": {"channels": 1, "interpolate": False},
}


@EACH
@pytest.mark.parametrize("name", MIXES)
def test_voices_are_mixed_and_drained_bit_by_bit_as_in_plain_python(
    monkeypatch, backend, arch, name
):
    calls = bank_record.record(monkeypatch, 7, 16, n=16, count=4, acts=4, **KINDS[name])
    core, played = lane.of(arch), set()
    for call in calls:
        if call.name in MIXES + DRAINS:
            bank_record.replay(core, bank_cost.function_of(backend, call.name, arch), call)
            played.add(call.name)
    assert played == {name, "drain_mono" if "mono" in name else "drain_stereo"}


@pytest.mark.parametrize("arch", ARCHES)
@pytest.mark.parametrize("file", ["voices_viper", "waves_viper"])
def test_envelopes_notes_and_waves_are_those_of_plain_python(monkeypatch, file, arch):
    calls = bank_record.record(monkeypatch, 8, 40, n=16, count=3, acts=4, waves=("saw", [1, 0, 3]))
    functions = lane.load(FOLDER / f"{file}.py", arch)
    core, played = lane.of(arch), 0
    for call in calls:
        if call.name in functions:
            played += 1
            if call.name not in ("add", "peak", "store") or played % 7 == 0:
                bank_record.replay(core, functions[call.name], call)
    assert played > 50


@pytest.mark.parametrize(
    ("file", "arch"),
    [("thumb_quietest", "armv6m"), ("thumb_quietest", "armv7emsp")]
    + [("voices_viper", arch) for arch in ARCHES],
)
def test_the_voice_that_gives_way_is_the_same_everywhere(monkeypatch, file, arch):
    calls = bank_record.record(monkeypatch, 9, 400, n=16, count=6, acts=3, waves=["sine"])
    states = [call.after[0] for call in calls if call.name in ("let_go", "decide")]
    quietest = lane.load(FOLDER / f"{file}.py", arch)["quietest"]
    core, found = lane.of(arch), set()
    for words in states:
        core.forget()
        voice = core.call(quietest, core.place(words.tobytes(), writable=False))
        assert voice == voices_portable.quietest(words)
        found.add(voice)
    assert found == set(range(6))


@EACH
@pytest.mark.parametrize("channels", [1, 2])
def test_sums_of_every_size_become_floats(backend, arch, channels):
    core = lane.of(arch)
    name = DRAINS[channels == 1]
    around = [x for k in range(32) for x in ((1 << k) - 1, 1 << k, (1 << k) + 1)]
    sums = [sign * x for x in around for sign in (1, -1) if -(1 << 31) <= sign * x < 1 << 31]
    n = -(-len(sums) // channels // 4) * 4
    bank = bank_cost.playing(1, n, name)
    words = bank._words
    for i, x in enumerate(sums):
        words[words[SUMS] + i] = x & 0xFFFFFFFF
    blocks = [core.place(bytes(4 * n)) for _ in range(2)]
    memory = core.place(words.tobytes())
    core.call(bank_cost.function_of(backend, name, arch), *blocks, memory)
    got = [np.frombuffer(core.read(block, 4 * n), np.float32) for block in blocks[:channels]]
    got = np.stack(got, -1).ravel()[: len(sums)]
    exact = np.array(sums, np.float64)
    # Cut off to 24 bits, of which half the voices of the headroom would be 1.
    size = np.abs(exact)
    unit = 2.0 ** np.maximum(np.floor(np.log2(np.maximum(size, 1))) - 23, 0)
    expected = np.where(size < 256, 0, np.sign(exact) * (size // unit) * unit) / 2**27
    np.testing.assert_array_equal(got, expected.astype(np.float32))
    assert not any(core.read(memory + 4 * words[SUMS], 4 * channels * n))


# Instructions and cycles, of a voice and a frame within a block; 28 and 36 were the goal.
@pytest.mark.parametrize(
    ("backend", "name", "most"),
    [
        ("rp2040", "mix_stereo", (18.5, 23.8)),
        ("rp2040", "mix_mono", (13.5, 16.8)),
        ("rp2040", "mix_stereo_nearest", (14.5, 19.8)),
        ("rp2040", "mix_mono_nearest", (9.5, 12.8)),
        ("thumb", "mix_stereo", (23.5, 28.8)),
        ("thumb", "mix_mono", (17.5, 20.8)),
        ("thumb", "mix_stereo_nearest", (17.5, 22.8)),
        ("thumb", "mix_mono_nearest", (11.5, 14.8)),
    ],
)
def test_the_inner_loop_keeps_its_count_on_an_rp2040(backend, name, most):
    instructions, cycles = bank_cost.loop_cost(backend, name, "armv6m")
    assert instructions <= most[0]
    assert cycles <= most[1]


def test_a_voice_in_a_block_costs_little_more_than_its_loop():
    assert bank_cost.voice_cost("rp2040", "mix_stereo", "armv6m").cycles <= 25.5


@pytest.mark.parametrize("level", [0.02, 0.3, 4])
def test_a_frame_of_both_channels_becomes_floats_in_60_cycles(level):
    # Of loud, usual and quiet music.
    sums = np.random.default_rng(1).normal(0, level * 2**24, 128).astype(int).tolist()
    assert bank_cost.drain_cost("rp2040", "drain_stereo", "armv6m", sums).cycles <= 60


@pytest.mark.parametrize(("states", "most"), [("off", 0.5), ("silent", 1.2)])
def test_voices_that_are_off_or_silent_cost_next_to_nothing(states, most):
    bank = bank_cost.playing(64, 64, "mix_stereo")
    words = bank._words
    for at in range(words[RECORDS], len(words), VOICE):
        words[at + GAIN] = words[at + GAIN_STEP] = 0
        if states == "off":
            words[at + STATE] = words[at + LEFT] = 0
    function = bank_cost.function_of("rp2040", "mix_stereo", "armv6m")
    assert bank_cost.mixed(lane.of("armv6m"), function, bank).cycles / 64 / 64 < most
