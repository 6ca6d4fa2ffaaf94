"""What a graph refuses, how it is patched anew, and what it holds of its pool."""

import math
from array import array

import pytest
from aether import BufferPool, Graph
from aether.nodes import Gain, Mixer, Multiply, Pan
from graph_player import Late, Player, Source
from micropython_host import beside


@pytest.fixture
def graph():
    return Graph(BufferPool(8))


def refused(kind, words):
    return pytest.raises(kind, match=f"^[^\n]*{words}[^\n]*$")


def test_add_refuses_what_is_no_node_or_has_a_graph(graph):
    with refused(TypeError, "a node is wanted, not int"):
        graph.add(5)
    gain = graph.add(Gain(), "loud")
    with refused(ValueError, "in a graph already"):
        Graph(BufferPool(2)).add(gain)
    with refused(ValueError, "there is a node 'loud' already"):
        graph.add(Gain(), "loud")


def test_names_are_of_the_class_and_none_is_given_twice(graph):
    gains = [graph.add(Gain()) for _ in range(2)]
    assert [graph.names[gain] for gain in gains] == ["gain", "gain 2"]


def test_connect_names_an_unknown_node_outlet_or_inlet(graph):
    source, gain = graph.add(Source(1)), graph.add(Gain())
    with refused(ValueError, "unknown node Gain 1.0: add"):
        graph.connect(source, Gain())
    with refused(ValueError, "source has no outlet 'left': out"):
        graph.connect(source, gain, "left")
    with refused(ValueError, "gain has no inlet '2': in"):
        graph.connect(source, gain, inlet=2)
    with refused(ValueError, "source has no inlet"):
        graph.connect(gain, source)
    assert not graph.cords


def test_an_output_that_is_none_is_refused_in_a_line(graph):
    for what in (5, (5, "out"), "gain", None):
        with refused(TypeError, "an output is a node or"):
            graph.output(what)
    with refused(ValueError, "Pan 0.0 has no outlet 'middle': left, right"):
        graph.output((graph.add(Pan()), "middle"))


def test_a_cord_is_not_laid_twice_and_no_inlet_takes_two(graph):
    one, two, gain = graph.add(Source(1)), graph.add(Source(2)), graph.add(Gain())
    graph.connect(one, gain)
    with refused(ValueError, "inlet 'in' of gain has this cord already"):
        graph.connect(one, gain)
    with refused(ValueError, "a cord already, from source: a Mixer takes several"):
        graph.connect(two, gain)
    assert len(graph.cords) == 1


def test_stereo_goes_to_stereo_and_mono_to_both_sides(graph):
    source, pan = graph.add(Source(1)), graph.add(Pan())
    both, mixer = graph.add(Gain(channels=2)), graph.add(Mixer(2, channels=2))
    graph.connect(source, pan)
    graph.connect(pan, both)
    graph.connect(both, mixer)
    graph.connect(source, mixer)
    assert [graph.cords[both, k] for k in (0, 1)] == [(pan, 0), (pan, 1)]
    assert [graph.cords[mixer, k] for k in range(4)] == [(both, 0), (both, 1)] + [(source, 0)] * 2
    with refused(ValueError, "pan has the outlets left, right: say which goes to gain 2"):
        graph.connect(pan, graph.add(Gain()))


def test_a_product_takes_one_cord_after_the_other(graph):
    one, product = graph.add(Source(1)), graph.add(Multiply())
    graph.connect(one, product)
    graph.connect(one, product)
    assert sorted(inlet for _, inlet in graph.cords) == [0, 1]


def test_compile_names_the_inlet_without_a_cord(graph):
    product = graph.add(Multiply())
    graph.connect(graph.add(Source(1)), product)
    graph.output(product)
    with refused(ValueError, "inlet 'b' of multiply has no cord"):
        graph.compile()


def test_compile_names_a_loop_unless_a_delay_lies_in_it(graph):
    mixer, gain, late = graph.add(Mixer()), graph.add(Gain(0.5)), graph.add(Late())
    graph.connect(graph.add(Source(1)), mixer)
    graph.connect(mixer, gain)
    graph.connect(gain, mixer)
    graph.output(mixer)
    with refused(ValueError, "a loop without a delay: (mixer -> gain|gain -> mixer)"):
        graph.compile()
    graph.disconnect(gain, mixer)
    graph.connect(gain, late)
    graph.connect(late, mixer)
    assert graph.compile() <= 3


