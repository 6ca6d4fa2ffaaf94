"""A song out of a callback: each message at its frame, in whatever blocks it is played."""

import random

import pytest
from aether.midi import Player, Song
from micropython_host import beside
from midi_kit import Log, call, smf, tempo, track

RATE = 48000
# Ticks of a song at 48,000 frames a second: one tick is one frame.
FRAMES = {"division": 480}
ONE_TO_ONE = tempo(10000)


@pytest.fixture
def song(tmp_path):
    """A song of messages at frames, which ends at another."""

    def make(*events: tuple[int, bytes], end: int) -> Song:
        before, made = 0, [(0, ONE_TO_ONE)]
        for frame, data in events:
            made.append((frame - before, data))
            before = frame
        path = tmp_path / "x.mid"
        path.write_bytes(smf(track(*made, end=end - before), **FRAMES))
        song = Song(str(path), RATE)
        assert list(song.times) == [frame for frame, _ in events]
        assert song.frames == end
        return song

    return make


class Clocked(Log):
    """A handler that knows the frame each block begins with, and keeps when it was called."""

    def __init__(self):
        super().__init__()
        self.now = self.frames = 0

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments: self._keep(name, *arguments)

    def _keep(self, name, *arguments):
        *values, frame = arguments
        assert 0 <= frame < self.frames
        self.calls.append((name, *values, self.now + frame))


def play(player: Player, handler: Clocked, blocks) -> None:
    for n in blocks:
        handler.frames = n
        player.advance(n)
        handler.now += n


def notes(count: int, seed: int, last: int) -> list[tuple[int, bytes]]:
    source = random.Random(seed)
    frames = sorted(source.randrange(last) for _ in range(count))
    return [(f, bytes([0x90 | source.randrange(16), i % 128, 1])) for i, f in enumerate(frames)]


def calls_of(events, offset=0) -> list[tuple]:
    return [(*call(data[0], data[1:])[:-1], frame + offset) for frame, data in events]


def letting_go(song: Song, at: int) -> list[tuple]:
    """What the end of a song sends: no sustain, no note, on each channel that was used."""
    used = [channel for channel in range(16) if song.channels >> channel & 1]
    return [("control", channel, number, 0, at) for channel in used for number in (64, 123)]


