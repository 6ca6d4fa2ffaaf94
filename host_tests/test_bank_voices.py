"""Who gets a voice, and who loses it; pedals, bends, patches; and what is refused."""

from array import array

import bank_model as model
import bank_player
import numpy as np
import pytest
from aether.nodes.bank.bank import MOST_BEND, Bank
from aether.nodes.bank.places import (
    FADE_FRAMES,
    GAIN,
    GATE,
    NOTE,
    PATCH,
    PATCH_AT,
    RECORDS,
    STATE,
    STEP,
    VOICE,
)

N = 64


def made(voices=4, **patch):
    bank = Bank(voices, ["sine", "saw"], channels=1, headroom=1)
    bank.prepare(44100, N)
    bank.patch(0, **{"attack": 0, "decay": 0, "sustain": 0.5, "release": 0.05, **patch})
    return bank


def blocks(bank, count=1):
    return model.play(bank, count * N)[:, 0]


def record(bank, voice, place):
    return bank._words[bank._words[RECORDS] + VOICE * voice + place]


def notes(bank):
    """The notes that are held by a key or a pedal."""
    held = [voice for voice in range(bank.count) if record(bank, voice, GATE)]
    return [record(bank, voice, NOTE) & 0xFF for voice in held]


def test_notes_take_idle_voices_first():
    bank = made()
    assert [bank.note_on(note) for note in (60, 64, 67, 71)] == [0, 1, 2, 3]
    assert bank.sounding() == 4
    blocks(bank, 20)
    bank.note_off(64)
    blocks(bank, 60)
    assert bank.sounding() == 3
    assert bank.note_on(50) == 1


def test_a_voice_that_was_let_go_gives_way_before_a_quieter_one_that_is_held():
    bank = made()
    for note, velocity in ((60, 90), (64, 20), (67, 127), (71, 100)):
        bank.note_on(note, velocity)
    blocks(bank, 20)
    bank.note_off(67)
    blocks(bank)
    assert record(bank, 2, GAIN) > record(bank, 1, GAIN)
    assert bank.note_on(50) == 2


def test_the_quietest_of_those_that_are_held_gives_way():
    bank = made()
    for note, velocity in ((60, 90), (64, 20), (67, 127), (71, 100)):
        bank.note_on(note, velocity)
    blocks(bank, 20)
    assert bank.note_on(50, 5) == 1
    # One that has just begun, with no gain yet, counts with the gain that it will have.
    assert bank.note_on(51, 127) == 1
    assert bank.note_on(52, 127) == 0
    blocks(bank, 20)
    assert notes(bank) == [52, 51, 67, 71]


@pytest.mark.parametrize("frame", [0, 1, 30, 63])
def test_a_stolen_voice_fades_out_and_the_note_begins_behind_it(frame):
    bank = made(1, sustain=1)
    bank.note_on(30, 127)
    blocks(bank, 50)
    bank.note_on(90, 127, frame)
    sound = blocks(bank, 8)
    # The first is what it would have been without.
    other = made(1, sustain=1)
    other.note_on(30, 127)
    blocks(other, 50)
    np.testing.assert_array_equal(sound[:frame], blocks(other, 8)[:frame])
    assert abs(sound[frame + FADE_FRAMES]) < 1e-3
    # Then it is as on a voice that was idle.
    fresh = made(1, sustain=1)
    fresh.note_on(90, 127, frame)
    behind = sound[frame + FADE_FRAMES :]
    np.testing.assert_array_equal(behind, blocks(fresh, 8)[frame:][: len(behind)])


@pytest.mark.parametrize("later", [0, 1, 40, 63, 70, 200])
def test_a_note_that_waited_for_its_voice_ends_as_much_later_as_it_began(later):
    bank = made(1, sustain=1)
    bank.note_on(30, 127)
    blocks(bank, 50)
    events = [(9, lambda frame: bank.note_on(90, 127, frame))]
    events.append((9 + later, lambda frame: bank.note_off(90, frame)))
    sound = model.play(bank, 60 * N, events)[9 + FADE_FRAMES :, 0]
    fresh = made(1, sustain=1)
    events = [(0, lambda frame: fresh.note_on(90, 127, frame))]
    # It cannot be shorter than a frame.
    events.append((max(later, 1), lambda frame: fresh.note_off(90, frame)))
    alone = model.play(fresh, 60 * N, events)[:, 0][: len(sound)]
    np.testing.assert_array_equal(sound, alone)
    assert bank.sounding() == fresh.sounding() == 0
    assert later == 0 or sound.any()