def test_compile_refuses_a_node_that_was_ready_for_another_rate(graph):
    source = graph.add(Source(1))
    graph.output(source)
    graph.compile()
    graph.remove(source)
    other = Graph(BufferPool(4), rate=22050)
    other.output(other.add(source))
    with refused(ValueError, "Source is in use at 44100.0 Hz in blocks of 64"):
        other.compile()


@pytest.mark.parametrize("rate", [0, math.nan, math.inf, 1e9])
def test_a_rate_that_is_none_is_refused(rate):
    with refused(ValueError, "rate must be 1000 to 192000 Hz"):
        Graph(BufferPool(4), rate)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -17, "1", None, True])
def test_gains_and_positions_that_are_none_are_refused(bad):
    kind = ValueError if type(bad) in (float, int) else TypeError
    for make in (Gain, Pan, lambda bad: Mixer([1.0, bad])):
        with pytest.raises(kind):
            make(bad)
    gain, mixer = Gain(0.5), Mixer(2)
    with pytest.raises(kind):
        gain.gain = bad
    with pytest.raises(kind):
        mixer.set_gain(1, bad)
    assert gain.gain == 0.5
    assert mixer.gain(1) == 1


def test_a_patch_for_which_the_pool_lacks_buffers_leaves_the_old_one_playing():
    nodes = [["source", k] for k in range(6)] + [["mixer", [1.0] * 3]] * 2
    player = Player(nodes, capacity=3)
    cords = [[k, 0, 6, k] for k in range(3)]
    assert player.patch(cords, [[6, 0], [6, 0]]) == 2
    before = player.render()
    cords += [[k + 3, 0, 7, k] for k in range(3)]
    with refused(RuntimeError, "the patch needs 3 buffers, the pool has 1 free: 2 missing"):
        player.patch(cords, [[6, 0], [7, 0]])
    assert player.pool.available() == 1
    after = player.render()
    assert after != before  # it goes on: the sources play their next block
    assert any(bytes.fromhex(after[0]))


def test_buffers_go_back_when_the_new_patch_is_taken_up_and_at_close():
    player = Player([["source", 1], ["gain", 0.5]], capacity=8)
    for _ in range(5):
        player.patch([[0, 0, 1, 0]], [[1, 0], [1, 0]])
    player.render()
    player.patch([], [[0, 0], [0, 0]])
    assert player.pool.available() == 6
    player.render()
    assert player.pool.available() == 7
    player.graph.close()
    assert player.pool.available() == 8
    assert not any(bytes.fromhex(player.render()[0]))


def test_a_patch_that_is_taken_up_at_once_keeps_its_buffers(graph, monkeypatch):
    # As a callback would that comes right when the patch is there.
    import aether.graph

    class Prompt(aether.graph.Schedule):
        def release(self):
            released.append(self)
            super().release()

    released = []
    monkeypatch.setattr(aether.graph, "Schedule", Prompt)
    graph.output(graph.add(Source(1)))
    graph.compile()
    first = graph._waiting
    graph.render(block(0.0), block(0.0))
    assert graph.compile() == 1
    assert first not in released
    graph.render(block(0.0), block(0.0))
    assert first in released
    assert graph.schedule not in released


def test_blocks_of_another_size_are_refused_before_anything_is_written(graph):
    small = memoryview(bytearray(64)).cast("f")
    graph.compile()
    graph.render(bytes(64), bytes(64))  # takes up the patch
    with refused(ValueError, "blocks of another size"):
        graph.render(small, small)


def test_print_shows_nodes_in_their_order_with_cords_and_buffers(graph):
    source, gain, idle = graph.add(Source(1)), graph.add(Gain(0.5), "soft"), graph.add(Gain())
    graph.connect(source, gain)
    graph.output(gain)
    assert "not compiled" in str(graph)
    graph.compile()
    lines = str(graph).splitlines()
    assert lines[0] == "graph: 3 nodes, 1 of 8 buffers, 44100 Hz, blocks of 64"
    assert lines[1].split() == ["source", "Source", "->", "buffer", "0"]
    assert lines[2].split() == ["soft", "Gain", "0.5", "in:", "source", "->", "buffer", "0"]
    assert lines[3].endswith("(not heard)")
    assert lines[4].split() == ["output", "soft,", "soft"]
    assert graph.names[idle] == "gain"