@pytest.mark.parametrize("n", [4, 64, 256, 1024])
def test_every_message_is_sent_at_its_frame_and_once(song, n):
    made = song(*(events := notes(200, n, 20000)), end=20000)
    handler = Clocked()
    player = Player(made, handler)
    play(player, handler, [n] * 3)
    assert not handler.calls
    assert not player.playing()
    player.start()
    assert player.playing()
    handler.now = 0
    play(player, handler, [n] * (20000 // n + 5))
    assert not player.playing()
    end = -(-20000 // n) * n - n
    assert handler.calls == calls_of(events) + letting_go(made, end)


def test_blocks_may_differ(song):
    made = song(*(events := notes(300, 1, 30000)), end=30000)
    handler = Clocked()
    player = Player(made, handler)
    player.start()
    source = random.Random(2)
    sizes = [4 * source.randrange(1, 100) for _ in range(130)]
    play(player, handler, sizes)
    assert sum(sizes) < 30000
    due = [event for event in events if event[0] < sum(sizes)]
    assert handler.calls == calls_of(due)
    assert player.position() == sum(sizes)


@pytest.mark.parametrize("end", [5001, 5000, 4992, 4993, 5055, 640])
def test_a_loop_has_no_gap(song, end):
    events = [(0, b"\x90\x01\x01"), (end // 2, b"\x90\x02\x01"), (end, b"\x80\x01\x00")]
    made = song(*events, end=end)
    handler = Clocked()
    player = Player(made, handler, loop=True)
    player.start()
    play(player, handler, [64] * 400)
    expected = [c for turn in range(60) for c in calls_of(events, turn * end)]
    assert handler.calls == [c for c in expected if c[-1] < handler.now]
    assert player.playing()
    player.loop = False
    play(player, handler, [64] * 100)
    assert not player.playing()


@pytest.mark.parametrize("end", [0, 1, 63, 64])
def test_a_loop_shorter_than_a_block_plays_on(song, end):
    handler = Clocked()
    player = Player(song((0, b"\x90\x01\x01"), end=end), handler, loop=True)
    player.start()
    play(player, handler, [64] * 50)
    assert len(handler.calls) in (50, 51)
    assert player.position() <= 64


def test_a_song_without_messages(song):
    for loop in (False, True):
        handler = Clocked()
        player = Player(song(end=100), handler, loop=loop)
        player.start()
        play(player, handler, [64] * 10)
        assert handler.calls == []
        assert player.playing() == loop


def test_pause_lets_go_and_goes_on_from_there_stop_from_the_beginning(song):
    made = song(*(events := notes(100, 3, 6400)), end=6400)
    handler = Clocked()
    player = Player(made, handler)
    player.start()
    play(player, handler, [64] * 20)
    player.pause()
    assert not player.playing()
    play(player, handler, [64] * 10)
    paused = letting_go(made, 1280)
    assert handler.calls == calls_of(events[: len(handler.calls) - len(paused)]) + paused
    assert player.position() == 1280
    handler.calls.clear()
    player.start()
    play(player, handler, [64] * 10)
    later = [event for event in events if 1280 <= event[0] < 1920]
    assert handler.calls == calls_of(later, 640)
    player.stop()
    handler.calls.clear()
    play(player, handler, [64] * 2)
    assert handler.calls == letting_go(made, 40 * 64)
    assert player.position() == 0
    player.stop()
    play(player, handler, [64])
    assert len(handler.calls) == len(letting_go(made, 0))


def test_a_block_of_64_frames_sends_no_more_than_6_messages_and_none_is_lost(song):
    events = [(100, bytes([0x90, i % 128, 1])) for i in range(100)] + [(150, b"\x80\x05\x00")]
    made = song(*events, end=200)
    handler = Clocked()
    player = Player(made, handler)
    player.start()
    sent = []
    while player.playing():
        before = len(handler.calls)
        play(player, handler, [64])
        sent.append(len(handler.calls) - before)
    assert sent == [0, *[6] * 16, 5 + len(letting_go(made, 0))]
    assert [c[2] for c in handler.calls[:100]] == [i % 128 for i in range(100)]
    # The first at its frame; what had to wait, at the beginning of a block.
    assert {c[-1] for c in handler.calls[:6]} == {100}
    assert {c[-1] for c in handler.calls[6:101]} == {64 * block for block in range(2, 18)}


def test_a_handler_that_raises_loses_one_message(song):
    class Picky(Clocked):
        def note_on(self, channel, note, velocity, frame):
            if note == 1:
                raise RuntimeError("unlucky")
            self.calls.append(note)

    made = song(*[(i, bytes([0x90, i, 1])) for i in range(4)], end=100)
    handler = Picky()
    handler.frames = 64
    player = Player(made, handler)
    player.start()
    with pytest.raises(RuntimeError):
        player.advance(64)
    player.advance(64)
    assert handler.calls[:3] == [0, 2, 3]


def test_channels_that_are_not_heard(song):
    made = song((0, b"\x90\x01\x01"), (1, b"\x95\x01\x01"), end=10)
    handler = Clocked()
    player = Player(made, handler, channels=5)
    player.start()
    play(player, handler, [64])
    assert [c[:2] for c in handler.calls] == [("note_on", 5), ("control", 5), ("control", 5)]


_WATCHED = """
from aether.midi import Player, Song
from heap_watch import grown

class Handler:
    def __init__(self):
        self.heard = 0
    def note_on(self, channel, note, velocity, frame):
        self.heard += 1
    note_off = control = note_on

song = Song("x.mid", 48000)
handler = Handler()
player = Player(song, handler, loop=True)

def play(player, blocks):
    for _ in range(blocks):
        player.advance(64)

def change(player, blocks):
    player.pause()
    play(player, blocks)
    player.start()
    play(player, blocks)
    player.stop()
    play(player, blocks)

player.start()
print(grown(play, player, 500), handler.heard)
print(grown(change, player, 9))
# As far into a song as one can get.
player._position = 0x3FFF0000
player._frames = 0x3FFF0000 + 640
player._due = 0x3FFF0000 + 100
player._going = True
print(grown(play, player, 30))
"""


def test_nothing_is_allocated(micropython):
    data = smf(track((0, ONE_TO_ONE), *[(20, b"\x90\x3c\x40")] * 400, end=7), **FRAMES)
    files = beside("heap_watch.py") | {"x.mid": data}
    # 8,007 frames a turn, 500 blocks of 64.
    turns, rest = divmod(500 * 64, 8007)
    heard = turns * 400 + (rest - 1) // 20
    assert micropython.run(_WATCHED, files=files).splitlines() == [f"0 {heard}", "0", "0"]
