"""What a Synth tells a voice bank of the messages that it gets; the bank is a stand-in."""

from itertools import pairwise

import pytest
from aether.midi import Parser
from aether.midi.synth import Synth
from micropython_host import beside

# Keeps what it is told: what was called, and the patch it was for.
BANK = """
class Bank:
    rate = 44100
    def __init__(self):
        self.calls = []
    def note_on(self, note, velocity, frame, patch, pan):
        self.calls.append(("on", note, velocity, frame, patch, pan))
        return 0
    def note_off(self, note, frame, patch):
        self.calls.append(("off", note, frame, patch))
    def sustain(self, on, patch):
        self.calls.append(("sustain", on, patch))
    def bend(self, amount, patch):
        self.calls.append(("bend", amount, patch))
    def all_off(self, patch):
        self.calls.append(("all off", patch))
"""
_made = {}
exec(BANK, _made)


@pytest.fixture
def bank():
    return _made["Bank"]()


@pytest.fixture
def synth(bank):
    return Synth(bank)


def test_a_channel_plays_the_patch_of_its_number(synth, bank):
    for channel in range(16):
        synth.note_on(channel, 60, 99, channel)
        synth.note_off(channel, 60, 64, 63)
        assert bank.calls == [("on", 60, 77, channel, channel, 64), ("off", 60, 63, channel)]
        bank.calls.clear()


def test_a_program_change_ends_the_notes_and_picks_another_patch(synth, bank):
    synth.program(2, 2, 5)
    assert bank.calls == []
    synth.program(2, 37, 5)
    assert bank.calls == [("sustain", False, 2), ("all off", 2), ("bend", 0, 5)]
    bank.calls.clear()
    synth.note_on(2, 60, 99, 0)
    synth.note_off(2, 60, 0, 1)
    synth.bend(2, 8192, 0)
    assert bank.calls == [("on", 60, 77, 0, 5, 64), ("off", 60, 1, 5), ("bend", 0, 5)]


@pytest.mark.parametrize(
    ("volume", "expression", "velocity", "played"),
    [
        (100, 127, 127, 100),
        (50, 127, 127, 50),
        (127, 127, 99, 99),
        (127, 64, 127, 64),
        (64, 64, 127, 32),
        (100, 0, 127, 1),
        (0, 127, 127, 1),
        (100, 127, 1, 1),
    ],
)
def test_volume_and_expression_weigh_velocities(synth, bank, volume, expression, velocity, played):
    synth.control(1, 7, volume, 0)
    synth.control(1, 11, expression, 0)
    synth.note_on(1, 60, velocity, 0)
    synth.note_on(0, 60, velocity, 0)
    assert [call[2] for call in bank.calls] == [played, max(velocity * 100 // 127, 1)]


def test_pan_and_pedal(synth, bank):
    synth.control(3, 10, 127, 0)
    synth.note_on(3, 60, 64, 0)
    synth.note_on(4, 60, 64, 0)
    for value in (0, 63, 64, 127):
        synth.control(3, 64, value, 7)
    assert [call[-1] for call in bank.calls[:2]] == [127, 64]
    assert [call[1] for call in bank.calls[2:]] == [False, False, True, True]
    assert {call[2:] for call in bank.calls[2:]} == {(3,)}


def test_the_bend_wheel_goes_as_far_as_a_file_says(synth, bank):
    def bent(value):
        synth.bend(6, value, 0)
        return bank.calls.pop()[1] / 8192

    assert [bent(v) for v in (0, 4096, 8192, 16383)] == [-2, -1, 0, pytest.approx(2, abs=1e-3)]
    for number, value in ((101, 0), (100, 0), (6, 12)):
        synth.control(6, number, value, 0)
    assert bent(0) == -12
    synth.control(6, 6, 127, 0)
    assert bent(0) == -24
    # Data for another parameter, or none.
    for low, high in ((1, 0), (127, 127), (0, 1)):
        for number, value in ((101, high), (100, low), (6, 1)):
            synth.control(6, number, value, 0)
        assert bent(0) == -24


def test_modulation_is_a_vibrato_of_half_a_semitone(synth, bank):
    synth.bend(0, 4096, 0)
    synth.advance(64)
    bank.calls.clear()
    synth.control(0, 1, 127, 0)
    heights = []
    for _ in range(44100 // 64):
        synth.advance(64)
        heights.append(bank.calls.pop()[1] / 8192 + 1)
    assert min(heights) == pytest.approx(-0.5, abs=0.02)
    assert max(heights) == pytest.approx(0.5, abs=0.02)
    middles = sum(a < 0 <= b for a, b in pairwise(heights))
    assert middles in (5, 6)
    assert max(abs(a - b) for a, b in pairwise(heights)) < 0.02
    synth.control(5, 1, 1, 0)
    synth.control(0, 1, 0, 0)
    assert bank.calls == [("bend", -8192, 0)]
    synth.advance(64)
    synth.control(5, 1, 0, 0)
    bank.calls.clear()
    synth.advance(64)
    assert bank.calls == []


@pytest.mark.parametrize("number", [120, 123, 124, 125, 126, 127])
def test_all_notes_of_a_channel_end(synth, bank, number):
    synth.control(3, number, 0, 9)
    assert bank.calls == [("sustain", False, 3), ("all off", 3)]


def test_a_reset_puts_controllers_back_but_volume_and_pan(synth, bank):
    for number in (1, 7, 10, 11, 64):
        synth.control(0, number, 99, 0)
    synth.bend(0, 0, 0)
    bank.calls.clear()
    synth.control(0, 121, 0, 0)
    assert bank.calls == [("bend", 0, 0), ("sustain", False, 0)]
    synth.note_on(0, 60, 100, 0)
    assert bank.calls[-1] == ("on", 60, 77, 0, 0, 99)
    bank.calls.clear()
    synth.advance(64)
    assert bank.calls == []


def test_other_controllers_are_the_programs_own(synth, bank):
    heard = []
    synth.on_control(74, heard.append)
    synth.control(0, 74, 5, 0)
    synth.control(9, 74, 6, 0)
    synth.control(0, 75, 7, 0)
    synth.on_control(74, None)
    synth.control(0, 74, 8, 0)
    assert heard == [5, 6]
    assert bank.calls == []


_WATCHED = """
import random
from aether.midi import Parser
from aether.midi.synth import Synth
from heap_watch import grown

class Quiet:
    rate = 44100
    def note_on(self, note, velocity, frame, patch, pan):
        assert 0 <= note < 128 and 0 < velocity < 128 and 0 <= patch < 16 and 0 <= pan < 128
    def note_off(self, note, frame, patch):
        pass
    sustain = bend = all_off = lambda self, one=0, two=0, three=0: None

synth = Synth(Quiet())
synth.on_control(74, abs)
parser = Parser(synth)
random.seed(4)
stream = bytes(random.getrandbits(8) & (0x7F if i % 3 else 0xFF) for i in range(6000))

def play(parser, synth):
    for i in range(len(stream)):
        parser.feed(stream[i])
        if not i & 15:
            synth.advance(64)

print(grown(play, parser, synth))
"""


def test_nothing_is_allocated_whatever_comes(micropython):
    assert micropython.run(_WATCHED, files=beside("heap_watch.py")) == "0\n"


def test_it_survives_any_stream(synth):
    import random

    source = random.Random(5)
    for _ in range(300):
        Parser(synth).feed_bytes(source.randbytes(200), 200)
        synth.advance(64)