def test_nothing_clicks_when_hundreds_of_notes_steal_from_each_other():
    bank = made(3, sustain=1, release=0.02)
    dice = bank_player.Dice(5)
    loud = []
    for _ in range(300):
        bank.note_on(40 + dice.roll(30), 60 + dice.roll(60), dice.roll(N))
        if dice.roll(2):
            bank.note_off(40 + dice.roll(30), dice.roll(N))
        loud.append(blocks(bank))
    steps = np.abs(np.diff(np.concatenate(loud)))
    # Of three sines of at most 784 Hz and a fade over 64 frames, no step is larger.
    assert steps.max() < 3 * 0.7 * (2 * np.pi * 784 / 44100 + 1 / FADE_FRAMES)


def test_the_pedal_keeps_what_the_keys_let_go():
    bank = made()
    bank.patch(1, sustain=0.5, release=0.05)
    bank.note_on(60)
    bank.note_on(61, 100, 0, 1)
    bank.sustain(True)
    bank.note_off(60)
    bank.note_off(61, 0, 1)
    blocks(bank, 100)
    assert notes(bank) == [60]
    bank.note_on(64)
    bank.sustain(False)
    blocks(bank, 100)
    assert notes(bank) == [64]
    assert bank.sounding() == 1


def test_all_off_ends_a_patch_or_all_whatever_the_pedal_says():
    bank = made(8)
    for patch in (0, 1, 2):
        bank.sustain(True, patch)
        bank.note_on(60 + patch, 100, 0, patch)
        bank.note_off(60 + patch, 5, patch)
    bank.note_on(70)
    blocks(bank, 5)
    bank.all_off(1)
    assert notes(bank) == [60, 62, 70]
    bank.all_off()
    blocks(bank, 100)
    assert bank.sounding() == 0
    assert bank.state[0] == 1


def test_a_bend_moves_the_notes_of_its_patch_without_a_click():
    bank = made(2, sustain=1)
    bank.note_on(60)
    bank.note_on(64, 100, 0, 1)
    blocks(bank, 30)
    before = [record(bank, voice, STEP) for voice in range(2)]
    sounds = []
    for amount in range(0, 2 * 8192, 512):
        bank.bend(amount)
        sounds.append(blocks(bank))
    after = [record(bank, voice, STEP) for voice in range(2)]
    assert before[1] == after[1]
    assert after[0] / before[0] == pytest.approx(2 ** ((2 - 1 / 16) / 12), rel=1e-5)
    sound = np.concatenate(sounds)
    # Two sines of at most 330 Hz.
    assert np.abs(np.diff(sound)).max() < 2 * 0.62 * 2 * np.pi * 340 / 44100
    # What begins later is bent as well.
    bank.all_off()
    blocks(bank, 50)
    bank.note_on(60)
    blocks(bank)
    assert record(bank, 0, STEP) == after[0]


def test_a_bend_of_octaves_leaves_a_table_whose_harmonics_would_go_beyond_half_the_rate():
    bank = made(1, sustain=1, wave="saw")
    bank.note_on(48, 127)
    blocks(bank, 10)
    bank.bend(48 * 8192)
    sound = model.play(bank, 44100)[:, 0]
    lines = model.spectrum(sound)
    hertz = 440 * 2 ** ((96 - 69) / 12)
    for k in range(1, 11):
        lines[max(0, round(k * hertz) - 6) : round(k * hertz) + 7] = -200
    assert lines[20:].max() < -70


