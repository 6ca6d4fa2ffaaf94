"""What a graph plays is what its patch says, however it is scheduled, on every runtime."""

import json
import random

import numpy as np
import pytest
from graph_model import Model
from graph_player import N, play
from micropython_host import beside

_ANSWER = """\
import json
from graph_player import play

def answer(question):
    print(json.dumps(play(*json.loads(question))))
"""
_GAINS = (0, 0.0, 1, 1.0, 0.5, -0.25, 2.0)


def patches(seed):
    """Nodes and steps of a random patch that is changed while it plays."""
    rng = random.Random(seed)
    nodes = []
    for _ in range(rng.randint(1, 4)):
        nodes.append(["source", rng.randint(1, 99)])
    for _ in range(rng.randint(1, 12)):
        kind = rng.choice(["gain", "mixer", "pan", "multiply", "late", "mixer"])
        what = {
            "gain": rng.choice(_GAINS),
            "mixer": [rng.choice(_GAINS) for _ in range(rng.randint(1, 5))],
            "pan": rng.choice([-1, -0.5, 0, 0.3, 1]),
        }
        nodes.append([kind, what.get(kind)])
    steps = []
    for _ in range(3):
        steps.append(["patch", *cords(rng, nodes)])
        for _ in range(4):
            steps += [["render"], *changes(rng, nodes)]
    return nodes, [*steps, ["render"]]


def cords(rng, nodes):
    laid = []
    for target, (kind, what) in enumerate(nodes):
        inlets = {"source": 0, "mixer": len(what or ()) if kind == "mixer" else 0, "multiply": 2}
        for inlet in range(inlets.get(kind, 1)):
            if kind == "mixer" and rng.random() < 0.2:
                continue
            # A loop goes through a delay: only these may take what comes later.
            last = len(nodes) if kind == "late" else target
            source = rng.randrange(last)
            laid.append(
                [source, rng.randrange(2) if nodes[source][0] == "pan" else 0, target, inlet]
            )
    heard = [[k, 1 if nodes[k][0] == "pan" else 0] for k in rng.choices(range(len(nodes)), k=2)]
    return laid, heard


def changes(rng, nodes):
    steps = []
    k = rng.randrange(len(nodes))
    kind, what = nodes[k]
    if kind == "source":
        steps.append(["quiet", k, rng.randint(0, 1)])
    elif kind in ("gain", "mixer"):
        number = rng.randint(1, len(what)) if kind == "mixer" else 1
        steps.append(["gain", k, number, rng.choice(_GAINS)])
    return steps


def samples(blocks):
    return np.stack([np.frombuffer(bytes.fromhex(block), np.float32) for block in blocks])


def judge(nodes, steps, results):
    model = Model(nodes)
    heard = 0
    for (name, *rest), result in zip(steps, results, strict=True):
        expected = getattr(model, name)(*rest)
        if name == "render":
            got = samples(result)
            limit = 1e-5 * max(1, float(np.max(np.abs(expected))))
            np.testing.assert_allclose(got, np.stack(expected), atol=limit, rtol=1e-5)
            heard += bool(got.any())
    return heard


def test_random_patches_sound_as_their_cords_say():
    heard = 0
    for seed in range(150):
        nodes, steps = patches(seed)
        heard += judge(nodes, steps, play(nodes, steps))
    assert heard > 500  # most are no silence


def test_every_runtime_plays_the_same_bits(runtime):
    conversation = runtime.converse(_ANSWER, beside("graph_player.py"))
    try:
        for seed in range(3 if runtime.emulated else 40):
            nodes, steps = patches(seed)
            answer = conversation.ask(json.dumps([nodes, steps]))
            judge(nodes, steps, json.loads(answer))
            # The angles of a Pan are a double's on the host alone.
            if not runtime.emulated:
                assert json.loads(answer) == play(nodes, steps), seed
    finally:
        conversation.close()


@pytest.mark.parametrize("length", [1, 2, 40])
def test_a_chain_of_any_length_runs_in_two_buffers(length):
    nodes = [["source", 5]] + [["gain", 0.5]] * length
    count, blocks = play(
        nodes,
        [
            ["patch", [[k, 0, k + 1, 0] for k in range(length)], [[length, 0], [length, 0]]],
            ["render"],
        ],
    )
    assert count <= 2
    assert len(samples(blocks)[0]) == N


def test_a_mixer_of_many_takes_in_each_as_it_comes():
    nodes = [["source", k] for k in range(40)] + [["mixer", [0.5] * 40]]
    cords = [[k, 0, 40, k] for k in range(40)]
    steps = [["patch", cords, [[40, 0], [40, 0]]], ["render"]]
    count, blocks = play(nodes, steps)
    assert count == 2
    judge(nodes, steps, [count, blocks])
