"""The piece that `polysynth` plays: a Standard MIDI File, composed here, of 55 seconds.

D minor, 96 beats a minute: a pad alone, whose filter opens; an arpeggio and a bass; a melody,
which climbs to an E flat chord and falls back; and a last chord in major, slower and slower.
"""

import struct
from collections.abc import Iterable
from itertools import pairwise

# Ticks of a quarter note, a sixteenth and a bar.
_QUARTER = 480
_SIXTEENTH = _QUARTER // 4
_BAR = 4 * _QUARTER
# How long the sound takes to die away after the last note, in bars.
_TAIL = 1
_BARS = 20
# Beats a minute, from a bar on.
_TEMPOS = ((0, 96), (17, 92), (18, 84), (18.5, 76), (19, 66))

# MIDI channels, which are programs as well.
PAD, ARPEGGIO, BASS, LEAD, BELL = range(5)
_MODULATION, _VOLUME, _PAN, _SUSTAIN, _CUTOFF, _REVERB = 1, 7, 10, 64, 74, 91

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}

_DM9 = "D3 A3 C4 E4 F4"
_BB = "Bb2 F3 A3 D4 F4"
_F = "A2 F3 A3 C4 E4"
_C = "C3 E3 G3 D4 E4"
_GM9 = "G2 F3 A3 Bb3 D4"
_DM_F = "F2 F3 A3 D4 A4"
_EB = "Eb3 G3 Bb3 D4 F4"
_A_SUS = "A2 G3 A3 D4 E4"
_D = "D3 A3 D4 E4 F#4 A4"
# Chords of the pad: bar, bars, notes.
_CHORDS = (
    *((bar, 1, notes) for bar, notes in enumerate((_DM9, _BB, _F, _C) * 3)),
    (12, 1, _GM9),
    (13, 1, _DM_F),
    (14, 1, _EB),
    (15, 0.5, _A_SUS),
    (15.5, 0.5, _A_SUS.replace("D4", "C#4")),
    (16, 1, _DM9),
    (17, 1, _BB),
    (18, 1, "G2 E3 Bb3 D4 A4"),
    (19, 1, _D),
)
# The melody from bar 8 on: pitch, beats.
_MELODY = """
A4 1.5  D5 .5  E5 1  F5 1     F5 1.5  E5 .5  D5 1  A4 1
C5 1.5  E5 .5  G5 1  A5 1     G5 2  E5 1  D5 1
A5 1.5  Bb5 .5  A5 1  F5 1    A5 1  F5 .5  E5 .5  D5 2
G5 1  F5 .5  Eb5 .5  D5 1  Bb4 1    D5 2  C#5 2
D5 4
"""
# Bells: bar and beat, pitch.
_BELLS = """
0:2 A5   0:3.5 E6   1:2 D6   2:1.5 C6   2:3 E6   3:2 G5   3:3 D6
5:3 A5   6:3 G6     7:2.5 D6
12:2.5 D6  12:3.5 F6  13:2 A6   13:3.5 F6  14:2.5 G6  14:3.5 Bb6  15:1.5 E6  15:3 G6
16:1.5 A5  16:2.5 E6  16:3.5 F6   17:1 D6  17:2 F6  17:3 A6   18:1 D6  18:2 A5  18:3 Bb5
19:0 D5  19:.5 F#5  19:1 A5  19:1.5 D6  19:2 E6  19:2.5 A6
"""
# Which of a chord's notes, over two octaves, each sixteenth of a bar plays; and how the bass goes:
# beat, beats, semitones above the root.
_PATTERN = (0, 2, 4, 1, 3, 5, 2, 4, 6, 3, 5, 7, 4, 6, 5, 3)
_WALK = ((0, 1.4, 0), (1.5, 0.4, 0), (2, 0.9, 12), (3, 0.4, 0), (3.5, 0.4, 7))


def piece() -> bytes:
    """The file: format 1, a track for the tempo and one for each channel."""
    tracks = [_conductor(), _pad(), _arpeggio(), _bass(), _lead(), _bells()]
    head = struct.pack(">4sIHHH", b"MThd", 6, 1, len(tracks), _QUARTER)
    return head + b"".join(_track(events) for events in tracks)


def seconds() -> float:
    """How long it lasts, the tail included."""
    ends = [*(bar for bar, _ in _TEMPOS[1:]), _BARS + _TAIL]
    return sum(
        (end - bar) * 4 * 60 / beats for end, (bar, beats) in zip(ends, _TEMPOS, strict=True)
    )


def _ticks(bar: float, beat: float = 0.0) -> int:
    return round(bar * _BAR + beat * _QUARTER)


def _pitch(name: str) -> int:
    """The number of a note such as Bb3; C4 is 60."""
    sharp = {"#": 1, "b": -1}.get(name[1], 0)
    return 12 * (int(name[-1]) + 1) + _STEPS[name[0]] + sharp


def _conductor() -> list[tuple[int, bytes]]:
    tempos = ((bar, round(60e6 / beats).to_bytes(3, "big")) for bar, beats in _TEMPOS)
    return [
        (0, b"\xff\x03\x06aether"),
        (0, b"\xff\x58\x04\x04\x02\x18\x08"),
        *((_ticks(bar), b"\xff\x51\x03" + tempo) for bar, tempo in tempos),
    ]


def _part(channel: int, volume: int, pan: int, reverb: int) -> list[tuple[int, bytes]]:
    """How a channel begins: its program and controllers."""
    return [
        (0, bytes([0xC0 | channel, channel])),
        (0, _control(channel, _VOLUME, volume)),
        (0, _control(channel, _PAN, pan)),
        (0, _control(channel, _REVERB, reverb)),
    ]


