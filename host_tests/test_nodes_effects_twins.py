"""Effects and meters are the same to the bit in plain Python, viper and assembler."""

import json
from dataclasses import dataclass

import effects_player
import lane
import numpy as np
import pytest
from aether.nodes.effects import choice
from aether.nodes.effects import delay as delay_file
from aether.nodes.effects import reverb as reverb_file
from aether.nodes.effects import soft_clip as soft_clip_file
from aether.nodes.io import meter as meter_file
from aether.nodes.io import meter_portable
from aether_tools import paths
from micropython_host import beside

KINDS = ("Delay", "Reverb", "SoftClip", "Meter")
FOLDER = paths.LIB / "aether" / "nodes"

_PLAYS = """\
import json
from effects_player import play
print(json.dumps([play(*what) for what in {}]))
"""


def test_every_interpreter_plays_the_same(micropython):
    plays = [(kind, 5, 40, n, channels) for kind in KINDS for n, channels in ((64, 1), (20, 2))]
    if micropython.emulated:
        plays = [(kind, 5, 12, 64, 1) for kind in KINDS]
    files = beside("effects_player.py")
    options = {} if micropython.emulated else {"heap": "8M"}
    got = json.loads(micropython.run(_PLAYS.format(plays), files=files, **options))
    for what, sums in zip(plays, got, strict=True):
        assert sums == effects_player.play(*what), what


@dataclass
class Call:
    """A call of a function, with the bytes of its arrays before and after it."""

    name: str
    arrays: list
    before: list
    after: list
    n: int


def recorded(monkeypatch, kind, n, blocks, channels=1, seed=6):
    """The calls of a play."""
    calls = []

    def recording(name, function):
        def call(*arguments):
            *arrays, n = arguments
            before = [bytes(x) for x in arrays]
            function(*arguments)
            calls.append(Call(name, arrays, before, [bytes(x) for x in arrays], n))

        return call

    for module in (delay_file, reverb_file, soft_clip_file, meter_file):
        monkeypatch.setattr(module, "best", lambda name: recording(name, choice.best(name)))
    monkeypatch.setattr(meter_file, "measure", recording("measure", meter_portable.measure))
    effects_player.play(kind, seed, blocks, n, channels)
    monkeypatch.undo()
    return calls


def replay(core, function, call):
    """AssertionError unless machine code leaves the same in every array."""
    core.forget()
    places = [core.place(data) for data in call.before]
    core.call(function, *places, call.n)
    for k, (place, left) in enumerate(zip(places, call.after, strict=True)):
        got = core.read(place, len(left))
        where = np.flatnonzero(np.frombuffer(got, np.uint8) != np.frombuffer(left, np.uint8))
        assert got == left, (call.name, k, where[:8])


def functions_of(backend, arch):
    """Name -> the machine code that a backend has for it."""
    files = {
        "viper": ("effects/fixed_viper", "effects/lines_viper", "io/meter_viper"),
        "thumb": tuple(
            "effects/thumb_" + name for name in ("fixed", "line", "mix", "room", "soft")
        ),
    }
    found = {}
    for file in files[backend]:
        found.update(lane.load(FOLDER / f"{file}.py", arch))
    return found


BACKENDS = [("viper", "armv6m"), ("viper", "rv32imc"), ("thumb", "armv6m"), ("thumb", "armv7emsp")]


@pytest.mark.skipif(not lane.available(), reason=lane.WHY_NOT)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("backend", "arch"), BACKENDS)
def test_machine_code_leaves_what_plain_python_does(monkeypatch, backend, arch, kind):
    functions, core = functions_of(backend, arch), lane.of(arch)
    played = 0
    for n, channels in ((16, 1), (20, 2)):
        for call in recorded(monkeypatch, kind, n, 60, channels):
            if call.name in functions:
                replay(core, functions[call.name], call)
                played += 1
    assert played
