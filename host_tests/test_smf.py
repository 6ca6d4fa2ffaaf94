"""Standard MIDI Files: messages at their frames, against float64; damaged files are refused."""

import random

import numpy as np
import pytest
from aether.midi import Song
from aether.midi.smf import MOST_TRACKS
from midi_kit import chunk, frames_of, header, smf, tempo, track

RATE = 44100
NOTE = b"\x90\x3c\x40"


@pytest.fixture
def read(tmp_path):
    """Reads a file of some bytes."""
    path = tmp_path / "x.mid"

    def read(data: bytes, rate=RATE, **options) -> Song:
        path.write_bytes(data)
        return Song(str(path), rate, **options)

    return read


def events(song: Song) -> list[tuple[int, bytes]]:
    """Frame and bytes of each message."""
    sizes = [2 if 0xC0 <= m & 0xF0 < 0xE0 else 3 for m in song.messages]
    data = [m.to_bytes(n, "little") for m, n in zip(song.messages, sizes, strict=True)]
    return list(zip(song.times, data, strict=True))


def test_a_song_of_one_track(read):
    song = read(smf(track((0, NOTE), (480, b"\x80\x3c\x40"), (0, b"\xc5\x07"), end=960)))
    assert events(song) == [(0, NOTE), (22050, b"\x80\x3c\x40"), (22050, b"\xc5\x07")]
    assert (song.frames, song.rate, song.channels) == (3 * 22050, RATE, 1 | 1 << 5)


def test_what_is_no_message_of_a_channel_is_left_out(read):
    song = read(
        smf(
            track(
                (10, b"\xff\x03\x04name"),
                (10, b"\xf0\x03\x01\x02\xf7"),
                (10, b"\xf7\x02\xf8\x90"),
                (10, b"\xff\x7f\x81\x00" + bytes(128)),
                (440, NOTE),
                (1, b"\x3e\x40"),
            )
        )
    )
    assert events(song) == [(22050, NOTE), (22096, b"\x90\x3e\x40")]


def test_tracks_are_one_and_at_the_same_tick_the_first_comes_first(read):
    first = track((5, b"\x90\x01\x01"), (10, b"\x90\x02\x01"))
    second = track((0, b"\x91\x03\x01"), (5, b"\x91\x04\x01"), (10, b"\x91\x05\x01"), end=480)
    song = read(smf(first, second))
    assert [data[1] for _, data in events(song)] == [3, 1, 4, 2, 5]
    assert song.frames == round(495 * RATE / 960)


def test_a_header_may_be_longer_and_other_chunks_between_the_tracks(read):
    one = chunk(b"MThd", header()[8:] + b"more")
    song = read(one + chunk(b"XFIH", bytes(99)) + track((0, NOTE)) + b"trailing")
    assert events(song) == [(0, NOTE)]


def test_a_song_without_a_message(read):
    song = read(smf(track(end=960)))
    assert (len(song.times), song.frames, song.channels) == (0, RATE, 0)


@pytest.mark.parametrize(
    ("seconds", "ticks", "rate"), [(24, 4, 48000), (25, 40, 44100), (29, 8, 44100), (30, 2, 8000)]
)
def test_smpte_ticks_know_no_tempo(read, seconds, ticks, rate):
    data = smf(track((0, tempo(1)), (ticks * 100, NOTE)), division=(256 - seconds) << 8 | ticks)
    fps = 30 / 1.001 if seconds == 29 else seconds
    assert events(read(data, rate)) == [(round(100 * rate / fps), NOTE)]


def random_song(seed: int):
    """A file of several tracks, the ticks of its messages in order, tempo changes, division."""
    source = random.Random(seed)
    division = source.choice([24, 96, 480, 960, 32767])
    tracks, ticks, changes = [], [], []
    for number in range(source.randrange(1, 5)):
        tick, made = 0, []
        for _ in range(source.randrange(60)):
            delta = int(source.random() ** 4 * 20 * division)
            tick += delta
            if source.random() < 0.2:
                changes.append((tick, number, source.randrange(1, 1 << source.randrange(1, 24))))
                made.append((delta, tempo(changes[-1][2])))
            else:
                ticks.append(tick)
                made.append((delta, NOTE))
        tracks.append(track(*made, end=source.randrange(99)))
    # Of those at one tick the first track's comes first, and the last one counts.
    changes.sort(key=lambda change: change[:2])
    return smf(*tracks), sorted(ticks), [(tick, us) for tick, _, us in changes], division, tracks


