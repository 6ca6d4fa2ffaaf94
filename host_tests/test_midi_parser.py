"""The MIDI parser: any bytes, against a reference by regular expressions; nothing allocated."""

import random

import pytest
from aether.midi import Parser
from micropython_host import beside
from midi_kit import Log, reference


def parsed(stream: bytes, **options) -> list[tuple]:
    log = Log()
    Parser(log, **options).feed_bytes(stream, len(stream))
    return log.calls


# What is on the wire -> what it is.
STREAMS = {
    "a note": ("90 3c 40 80 3c 20", [("note_on", 0, 60, 64, 0), ("note_off", 0, 60, 32, 0)]),
    "velocity 0": ("93 3c 00", [("note_off", 3, 60, 0, 0)]),
    "running status": (
        "91 3c 40 3e 41 3c 00",
        [("note_on", 1, 60, 64, 0), ("note_on", 1, 62, 65, 0), ("note_off", 1, 60, 0, 0)],
    ),
    "running status of one byte": ("cf 05 06", [("program", 15, 5, 0), ("program", 15, 6, 0)]),
    "bends": (
        "e2 00 40 00 00 7f 7f",
        [("bend", 2, 8192, 0), ("bend", 2, 0, 0), ("bend", 2, 16383, 0)],
    ),
    "pressures": ("a0 3c 11 d0 12", [("key_pressure", 0, 60, 17, 0), ("pressure", 0, 18, 0)]),
    "a controller": ("bf 4a 7f", [("control", 15, 74, 127, 0)]),
    "real time inside a message": (
        "90 f8 3c fe 40 fa fb fc ff",
        [
            ("midi_clock",),
            ("note_on", 0, 60, 64, 0),
            ("midi_start",),
            ("midi_continue",),
            ("midi_stop",),
        ],
    ),
    "real time keeps running status": (
        "90 3c 40 f9 fd f8 3d 40",
        [("note_on", 0, 60, 64, 0), ("midi_clock",), ("note_on", 0, 61, 64, 0)],
    ),
    "exclusive, with a clock in it": ("90 f0 01 f8 02 3c 40 f7 3c 40", [("midi_clock",)]),
    "exclusive cut short by a status": ("f0 01 02 80 3c 40", [("note_off", 0, 60, 64, 0)]),
    "common messages end running status": ("90 3c 40 f2 01 02 3c 41", [("note_on", 0, 60, 64, 0)]),
    "an undefined status": ("90 3c 40 f4 3c 41 f5 3c 41 f6", [("note_on", 0, 60, 64, 0)]),
    "data without status": ("3c 40 7f 00", []),
    "cut short": ("90 3c", []),
    "cut short by another": ("90 3c b0 07 64", [("control", 0, 7, 100, 0)]),
    "nothing": ("", []),
}


@pytest.mark.parametrize("name", STREAMS)
def test_what_a_stream_means(name):
    text, calls = STREAMS[name]
    assert parsed(bytes.fromhex(text)) == calls
    assert reference(bytes.fromhex(text)) == calls


def noise(seed: int) -> bytes:
    """Bytes of all kinds; in every other stream status bytes are rare, as in music."""
    source = random.Random(seed)
    if seed & 1:
        return source.randbytes(source.randrange(200))
    return bytes(
        source.randrange(0x80) if source.random() < 0.7 else source.randrange(0x80, 0x100)
        for _ in range(source.randrange(200))
    )


def test_10000_random_streams_are_what_the_reference_makes_of_them():
    heard = 0
    for seed in range(10000):
        stream = noise(seed)
        calls = parsed(stream)
        assert calls == reference(stream), stream.hex()
        heard += len(calls)
    assert heard > 100000


@pytest.mark.parametrize("channels", [3, 0, (1, 15), [], range(16)])
def test_only_the_channels_that_were_asked_for_are_heard(channels):
    wanted = [channels] if isinstance(channels, int) else list(channels)
    heard = set()
    for seed in range(50):
        stream = noise(seed)
        calls = parsed(stream, channels=channels)
        assert calls == [c for c in reference(stream) if len(c) == 1 or c[1] in wanted]
        heard |= {c[1] for c in calls if len(c) > 1}
    assert heard == set(wanted)


@pytest.mark.parametrize(
    ("channels", "error", "line"),
    [
        (16, ValueError, "a channel must be 0 to 15, not 16"),
        ((0, -1), ValueError, "a channel must be 0 to 15, not -1"),
        ((1.0,), TypeError, "a channel must be an int, not float"),
        (True, TypeError, "a channel must be an int, not bool"),
    ],
)
def test_what_is_no_channel_is_refused(channels, error, line):
    with pytest.raises(error, match=f"^{line}$"):
        Parser(None, channels=channels)


def test_a_handler_needs_no_method_that_it_has_no_use_for():
    class Deaf:
        pass

    stream = b"".join(noise(seed) for seed in range(20))
    Parser(Deaf()).feed_bytes(stream, len(stream))


def test_what_a_handler_raises_comes_through_once():
    class Picky(Log):
        def note_on(self, channel, note, velocity, frame):
            if velocity == 13:
                raise RuntimeError("unlucky")
            self.calls.append(note)

    handler = Picky()
    parser = Parser(handler)
    parser.feed_bytes(b"\x90\x3c\x0c\x3d", 4)
    with pytest.raises(RuntimeError, match="unlucky"):
        parser.feed(13)
    parser.feed_bytes(b"\x3e\x0e", 2)
    assert handler.calls == [60, 62]


def test_reset_forgets_what_has_begun():
    log = Log()
    parser = Parser(log)
    parser.feed_bytes(b"\x90\x3c", 2)
    parser.reset()
    parser.feed_bytes(b"\x40\x3c\x40", 3)
    assert log.calls == []


_WATCHED = """
from aether.midi import Parser
from heap_watch import grown

class Handler:
    def __init__(self):
        self.heard = 0
        self.sum = 0
    def note_on(self, channel, note, velocity, frame):
        self.heard += 1
        self.sum = (self.sum * 31 + (channel << 14 | note << 7 | velocity)) & 0xFFFFF
    note_off = key_pressure = control = note_on
    def program(self, channel, value, frame):
        self.heard += 1
        self.sum = (self.sum * 31 + (channel << 14 | value)) & 0xFFFFF
    bend = pressure = program
    def midi_clock(self):
        self.heard += 1
    midi_start = midi_continue = midi_stop = midi_clock

handler = Handler()
parser = Parser(handler)
stream = open("stream", "rb").read()
print(grown(parser.feed_bytes, stream, len(stream)), handler.heard, handler.sum)
"""


def test_nothing_is_allocated_whatever_comes(micropython):
    stream = b"".join(noise(seed) for seed in range(60))
    heard = reference(stream)
    total = 0
    for _, *values in heard:
        if values:
            values = values[:-1]
            shifts = (14, 0) if len(values) == 2 else (14, 7, 0)
            packed = 0
            for value, shift in zip(values, shifts, strict=True):
                packed |= value << shift
            total = (total * 31 + packed) & 0xFFFFF
    files = beside("heap_watch.py") | {"stream": stream}
    said = micropython.run(_WATCHED, files=files)
    assert said == f"0 {len(heard)} {total}\n"
