"""A voice bank as a node: it sounds in a graph as alone, sleeps, and outlives a new patch."""

from array import array

import bank_model as model
import numpy as np
import pytest
from aether import BufferPool
from aether.graph import Graph
from aether.nodes import Bank, Gain

N = 64


def patched(channels=2, **options):
    graph = Graph(BufferPool(8), 44100, channels)
    bank = graph.add(Bank(4, ["saw"], channels=channels, **options))
    bank.patch(0, attack=0.01, release=0.02)
    graph.output(bank)
    return graph, bank


def rendered(graph, blocks):
    out = []
    left, right = (array("f", bytes(4 * N)) for _ in range(2))
    for _ in range(blocks):
        if graph.channels == 2:
            graph.render(left, right)
        else:
            graph.render(left)
        out.append(np.array([left, right][: graph.channels]).T.copy())
    return np.concatenate(out)


@pytest.mark.parametrize("channels", [1, 2])
def test_it_sounds_in_a_graph_as_alone(channels):
    graph, bank = patched(channels)
    graph.compile()
    alone = Bank(4, ["saw"], channels=channels)
    alone.prepare(44100, N)
    alone.patch(0, attack=0.01, release=0.02)
    for one in (bank, alone):
        one.note_on(60, 100, 7)
        one.note_on(67, 100, 40)
    np.testing.assert_array_equal(rendered(graph, 50), model.play(alone, 50 * N))


def test_it_sleeps_when_its_notes_have_ended_and_wakes_with_the_next():
    graph, bank = patched()
    graph.compile()
    assert not rendered(graph, 3).any()
    bank.note_on(60)
    assert rendered(graph, 3).any()
    bank.note_off(60)
    rendered(graph, 30)
    assert bank.state[0] == 1
    assert not rendered(graph, 3).any()
    bank.note_on(60)
    assert rendered(graph, 1).any()


def test_notes_go_on_through_a_new_patch_as_if_nothing_were():
    graph, bank = patched()
    graph.compile()
    other, same = patched()
    other.compile()
    for one in (bank, same):
        one.note_on(60)
    np.testing.assert_array_equal(rendered(graph, 9), rendered(other, 9))
    # The old patch fades into the new one, in which the bank is as loud.
    gain = graph.add(Gain(1.0, 2))
    graph.connect(bank, gain)
    graph.output(gain)
    graph.compile()
    np.testing.assert_allclose(rendered(graph, 1), rendered(other, 1), atol=1e-6)
    np.testing.assert_array_equal(rendered(graph, 9), rendered(other, 9))


_PLAY = """
from aether.graph import Graph
from aether.nodes import Bank
pool = SharedBufferPool(8)
graph = Graph(pool, 44100)
bank = graph.add(Bank(64, ["saw"]))
bank.patch(0, decay=20, attack=0.02)
graph.output(bank)
graph.compile()
for i in range(64):
    bank.note_on(36 + i % 60, 50 + i, i, 0, 2 * i)
import gc
gc.collect()
s = make(graph.render, pool=pool)
s.start()
time.sleep_ms(300)
print(s.stats()["underruns"], s.stats()["render_errors"], bank.sounding())
s.stop()
"""


def test_64_voices_play_through_a_graph_on_a_pico(dma):
    run = dma(_PLAY)
    assert run.text.split() == ["0", "0", "64"]
    run.check_report(allocated_bytes=0)
    assert run.frames.any(0).all()


_REPATCHED = """
from array import array
from aether import BufferPool
from aether.graph import Graph
from aether.nodes import Bank
graph = Graph(BufferPool(8), 44100)
bank = graph.add(Bank(4, ["saw"]))
bank.patch(0, attack=0.01)
graph.output(bank)
graph.compile()
for i in range(4):
    bank.note_on(50 + i)
left, right = array("f", bytes(256)), array("f", bytes(256))
for turn in range(12):
    if turn == 7 and {repatched}:
        graph.compile()
    graph.render(left, right)
print(bytes(left), bytes(bank._words))
"""


def test_a_new_patch_takes_nothing_from_its_voices_anywhere(micropython):
    with_it, without = (
        micropython.run(_REPATCHED.format(repatched=flag)) for flag in (True, False)
    )
    assert with_it == without