def _control(channel: int, number: int, value: int) -> bytes:
    return bytes([0xB0 | channel, number, value])


def _note(channel: int, at: int, ticks: int, pitch: int, velocity: int):
    yield at, bytes([0x90 | channel, pitch, max(1, min(velocity, 127))])
    yield at + ticks, bytes([0x80 | channel, pitch, 64])


def _pad() -> list[tuple[int, bytes]]:
    events = _part(PAD, 88, 64, 70)
    for bar, bars, notes in _CHORDS:
        last = bar == 19
        velocity = 62 + (bar >= 8) * 8 + (12 <= bar < 16) * 12 - (bar >= 16) * 6
        for i, name in enumerate(notes.split()):
            # Broken a little, from the bass up; the last one more so.
            late = i * (60 if last else 10)
            ticks = _ticks(bars) - late - 20
            events += _note(PAD, _ticks(bar) + late, ticks, _pitch(name), velocity - 3 * i)
    return [*events, *_sweep()]


def _sweep() -> Iterable[tuple[int, bytes]]:
    """The filter: eight steps a beat would be heard, so there are as many as make a line."""
    points = ((0, 22), (4, 58), (8, 70), (12, 88), (14.5, 116), (16, 92), (18.5, 40), (20, 76))
    value = None
    for (bar, start), (end, goal) in pairwise(points):
        for tick in range(_ticks(bar), _ticks(end), _SIXTEENTH):
            part = (tick - _ticks(bar)) / (_ticks(end) - _ticks(bar))
            before, value = value, round(start + (goal - start) * part)
            if value != before:
                yield tick, _control(PAD, _CUTOFF, value)


def _arpeggio() -> list[tuple[int, bytes]]:
    events = _part(ARPEGGIO, 80, 84, 80)
    for bar, bars, notes in _CHORDS:
        if not 4 <= bar < 18:
            continue
        tones = sorted(_pitch(name) for name in notes.split()[1:])
        tones = [pitch + 12 for pitch in tones] + [pitch + 24 for pitch in tones]
        first = round(bar % 1 * 16)
        loud = 46 + min(bar, 14) * 2 - (bar >= 16) * 14
        for step in range(first, first + round(bars * 16)):
            accent = 16 if step % 16 in (0, 3, 6, 10, 13) else 0
            at = _ticks(int(bar)) + step * _SIXTEENTH
            swing = _SIXTEENTH // 8 * (step & 1)
            pitch = tones[_PATTERN[step % 16]]
            events += _note(
                ARPEGGIO, at + swing, _SIXTEENTH - 30, pitch, round(loud) + accent - 4 * (step & 1)
            )
    return events


def _bass() -> list[tuple[int, bytes]]:
    events = _part(BASS, 100, 64, 20)
    for bar, bars, notes in _CHORDS:
        root = _pitch(notes.split()[0]) - 12
        root += 12 if root < 26 else 0
        if 8 <= bar < 16:
            for beat, beats, up in _WALK:
                if beat < bars * 4:
                    at = _ticks(bar, beat)
                    events += _note(BASS, at, _ticks(0, beats), root + up, 92 - (beat > 0) * 10)
        elif bar >= 4:
            events += _note(BASS, _ticks(bar), _ticks(bars) - 40, root, 84)
    return events


def _lead() -> list[tuple[int, bytes]]:
    events = _part(LEAD, 92, 54, 90)
    words = _MELODY.split()
    beat = 0.0
    for name, length in zip(words[::2], words[1::2], strict=True):
        at, beats = _ticks(8, beat), float(length)
        velocity = 78 + (16 <= beat < 28) * 14 + (beat % 4 == 0) * 8 - (beat >= 32) * 20
        events += _note(LEAD, at, _ticks(0, beats) - 24, _pitch(name), velocity)
        if beats >= 1.5:  # vibrato comes in on long notes
            for i in range(8):
                late = _ticks(0, beats * (0.4 + 0.6 * i / 8))
                events.append((at + late, _control(LEAD, _MODULATION, 10 * i)))
            events.append((at + _ticks(0, beats) - 12, _control(LEAD, _MODULATION, 0)))
        beat += beats
    # Into the highest note from a semitone below.
    for i in range(9):
        bend = 8192 - 512 * (8 - i)
        tick = _ticks(12) + i * 15
        events.append((tick, bytes([0xE0 | LEAD, bend & 127, bend >> 7])))
    return events


def _bells() -> list[tuple[int, bytes]]:
    events = _part(BELL, 84, 40, 110)
    words = _BELLS.split()
    for place, name in zip(words[::2], words[1::2], strict=True):
        bar, _, beat = place.partition(":")
        at = _ticks(int(bar), float(beat))
        events += _note(BELL, at, _QUARTER, _pitch(name), 70 if int(bar) < 12 else 82)
    # The last ones ring together.
    events.append((_ticks(19) - 10, _control(BELL, _SUSTAIN, 127)))
    events.append((_ticks(20, 2), _control(BELL, _SUSTAIN, 0)))
    return events


def _track(events: Iterable[tuple[int, bytes]]) -> bytes:
    """A chunk; of what is due at once, notes end before others begin."""
    body, before = b"", 0
    ends = _ticks(_BARS + _TAIL)
    for tick, data in sorted(events, key=lambda e: (e[0], e[1][0] & 0xF0 == 0x90)):
        body += _number(tick - before) + data
        before = tick
    body += _number(ends - before) + b"\xff\x2f\x00"
    return struct.pack(">4sI", b"MTrk", len(body)) + body


def _number(value: int) -> bytes:
    """A number of variable length: seven bits a byte."""
    out = bytes([value & 127])
    while value := value >> 7:
        out = bytes([value & 127 | 128]) + out
    return out