@pytest.mark.parametrize("rate", [44100, 44099.488, 8000])
def test_every_message_is_at_its_frame_whatever_the_tempo_does(read, rate):
    changed = 0
    for seed in range(150):
        _, ticks, changes, division, tracks = random_song(seed)
        song = read(smf(*tracks, division=division), rate)
        expected = frames_of(ticks, changes, division, rate)
        assert np.abs(np.array(song.times) - expected).max(initial=0) < 0.51
        changed += len(changes)
    assert changed > 1000


MTRK = chunk(b"MTrk", b"")
# The file, and what is said of it.
DAMAGED = {
    "empty": (b"", "is empty"),
    "text": (b"this is no music at all", "is no MIDI file: it must begin with MThd"),
    "riff": (b"RIFF" + smf(track()), "is no MIDI file: it must begin with MThd"),
    "cut in the header": (header()[:13], "is damaged: its header has 13 bytes, not 14"),
    "a short header": (
        chunk(b"MThd", header()[8:], 5) + track(),
        "is damaged: byte 4: its header must have 6 bytes or more, not 5",
    ),
    "format 2": (smf(track(), form=2), "has format 2; allowed: 0 and 1"),
    "no track": (header(0, 1) + track(), "has 0 tracks; allowed in format 1: 1 to 64"),
    "two in format 0": (smf(track(), track(), form=0), "has 2 tracks; allowed in format 0: 1"),
    "many": (header(65535, 1), "has 65535 tracks; allowed in format 1: 1 to 64"),
    "division 0": (smf(track(), division=0), "is damaged: byte 12: a division of 0"),
    "smpte of 0": (smf(track(), division=0xE800), "is damaged: byte 12: a division of 0"),
    "smpte of 26": (smf(track(), division=0xE604), "frames a second; allowed: 24, 25, 29, 30"),
    "a track too few": (header(3) + track() + track(), "it has 2 tracks, and should have 3"),
    "no MTrk": (header() + chunk(b"MTrc", b"") * 500, "it has 0 tracks, and should have 1"),
    "a cut chunk": (
        smf(track((0, NOTE)))[:-1],
        "is damaged: byte 18: a chunk has 8 bytes, and the file 7 after it",
    ),
    "an empty track": (header() + MTRK, "track 1, byte 22: it has no end"),
    "no end": (
        header() + chunk(b"MTrk", b"\x00" + NOTE),
        "is damaged: track 1, byte 26: it has no end",
    ),
    "cut in a message": (
        header() + chunk(b"MTrk", b"\x00\x90\x3c"),
        "is damaged: track 1, byte 25: it has no end",
    ),
    "more after the end": (
        header() + chunk(b"MTrk", b"\x00\xff\x2f\x00\x00"),
        "is damaged: track 1, byte 25: 1 bytes follow its end",
    ),
    "no status": (
        smf(track((0, b"\x3c\x40"))),
        "is damaged: track 1, byte 23: 0x3c has no status before it",
    ),
    "no status after a meta event": (
        smf(track(), track((0, NOTE), (0, b"\xff\x01\x00"), (0, b"\x3c\x40"))),
        "is damaged: track 2, byte 43: 0x3c has no status before it",
    ),
    "no data": (smf(track((0, b"\x90\x90\x3c"))), "track 1, byte 24: 0x90 is no data"),
    "no data, second": (smf(track((0, b"\x90\x3c\xff"))), "track 1, byte 25: 0xff is no data"),
    "no event": (smf(track((0, b"\xf4"))), "track 1, byte 23: 0xf4 is no event"),
    "a long number": (
        header() + chunk(b"MTrk", b"\x80\x80\x80\x80\x00" + NOTE),
        "is damaged: track 1, byte 25: a number has more than four bytes",
    ),
    "a long text": (
        smf(track((0, b"\xff\x01\x7f"))),
        "is damaged: track 1, byte 26: 127 bytes should follow, and there are 4",
    ),
    "a long exclusive": (
        smf(track((0, b"\xf0\xff\xff\xff\x7f"))),
        "byte 28: 268435455 bytes should follow, and there are 4",
    ),
    "a short tempo": (
        smf(track((0, b"\xff\x51\x02\x01\x02"))),
        "is damaged: track 1, byte 25: a tempo has 2 bytes, not 3",
    ),
    "tempo 0": (smf(track((0, tempo(0)))), "is damaged: track 1, byte 28: a tempo is 0"),
    "too long": (
        smf(track((0, tempo(0xFFFFFF)), (0xFFFFFFF, NOTE)), division=1),
        "lasts longer than 1073676288 frames",
    ),
    "too many": (smf(track(*[(0, NOTE)] * 4097)), "has more than 4096 messages"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_refused_in_one_line(read, name):
    data, line = DAMAGED[name]
    with pytest.raises(ValueError) as refused:
        read(data)
    assert "x.mid' " in str(refused.value)
    assert str(refused.value).endswith(line)
    assert "\n" not in str(refused.value)


def test_as_many_messages_and_tracks_as_are_allowed(read):
    assert len(read(smf(track(*[(0, NOTE)] * 4096))).times) == 4096
    assert len(read(smf(*[track((0, NOTE))] * MOST_TRACKS)).times) == MOST_TRACKS
    with pytest.raises(ValueError, match="has more than 9 messages"):
        read(smf(track(*[(0, NOTE)] * 10)), most=9)


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"none\.mid' does not exist$"):
        Song(str(tmp_path / "none.mid"), RATE)
    with pytest.raises(ValueError, match=r"' cannot be read: "):
        Song(str(tmp_path), RATE)
    with pytest.raises(TypeError, match="a song must be a path, not int"):
        Song(7, RATE)
    for rate in (0, -1, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="rate must be 1 to 1000000, not"):
            Song("x", rate)


def accepted(read, data: bytes) -> bool:
    """Whether a file is taken; what is taken is in order, and nothing but messages."""
    try:
        song = read(data)
    except ValueError as error:
        assert "x.mid' " in str(error)
        assert "\n" not in str(error)
        return False
    times = list(song.times)
    assert times == sorted(times)
    assert all(time <= song.frames for time in times)
    for message in song.messages:
        assert 0x80 <= message & 0xFF < 0xF0
        assert not message & 0xFF808000
    return True


def test_10000_files_of_random_bytes(read):
    source = random.Random(7)
    taken = 0
    for k in range(10000):
        junk = source.randbytes(source.randrange(120))
        if k % 4 == 1:
            junk = header() + junk
        elif k % 4 == 2:
            junk = header() + chunk(b"MTrk", junk)
        elif k % 4 == 3:  # data and short times, as in music
            junk = bytes(byte & 127 if source.random() < 0.8 else byte for byte in junk)
            junk = smf(chunk(b"MTrk", b"\x00\x90" + junk + b"\xff\x2f\x00"))
        taken += accepted(read, junk)
    assert 0 < taken < 5000


def test_10000_files_that_were_damaged(read):
    source = random.Random(8)
    files = [random_song(seed)[0] for seed in range(40)]
    taken = 0
    for k in range(10000):
        data = bytearray(files[k % 40])
        for _ in range(source.randrange(1, 6)):
            data[source.randrange(len(data))] = source.randrange(256)
        if source.random() < 0.3:
            del data[source.randrange(len(data)) :]
        taken += accepted(read, bytes(data))
    assert 500 < taken < 9500


_ON_A_BOARD = """
import gc, random
from aether.midi import Song
data = open("good.mid", "rb").read()
song = Song("good.mid", 44100)
print(len(song.times), song.frames, song.channels)
print(sum(song.times) & 0xFFFFFF, sum(song.messages) & 0xFFFFFF)
random.seed(3)
refused = 0
for _ in range(TIMES):
    bad = bytearray(data)
    for _ in range(random.getrandbits(2) + 1):
        bad[random.getrandbits(16) % len(bad)] = random.getrandbits(8)
    with open("bad.mid", "wb") as file:
        file.write(bad)
    try:
        Song("bad.mid", 44100)
    except ValueError:
        refused += 1
print(refused > TIMES // 4)
"""


def test_it_is_the_same_on_micropython(micropython, read):
    data = random_song(2)[0]
    song = read(data)
    times = 10 if micropython.emulated else 300
    said = micropython.run(_ON_A_BOARD.replace("TIMES", str(times)), files={"good.mid": data})
    assert said.splitlines() == [
        f"{len(song.times)} {song.frames} {song.channels}",
        f"{sum(song.times) & 0xFFFFFF} {sum(song.messages) & 0xFFFFFF}",
        "True",
    ]
