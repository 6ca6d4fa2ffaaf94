"""Sources and control nodes in a patch: cords, silence, and what is changed while it plays."""

from array import array

import numpy as np
from aether import BufferPool, Graph
from aether.nodes import ADSR, LFO, Constant, Gain, Mixer, Multiply, Noise, Saw, Sine
from node_run import RATE

N = 64


def rendered(graph, blocks):
    found = np.zeros((blocks, 2, N))
    for block in range(blocks):
        sides = [memoryview(array("f", bytes(4 * N))) for _ in range(2)]
        graph.render(*sides)
        found[block] = sides
    return found.transpose(1, 0, 2).reshape(2, -1)


def test_an_instrument_of_all_of_them_plays_and_falls_silent():
    graph = Graph(BufferPool(8), RATE)
    saw, noise, envelope = (graph.add(node) for node in (Saw(220), Noise(0.2), ADSR(release=0.01)))
    tremolo, bend = graph.add(LFO(6, depth=0.3, offset=0.7)), graph.add(Constant(1))
    mixer, product = graph.add(Mixer(2)), graph.add(Multiply())
    graph.connect(bend, saw)
    graph.connect(saw, mixer)
    graph.connect(noise, mixer)
    graph.connect(mixer, envelope)
    graph.connect(envelope, product, inlet="a")
    graph.connect(tremolo, product, inlet="b")
    graph.output(product)
    graph.compile()
    assert not rendered(graph, 3).any()
    envelope.on(5)
    sound = rendered(graph, 100)
    assert not sound[:, :5].any()
    assert np.abs(sound).max() > 0.3
    envelope.off()
    rendered(graph, 10)
    assert not rendered(graph, 3).any()


def test_the_phase_goes_on_while_one_patch_takes_the_place_of_another():
    graph = Graph(BufferPool(8), RATE)
    sine, gain = graph.add(Sine(440)), graph.add(Gain(0.5))
    graph.output(sine)
    graph.compile()
    before = rendered(graph, 5)[0]
    graph.connect(sine, gain)
    graph.output(gain)
    graph.compile()
    rendered(graph, 3)
    after = rendered(graph, 4)[0]
    wave = np.sin(2 * np.pi * 440 * np.arange(12 * N) / RATE)
    assert np.abs(before - wave[: 5 * N]).max() < 1e-4
    assert np.abs(after - 0.5 * wave[8 * N :]).max() < 1e-4
