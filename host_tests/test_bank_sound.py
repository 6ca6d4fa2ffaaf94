"""What a voice bank sounds like, in the frames of a DAC: harmonics, noise, tuning, envelopes."""

import functools

import bank_model as model
import numpy as np
import pytest
from aether.nodes.bank import waves
from aether.nodes.bank.bank import Bank
from aether.nodes.bank.places import BENDS, NEXT_STEP, RECORDS
from bank_model import RATE

WAVES = ("sine", "triangle", "square", "saw")
# Of the note 83, so that it has 1 kHz.
TUNE = 1000 / 2 ** (14 / 12)


def prepared(waves=("saw",), *, rate=RATE, n=64, voices=1, patch=None, **options):
    bank = Bank(voices, waves, **options)
    bank.prepare(rate, n)
    bank.patch(0, **{"attack": 0, "sustain": 1, "pan": 0, **(patch or {})})
    return bank


@functools.cache
def lasting(wave, note, **options):
    """A second of a note that lasts, on the left; the bank as it is then."""
    bank = prepared((wave,), **options)
    sound = model.play(bank, 2000 + RATE, [(0, lambda frame: bank.note_on(note, 127, frame))])
    return sound[2000:, 0], bank


def beside(lines, hertz):
    """The loudest line that is no harmonic."""
    rest = lines.copy()
    for k in range(len(lines) // round(hertz) + 1):
        centre = round(k * hertz)
        rest[max(0, centre - 5) : centre + 6] = -200
    return rest.max()


@pytest.mark.parametrize("headroom", [1, 8])
@pytest.mark.parametrize("wave", WAVES)
def test_a_voice_of_1_khz_has_its_harmonics_and_else_nothing_above_minus_90_db(wave, headroom):
    sound, bank = lasting(wave, 83, tune=TUNE, headroom=headroom)
    lines = model.spectrum(model.pcm(sound) / 32768)
    assert beside(lines, 1000) < lines[1000] - 90
    # 31 bits of gain times the highest velocity, and 7 of the side.
    gain = 127**2 / 2**14 * 127 / 128 / headroom
    table = model.table(bank, 0)
    amplitudes = model.harmonics(table)
    # As the straight lines between entries weigh them.
    amplitudes = amplitudes * np.sinc(np.arange(1, len(amplitudes) + 1) / len(table)) ** 2
    highest = max(h for h in range(1, 85) if abs(amplitudes[h - 1]) > 1e-4)
    assert highest == (1 if wave == "sine" else 21)
    for h in range(1, highest + 1):
        if abs(amplitudes[h - 1]) > 1e-3:
            expected = 20 * np.log10(abs(amplitudes[h - 1]) * gain)
            assert lines[1000 * h] == pytest.approx(expected, abs=0.1), h


@pytest.mark.parametrize("note", [21, 45, 57, 69, 93, 100, 115, 127])
@pytest.mark.parametrize("wave", WAVES)
def test_a_note_anywhere_has_nothing_beside_its_harmonics(wave, note):
    # Between two lines of the spectrum, the window takes up to 0.8 dB of the first harmonic.
    sound, _ = lasting(wave, note)
    lines = model.spectrum(model.pcm(sound) / 32768)
    hertz = 440 * 2 ** ((note - 69) / 12)
    assert beside(lines, hertz) < lines[round(hertz) - 2 : round(hertz) + 3].max() - 79


@pytest.mark.parametrize(("wave", "most"), [("sine", -48), ("saw", -57)])
def test_a_bank_without_interpolation_is_as_clean_as_said(wave, most):
    sound, _ = lasting(wave, 83, tune=TUNE, headroom=1, interpolate=False)
    lines = model.spectrum(model.pcm(sound) / 32768)
    assert most - 1 < beside(lines, 1000) - lines[1000] < most


def test_64_voices_of_a_chord_have_nothing_beside_their_harmonics():
    bank = prepared(("sine",), voices=64, tune=TUNE, headroom=64)
    notes = [59, 71, 83, 95] * 16  # octaves, of 250 Hz and more
    events = [(0, lambda frame, note=note: bank.note_on(note, 127, frame)) for note in notes]
    sound = model.play(bank, 2000 + RATE // 2, events)[2000:, 0]
    lines = model.spectrum(model.pcm(sound) / 32768)
    assert beside(lines, 125) < lines.max() - 80


@pytest.mark.parametrize("wave", WAVES)
def test_tables_have_the_harmonics_of_their_wave(wave):
    bank = prepared((wave,))
    first = None
    for note in range(12, 127, 12):
        bank.note_on(note)
        amplitudes = model.harmonics(model.table(bank, 0))
        first = first or amplitudes[0]
        step = bank._words[bank._words[RECORDS] + NEXT_STEP]
        expected = np.zeros(len(amplitudes))
        for h in range(1, min(85, len(amplitudes), 2**31 // step) + 1):
            odd = h % 2
            expected[h - 1] = {
                "sine": h == 1,
                "saw": 1 / h,
                "square": odd / h,
                "triangle": odd * (-1) ** (h // 2) / h**2 if h < 42 else 0,
            }[wave]
        there = np.abs(amplitudes) > 4e-5
        # An octave's table has at least half of what there could be.
        assert there.sum() >= 0.45 * (expected != 0).sum()
        np.testing.assert_allclose(amplitudes[there], first * expected[there], atol=3e-5)
        assert not expected[np.flatnonzero(there)[-1] + 1 :].any() or there.sum() >= 1


def test_all_tables_of_the_usual_waves_fit_into_48_kb():
    tables, _ = waves.build(waves.NAMES)
    assert 4 * len(tables) <= 48 * 1024


def test_a_wave_of_your_own_has_the_harmonics_that_you_say():
    bank = prepared([[1, 0, -0.5, 0, 0.25]])
    bank.note_on(60)
    amplitudes = model.harmonics(model.table(bank, 0))
    np.testing.assert_allclose(amplitudes[:6] / amplitudes[0], [1, 0, -0.5, 0, 0.25, 0], atol=2e-4)


# Dividers of an RP2040 give these; a board's own rate comes from true_rate().
@pytest.mark.parametrize("rate", [44100, 44099.488, 48001.536, 96000, 192000, 22050, 16000, 8000])
@pytest.mark.parametrize("tune", [440, 432.1])
def test_every_note_is_in_tune_within_a_tenth_of_a_cent(rate, tune):
    bank = prepared(("sine",), rate=rate, tune=tune)
    at = bank._words[RECORDS] + NEXT_STEP
    for note in range(128):
        played = bank.note_on(note)
        hertz = tune * 2 ** ((note - 69) / 12)
        if played < 0:
            assert hertz > rate / 4
        else:
            cents = 1200 * np.log2(bank._words[at] / 2**32 * rate / hertz)
            assert abs(cents) < 0.1, note


def test_bends_are_in_tune_too_and_stop_where_there_is_no_pitch():
    bank = prepared(("sine",))
    at = bank._words[RECORDS] + NEXT_STEP
    bank.note_on(69)
    for amount in range(-48 * 8192, 48 * 8192, 997):
        bank.bend(amount)
        cents = 1200 * np.log2(bank._words[at] / 2**32 * RATE / 440)
        assert cents == pytest.approx(amount / 81.92, abs=0.1)
    for note, amount in ((0, -(10**6)), (127, 10**6)):
        bank.note_on(note)
        bank.bend(amount)
        assert 0 < bank._words[at] < 2**31
    assert bank._words[BENDS] < 2**21


def test_the_pitch_of_the_frames_is_the_pitch_of_the_note():
    sound, _ = lasting("sine", 69)
    turns = np.exp(-2j * np.pi * 440 * np.arange(len(sound)) / RATE)
    # How far the phase drifts from 440 Hz in half a second.
    half = len(sound) // 2
    first, last = ((model.pcm(sound) * turns)[k : k + half] @ np.ones(half) for k in (0, half))
    hertz = 440 + np.angle(last / first) / 2 / np.pi / (half / RATE)
    assert abs(1200 * np.log2(hertz / 440)) < 0.1


ENVELOPES = [
    # Frames of attack, decay, from the note on until it is let go, release; the sustain level.
    (32, 64, 500, 32, 0.5),
    (441, 1000, 3000, 2000, 0.25),
    (100, 5000, 2777, 777, 0.0),
    (1000, 100, 300, 1500, 1.0),
]


def gains(attack, decay, held, release, sustain, frames):
    """Gain frame by frame, as the words on top of `patches` say."""
    on = [model.straight(attack, 0, 1), model.curved(decay, 1, sustain)]
    on = np.concatenate([*on, np.full(held, sustain)])
    off = model.curved(release, on[held], 0)
    return np.concatenate([on[:held], off, np.zeros(frames)])[:frames]


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize("first", [0, 1, 17, 63])
def test_envelopes_begin_and_end_at_their_frames(envelope, first):
    attack, decay, held, release, sustain = envelope
    seconds = {"attack": attack / RATE, "decay": decay / RATE, "release": release / RATE}
    bank = prepared(("sine",), headroom=1, patch={**seconds, "sustain": sustain})
    frames = first + held + release + 200
    sound = model.play(
        bank,
        frames,
        [
            (first, lambda frame: bank.note_on(60, 127, frame)),
            (first + held, lambda frame: bank.note_off(60, frame)),
        ],
    )[:, 0]
    gain = gains(*envelope, frames - first)
    ideal = model.wave(bank, 0, frames - first) * gain * (127**2 / 2**14 * 127 / 128)
    assert not sound[:first].any()
    assert sound[first : first + 8].any()
    # What a gain gains at every frame has 15 bits.
    np.testing.assert_allclose(sound[first:], ideal, rtol=0, atol=2e-4)
    assert not sound[first + held + release :].any()
    assert bank.sounding() == 0


def test_a_note_sounds_the_same_wherever_in_a_block_it_begins():
    sounds = []
    for first in (0, 5, 63):
        bank = prepared(patch={"attack": 0.003, "decay": 0.02, "sustain": 0.3, "release": 0.01})
        events = [
            (first, lambda frame, bank=bank: bank.note_on(50, 99, frame)),
            (first + 1500, lambda frame, bank=bank: bank.note_off(50, frame)),
        ]
        sounds.append(model.play(bank, first + 3000, events)[first:])
    assert (sounds[0] == sounds[1]).all()
    assert (sounds[0] == sounds[2]).all()


def test_velocity_and_pan_set_the_level_and_the_side():
    power = []
    for pan in (0, 32, 64, 96, 127):
        bank = prepared(("sine",), headroom=1, patch={"pan": pan})
        bank.note_on(69)
        left, right = np.abs(model.play(bank, 2000)[1000:]).max(0)
        power.append(left**2 + right**2)
        # The same for one note alone.
        other = prepared(("sine",), headroom=1)
        other.note_on(69, 100, 0, 0, pan)
        assert (np.abs(model.play(other, 2000)[1000:]).max(0) == (left, right)).all()
        assert left / (left + right) == pytest.approx(
            np.cos(pan / 127 * np.pi / 2)
            / (np.cos(pan / 127 * np.pi / 2) + np.sin(pan / 127 * np.pi / 2)),
            abs=0.01,
        )
    assert max(power) / min(power) < 1.05
    loud = []
    for velocity in (32, 64, 127, 200):
        bank = prepared(("sine",), headroom=1)
        bank.note_on(69, velocity)
        loud.append(model.play(bank, 2000)[1000:].max())
    assert loud[1] / loud[0] == pytest.approx(4, rel=0.01)
    assert loud[2] / loud[1] == pytest.approx((127 / 64) ** 2, rel=0.01)
    assert loud[3] == loud[2]