def test_a_patch_that_is_set_while_it_sounds_is_for_notes_to_come():
    bank = made(4, sustain=0.5)
    other = made(4, sustain=0.5)
    for one in (bank, other):
        one.note_on(60)
        blocks(one, 20)
    for k in range(5):
        bank.patch(0, wave="saw", sustain=k / 5, level=0.5, attack=k, release=0.05)
    np.testing.assert_array_equal(blocks(bank, 30), blocks(other, 30))
    bank.note_off(60)
    other.note_off(60)
    np.testing.assert_array_equal(blocks(bank, 50), blocks(other, 50))


@pytest.mark.parametrize("index", [0, 15])
def test_a_patch_is_written_beside_the_one_in_use_and_then_takes_its_place(index):
    # A callback may come in between: it finds one or the other.
    bank = made(1)
    bank.patch(index, attack=1)
    for seconds in (2, 3, 4):
        at = bank._words[PATCH_AT + index]
        words = bank._words[at : at + PATCH]
        bank.patch(index, attack=seconds)
        assert bank._words[at : at + PATCH] == words
        assert bank._words[PATCH_AT + index] != at


def test_a_patch_that_was_not_set_is_as_the_first():
    bank = made(2, sustain=1, level=0.3)
    bank.note_on(60, 100, 0, 9)
    first = blocks(bank, 10)
    other = made(2, sustain=1, level=0.3)
    other.note_on(60, 100, 0, 0)
    np.testing.assert_array_equal(first, blocks(other, 10))


def test_silence_says_that_it_is_silence_and_a_note_wakes_the_bank():
    bank = made(2)
    assert bank.state[0] == 1
    bank.note_on(60)
    assert bank.state[0] == 0
    blocks(bank, 5)
    bank.note_off(60)
    blocks(bank, 100)
    assert bank.state[0] == 1
    # A decay to nothing frees its voice, though the key is down.
    bank.patch(0, decay=0.01, sustain=0)
    bank.note_on(60)
    blocks(bank, 20)
    assert (bank.state[0], bank.sounding()) == (1, 0)


@pytest.mark.parametrize(
    "arguments",
    [(-1,), (128,), (10**6,), (-(10**6),), (60, 0), (60, -5), (2**29,)],
)
def test_a_note_that_cannot_be_played_is_not(arguments):
    bank = made()
    assert bank.note_on(*arguments) == -1
    bank.note_off(arguments[0])
    assert bank.sounding() == 0


def test_wild_numbers_of_frames_patches_and_pans_do_no_harm():
    bank = made(2)
    for frame in (-1, -(10**6), 10**6, 1023):
        for patch in (-1, 16, 10**6):
            for pan in (-100, 128, 10**4):
                assert bank.note_on(60, 10**6, frame, patch, pan) >= 0
                bank.note_off(60, frame, patch)
                bank.bend(10**9, patch)
                bank.bend(-(10**9), patch)
                bank.sustain(True, patch)
                bank.sustain(False, patch)
                bank.all_off(patch)
                sound = blocks(bank)
                assert np.isfinite(sound).all()
                assert np.abs(sound).max() <= 2
    bank.all_off()
    blocks(bank, 100)
    assert bank.sounding() == 0


