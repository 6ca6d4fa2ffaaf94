"""MIDI by other means than the library's: a reference parser, and files written byte by byte."""

import re
import struct

import numpy as np

# Methods of a handler, by the status of their message.
NAMES = {
    0x80: "note_off",
    0x90: "note_on",
    0xA0: "key_pressure",
    0xB0: "control",
    0xC0: "program",
    0xD0: "pressure",
    0xE0: "bend",
}
REAL_TIME = {0xF8: "midi_clock", 0xFA: "midi_start", 0xFB: "midi_continue", 0xFC: "midi_stop"}


class Log:
    """A handler that keeps the calls of all its methods, as tuples that begin with the name."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments: self.calls.append((name, *arguments))


def call(status: int, data: bytes, frame=0) -> tuple:
    """The call of a handler that a message is."""
    kind, channel = status & 0xF0, status & 15
    if kind == 0xE0:
        return "bend", channel, data[0] + 128 * data[1], frame
    if kind == 0x90 and data[1] == 0:
        kind = 0x80
    return NAMES[kind], channel, *data, frame


def reference(stream: bytes) -> list[tuple]:
    """What a parser makes of a stream: found by regular expressions, not byte by byte."""
    places = [i for i, byte in enumerate(stream) if byte < 0xF8]
    found = [(i, (REAL_TIME[byte],)) for i, byte in enumerate(stream) if byte in REAL_TIME]
    plain = bytes(stream[i] for i in places)
    for part in re.finditer(rb"([\x80-\xef])([\x00-\x7f]*)", plain):
        status = part[1][0]
        size = 1 if 0xC0 <= status < 0xE0 else 2
        for group in re.finditer(b"[\x00-\x7f]{%d}" % size, part[2]):
            place = places[part.start(2) + group.end() - 1]
            found.append((place, call(status, group[0])))
    return [call for _, call in sorted(found, key=lambda pair: pair[0])]


def number(value: int) -> bytes:
    """A number of variable length."""
    out = [value & 127]
    while value := value >> 7:
        out.append(value & 127 | 128)
    return bytes(reversed(out))


def chunk(name: bytes, data: bytes, size: int | None = None) -> bytes:
    return name + struct.pack(">I", len(data) if size is None else size) + data


def header(tracks=1, form=None, division=480) -> bytes:
    form = int(tracks > 1) if form is None else form
    return chunk(b"MThd", struct.pack(">HHH", form, tracks, division))


def track(*events: tuple[int, bytes], end=0) -> bytes:
    """A track of (ticks since the event before, its bytes)."""
    body = b"".join(number(delta) + data for delta, data in events)
    return chunk(b"MTrk", body + number(end) + b"\xff\x2f\x00")


def tempo(us: int) -> bytes:
    return b"\xff\x51\x03" + us.to_bytes(3, "big")


def smf(*tracks: bytes, **options) -> bytes:
    """A MIDI file of tracks."""
    return header(len(tracks), **options) + b"".join(tracks)


def frames_of(ticks, changes, division: int, rate: float) -> np.ndarray:
    """The frames of ticks, in float64; changes: (tick, microseconds a quarter note), in order."""
    points = [(0, 500000), *changes]
    at = np.array([tick for tick, _ in points], float)
    us = np.array([us for _, us in points], float)
    seconds = np.concatenate([[0], np.cumsum(np.diff(at) * us[:-1])]) / division / 1e6
    # Of changes at one tick the last one counts.
    part = np.searchsorted(at, ticks, side="right") - 1
    return (seconds[part] + (np.asarray(ticks) - at[part]) * us[part] / division / 1e6) * rate
