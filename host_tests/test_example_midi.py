"""The piece that comes with aether: a MIDI file that is what it says, and shows what it should."""

from itertools import pairwise

import pytest
from aether.midi import Song
from aether_tools import boards, example_midi, layout

RATE = 44100


@pytest.fixture(scope="module")
def song(tmp_path_factory):
    path = tmp_path_factory.mktemp("piece") / "piece.mid"
    path.write_bytes(example_midi.piece())
    return Song(str(path), RATE)


def messages(song, kind=None, channel=None):
    """Second, kind, channel and the data of messages."""
    for time, message in zip(song.times, song.messages, strict=True):
        data = message >> 8 & 127, message >> 16
        if kind in (None, message & 0xF0) and channel in (None, message & 15):
            yield time / RATE, message & 0xF0, message & 15, *data


def sounding(song):
    """Seconds at which notes begin or end, and those that are on from there: (channel, note)."""
    on = set()
    for second, kind, channel, note, _ in messages(song):
        if kind == 0x90:
            assert (channel, note) not in on, f"{note} is struck while it is held, at {second}"
            on.add((channel, note))
        elif kind == 0x80:
            on.remove((channel, note))
        yield second, frozenset(on)
    assert not on


def test_it_lasts_as_long_as_it_says(song):
    assert song.frames / RATE == pytest.approx(example_midi.seconds(), abs=0.001)
    assert 35 < example_midi.seconds() < 60
    last = max(second for second, on in sounding(song) if on)
    # A tail, for what dies away.
    assert 2 < example_midi.seconds() - last < 8


def test_it_shows_polyphony_that_grows(song):
    most = [0] * 6
    for second, on in sounding(song):
        part = int(second / 10)
        most[part] = max(most[part], len(on))
    assert 4 <= most[0] < most[2] <= most[3]
    assert most[3] >= 9
    assert {channel for _, on in sounding(song) for channel, _ in on} == set(range(5))


def test_it_opens_the_filter_and_shuts_it_again_in_small_steps(song):
    sweep = [value for *_, number, value in messages(song, 0xB0) if number == 74]
    steps = [abs(b - a) for a, b in pairwise(sweep)]
    assert min(sweep) < 30
    assert max(sweep) > 110
    assert max(steps) <= 4
    assert sweep.index(max(sweep)) > len(sweep) / 2


def test_it_uses_what_a_synthesiser_has(song):
    numbers = {number for *_, number, _ in messages(song, 0xB0)}
    assert numbers == {1, 7, 10, 64, 74, 91}
    assert {program for *_, program, _ in messages(song, 0xC0)} == set(range(5))
    bends = [low | high << 7 for *_, low, high in messages(song, 0xE0)]
    assert bends[-1] == 8192
    assert min(bends) < 8192


def test_it_goes_to_the_board_with_its_app_and_no_other():
    board = boards.load("rpi_pico")
    files = layout.device_files(board, "polysynth")
    assert files["/piece.mid"] == example_midi.piece()
    assert "/piece.mid" not in layout.device_files(board, "tone")
