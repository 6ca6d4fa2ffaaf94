"""A ring receiver's two callbacks, native and portable: they share one state, and count alike."""

import pytest
from input_run import on_virtual_board
from test_ring_twins import constants
from virtual_run import needs_micropython


def test_the_native_one_has_the_words_of_the_state_where_they_are():
    state, native = constants("ring_in_state.py"), constants("ring_in_native.py")
    shared = state.keys() & native.keys()
    assert len(shared) >= 16
    assert {name: state[name] for name in shared} == {name: native[name] for name in shared}
    words = list(state)[: state["WORDS"]]
    assert sorted(state[name] for name in words) == list(range(state["WORDS"]))


FORCED = """
import aether.ring_in_portable as twin
aether.ring_in_native = sys.modules["aether.ring_in_native"] = twin
"""


@pytest.mark.not_emulated("in plain Python it is too slow")
def test_the_portable_one_receives_the_same(dma_in):
    program = """
{portable}
late = 0
def slow(left, right):
    global late
    stereo(left, right)
    us, late = late, 0
    if us:
        time.sleep_us(us)
s = make(slow)
s.start()
feed()
time.sleep_ms(30)
late = 40000
time.sleep_ms(80)
s.stop()
st = s.stats()
print(aether.ring_in.hot.__name__.split("_")[-1])
print([st[key] for key in ("overruns", "late_callbacks", "receive_errors", "fill_max")])
print(runs())
"""
    ours = dma_in(program.format(portable="")).text.splitlines()
    theirs = dma_in(program.format(portable=FORCED)).text.splitlines()
    assert ours[0] == "native"
    assert theirs[0] == "portable"
    assert len(eval(ours[2])) >= 2
    assert theirs[1:] == ours[1:]


COUNTED = """
import aether.ring_in_native, aether.ring_in_portable
from aether import ring_in_state as at

class Count:
    # The DMA channel whose `read` counts blocks: so many more at each of the first readings.
    def __init__(self, ended, steps):
        self.ended, self.steps = ended, steps
    @property
    def read(self):
        self.ended += self.steps.pop(0) if self.steps else 0
        return 0x20000000 | self.ended & 0x7FFF

def received(hot, first, steps):
    state = array("i", bytes(4 * at.WORDS))
    state[at.STATE], state[at.MASK] = at.PLAYING, 7
    state[at.NEXT] = state[at.ENDED] = first
    count, got, left = Count(first, list(steps)), [], [None]
    desk = [left, left, 0, None, None]
    def convert(left, right, slot, n):
        left[0] = slot
    whole = hot.checking(state, count)
    deliver = hot.delivering(desk, convert, lambda left, right: got.append(left[0]), whole)
    tick = hot.ticking(state, list(range(8)), deliver, [count, time.ticks_us, None])
    # At most as many as can wait, so that the program has its turn; the rest comes next.
    tick(None)
    tick(None)
    return got, state[at.BLOCKS], state[at.OVERRUNS], state[at.NEXT]

for first in (0, 5, 32760, 32767):
    for steps in STEPS:
        for hot in (aether.ring_in_native, aether.ring_in_portable):
            print((first, sum(steps)) + received(hot, first, steps))
"""
CASES = [
    # Blocks that end before each reading of the counter; what is received, how many are lost.
    ([1], [0], 0),
    ([3], [0, 1, 2], 0),
    # Seven of eight can wait; the oldest are gone.
    ([7], [0, 1, 2, 3, 4, 5, 6], 0),
    ([9], [2, 3, 4, 5, 6, 7, 8], 2),
    ([100], [93, 94, 95, 96, 97, 98, 99], 93),
    # One is written over while it is taken out of its slot: it is not received.
    ([7, 1], [1, 2, 3, 4, 5, 6, 7], 1),
]


@needs_micropython
def test_blocks_are_received_once_or_counted_as_lost(tmp_path):
    steps = [steps for steps, _, _ in CASES]
    program = f"DRIVER = 'dma'\nSTEPS = {steps}\n{COUNTED}"
    lines = on_virtual_board(tmp_path, "rpi_pico", program).text.splitlines()
    assert len(lines) == 4 * 2 * len(CASES)
    for i, line in enumerate(lines):
        _, received, lost = CASES[i // 2 % len(CASES)]
        first, ended, got, blocks, overruns, after = eval(line)
        assert got == [(first + number) % 8 for number in received], line
        assert (blocks, overruns, after) == (len(received), lost, (first + ended) & 0x7FFF), line
