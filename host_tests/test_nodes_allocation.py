"""What sources and control nodes do for a block takes nothing from the heap, see heap_watch."""

import pytest
from micropython_host import beside

_STEPS = """
from array import array
from heap_watch import grown
from aether.nodes import ADSR, LFO, Constant, Noise, Saw, Sine

line = memoryview(array("f", [0.3] * 64))
out = memoryview(array("f", bytes(256)))

def ready(node):
    node.prepare(44100, 64)
    return [call + (64,) for call in node.calls([line] * len(node.INLETS), [out])]

def call_0(call, turn):
    call[0](call[1], call[2])

def call_1(call, turn):
    call[0](call[1], call[2], call[3])

def call_2(call, turn):
    call[0](call[1], call[2], call[3], call[4])

def on(node, turn):
    node.on(turn)

def off(node, turn):
    node.off(70 - turn)

adsr = ADSR(0.001, 0.001, 0.5, 0.001)
saw = Saw(440)
constant = Constant(1)
ready_ones = [ready(node) for node in (Sine(440), saw, Noise(), constant, adsr, LFO(5))]
# A call once outside, as what is asked for at a first call may stay.
for turn in range(12):
    saw.frequency = 100 * turn + 50
    constant.value = turn
    for calls in ready_ones:
        for call in calls:
            taken = grown((call_0, call_1, call_2)[len(call) - 3], call, turn)
            if taken:
                print(call[0], turn, taken)
    for step in (on, off, on):
        taken = grown(step, adsr, turn)
        if taken:
            print(step.__name__, turn, taken)
print("done")
"""


def test_nothing_that_is_done_for_a_block_allocates(micropython):
    if micropython.backend == "portable":
        pytest.skip("plain Python allocates")
    assert micropython.run(_STEPS, files=beside("heap_watch.py"), heap="8M") == "done\n"