def test_before_the_rate_is_known_there_is_silence():
    bank = Bank(2, ["sine"])
    assert bank.note_on(60) == -1
    bank.note_off(60)
    bank.all_off()
    bank.sustain(True)
    bank.sustain(False)
    bank.bend(100)
    assert bank.sounding() == 0


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"count": 0}, ValueError, "count must be 1 to 128, not 0"),
        ({"count": 129}, ValueError, "count must be 1 to 128, not 129"),
        ({"count": 1.5}, TypeError, "count must be an int, not float"),
        ({"channels": 3}, ValueError, "channels must be 1 or 2, not 3"),
        ({"headroom": 3}, ValueError, "headroom must be 1, 2, 4 and so on up to 128, not 3"),
        ({"tune": NAN}, ValueError, "tune must be 220 to 880 Hz, not nan"),
        ({"tune": "a"}, TypeError, "tune must be a number, not str"),
        ({"waves": []}, ValueError, "a bank must have a wave"),
        ({"waves": "saw"}, TypeError, "waves must be a list, not str"),
        ({"waves": ["sew"]}, ValueError, "a wave is one of sine, .*, or a list, not 'sew'"),
        ({"waves": [[]]}, ValueError, "a wave has 1 to 170 harmonics, not 0"),
        ({"waves": [[0, 0]]}, ValueError, "a wave must have a harmonic that is not 0"),
        ({"waves": [[1, NAN]]}, ValueError, "a harmonic must be finite, not nan"),
        ({"waves": [[1, INF]]}, ValueError, "a harmonic must be finite, not inf"),
        ({"waves": [[1, "x"]]}, TypeError, "a harmonic must be a number, not str"),
        ({"waves": [7]}, TypeError, "a wave is a name or a list, not int"),
    ],
)
def test_a_bank_that_cannot_be_is_refused(options, error, text):
    with pytest.raises(error, match=f"^{text}$"):
        Bank(**options)


@pytest.mark.parametrize(
    ("rate", "n", "error", "text"),
    [
        (0, 64, ValueError, "rate must be 1000 to 200000 Hz, not 0"),
        (NAN, 64, ValueError, "rate must be 1000 to 200000 Hz, not nan"),
        ("44100", 64, TypeError, "rate must be a number, not str"),
        (44100, 2000, ValueError, "n must be 4 to 1024, not 2000"),
        (44100, 64.0, TypeError, "n must be an int, not float"),
    ],
)
def test_a_rate_that_cannot_be_is_refused_and_another_can_be_had(rate, n, error, text):
    bank = Bank(1, ["sine"])
    with pytest.raises(error, match=f"^{text}$"):
        bank.prepare(rate, n)
    bank.prepare(44100, 64)
    assert bank.note_on(60) == 0


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"index": 16}, ValueError, "index must be 0 to 15, not 16"),
        ({"index": True}, TypeError, "index must be an int, not bool"),
        ({"attack": -1}, ValueError, "attack must be 0 to 20 seconds, not -1"),
        ({"attack": NAN}, ValueError, "attack must be 0 to 20 seconds, not nan"),
        ({"decay": INF}, ValueError, "decay must be 0 to 20 seconds, not inf"),
        ({"release": None}, TypeError, "release must be a number, not NoneType"),
        ({"sustain": 1.1}, ValueError, "sustain must be 0 to 1 of the peak, not 1.1"),
        ({"level": NAN}, ValueError, "level must be 0 to 1 of full level, not nan"),
        ({"pan": 128}, ValueError, "pan must be 0 to 127, not 128"),
        ({"pan": 0.5}, TypeError, "pan must be an int, not float"),
        ({"wave": 2}, ValueError, "wave must be 0 to 1, not 2"),
        (
            {"wave": "square"},
            ValueError,
            "wave must be one of the bank's, sine, saw, not 'square'",
        ),
    ],
)
def test_a_patch_that_cannot_be_is_refused_and_the_old_one_stays(options, error, text):
    bank = made(1)
    before = array("I", bank._words)
    with pytest.raises(error, match=f"^{text}$"):
        bank.patch(**{"index": 0, **options})
    assert bank._words == before


def test_random_notes_never_wrap_around_or_get_stuck():
    dice = bank_player.Dice(11)
    bank = bank_player.made(dice, 16, count=5, headroom=1, channels=1, waves=["square"])
    loudest = 0
    for _ in range(3000):
        for _ in range(dice.roll(4)):
            bank_player.act(bank, dice, 16)
        sound = model.play(bank, 16)
        loudest = max(loudest, np.abs(sound).max())
        for voice in range(5):
            assert record(bank, voice, GAIN) < 2**31
        active = [voice for voice in range(5) if record(bank, voice, STATE)]
        assert bank.sounding() == len(active)
    assert 1 < loudest < 5
    for patch in range(4):
        bank.sustain(False, patch)
    bank.all_off()
    model.play(bank, 10000)
    assert bank.sounding() == 0
    assert MOST_BEND == 48 * 8192
