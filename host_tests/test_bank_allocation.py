"""What a musician does to a bank while it plays takes nothing from the heap, see heap_watch."""

import pytest
from micropython_host import beside

_STEPS = """
from array import array
from heap_watch import grown
from aether.nodes.bank.bank import Bank

bank = Bank(3, ["saw"], channels={channels}, interpolate={interpolate})
bank.prepare(44100, 64)
bank.patch(0, attack=0.001, decay=0.01, sustain=0.5, release=0.01)
left, right = array("f", bytes(256)), array("f", bytes(256))

def note(bank, turn):
    bank.note_on(60 + turn, 100, 5)

def note_somewhere(bank, turn):
    bank.note_on(60 + turn, 127, 63, 3, turn)

def wrong_note(bank, turn):
    bank.note_on(200)
    bank.note_on(60, 0)

def off(bank, turn):
    bank.note_off(60 + turn, 9)
    bank.note_off(500)

def pedal(bank, turn):
    bank.sustain(True)
    bank.sustain(False, 3)
    bank.sustain(False)

def bend(bank, turn):
    bank.bend(1000 * turn - 4000)
    bank.bend(10 ** 7, 3)

def all_off(bank, turn):
    bank.all_off(3)
    if turn == 9:
        bank.all_off()

def render(bank, turn):
    bank.render(left, right)
    bank.sounding()

STEPS = (note, render, note_somewhere, render, off, pedal, wrong_note, bend, render, all_off)
for turn in range(10):
    for step in STEPS:
        try:
            taken = grown(step, bank, turn)
        except MemoryError as error:
            taken = repr(error)
        if taken:
            print(step.__name__, turn, taken)
for _ in range(30):
    bank.render(left, right)
print(bank.sounding())
"""


@pytest.mark.parametrize(("channels", "interpolate"), [(2, True), (1, False)])
def test_nothing_that_is_done_while_it_plays_allocates(micropython, channels, interpolate):
    program = _STEPS.format(channels=channels, interpolate=interpolate)
    if micropython.backend == "portable":
        pytest.skip("plain Python allocates")
    assert micropython.run(program, files=beside("heap_watch.py"), heap="8M") == "0\n"