class Faulty(Source):
    def calls(self, ins, outs):
        return [("no function", outs[0])]


def test_a_node_whose_calls_are_none_leaves_the_pool_as_it_was(graph):
    graph.output(graph.add(Faulty(1)))
    with refused(TypeError, "a call is a function with one to three arguments"):
        graph.compile()
    assert graph.pool.available() == 8


def block(*values):
    return memoryview(array("f", list(values) * (64 // len(values))))


def test_what_comes_in_goes_through_on_both_sides_and_through_a_new_patch():
    graph = Graph(BufferPool(12), inputs=2)
    gain = graph.add(Gain(0.5, channels=2))
    graph.connect(graph.input, gain)
    graph.output(gain)
    graph.compile()
    ins, outs = [block(1.0, -1.0), block(0.25)], [block(0.0), block(0.0)]
    graph.render(*ins, *outs)  # takes up the patch
    graph.render(*ins, *outs)
    assert [list(out[:2]) for out in outs] == [[0.5, -0.5], [0.125, 0.125]]
    graph.output(graph.input)
    graph.compile()
    graph.render(*ins, *outs)
    # Half way through the block, half of either.
    assert outs[0][32] == pytest.approx(0.75)
    assert outs[1][32] == pytest.approx(0.1875)
    graph.render(*ins, *outs)
    assert [bytes(out) for out in outs] == [bytes(each) for each in ins]
    graph.close()
    assert graph.pool.available() == 12
    kept = graph.pool.get(graph.pool.acquire())
    graph.render(*ins, *outs)
    assert not any(kept)  # it writes to none of them any more


def test_one_channel_comes_in_and_goes_out():
    graph = Graph(BufferPool(8), channels=1, inputs=1)
    gain = graph.add(Gain(2.0))
    graph.connect(graph.input, gain)
    graph.output(gain)
    graph.compile()
    out = block(0.0)
    for _ in range(2):
        graph.render(block(0.25), out)
    assert set(out) == {0.5}
    with refused(ValueError, "inputs must be 2, as the channels, not 1"):
        Graph(BufferPool(8), inputs=1)
    with refused(ValueError, "the input cannot be removed"):
        graph.remove(graph.input)


_HEAP = """
from heap_watch import grown
from graph_player import Player, Source
import aether.kernels as kernels

class Plain(Source):
    def __init__(self):
        super().__init__(1)
    def calls(self, ins, outs):
        return [(kernels.clear, outs[0])]

player = Player([["gain", 0.5], ["mixer", [1.0, 0.5]], ["pan", 0.3], ["multiply", None]])
source = player.graph.add(Plain())
player.nodes.append(source)
left, right = player.blocks
cords = [[4, 0, 0, 0], [0, 0, 1, 0], [4, 0, 1, 1], [1, 0, 2, 0], [4, 0, 3, 0], [1, 0, 3, 1]]
render = player.graph.render
print(player.patch(cords, [[2, 0], [3, 0]]))
render(left, right)
out = [grown(render, left, right)]
source.state[0] = 1
out += [grown(render, left, right) for _ in range(2)]
source.state[0] = 0
player.gain(1, 2, 0.25)
player.gain(0, 1, 1)
out += [grown(render, left, right) for _ in range(2)]
player.patch(cords[:-1] + [[0, 0, 3, 1]], [[2, 1], [3, 0]])
out.append(grown(render, left, right))
out.append(grown(render, left, right))
print(out)
"""


def test_no_block_takes_anything_from_the_heap_not_even_the_one_that_fades(micropython):
    if micropython.backend == "portable":
        pytest.skip("plain Python may allocate")
    files = {**beside("graph_player.py"), **beside("heap_watch.py")}
    printed = micropython.run(_HEAP, files=files).splitlines()
    assert printed[-1] == str([0] * 7)
