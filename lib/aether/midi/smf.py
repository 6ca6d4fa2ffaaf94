"""The header of a Standard MIDI File, and where its tracks are."""

import struct

from aether.midi.track import Track

# Each takes some 250 bytes of a board's memory while a file is read.
MOST_TRACKS = 64
# A file of nothing but tiny chunks must not keep a board busy for minutes.
_MOST_CHUNKS = 2 * MOST_TRACKS


def read_header(file) -> tuple:
    """Division and Tracks of an open binary file.

    ValueError for what is no MIDI file of format 0 or 1, or is cut short. The message continues
    a line that names the file. Main program only; allocates.
    """
    length = file.seek(0, 2)
    file.seek(0)
    head = file.read(14)
    if not head:
        raise ValueError("is empty")
    if head[:4] != b"MThd":
        raise ValueError("is no MIDI file: it must begin with MThd")
    if len(head) < 14:
        raise ValueError("is damaged: its header has %d bytes, not 14" % len(head))
    size, form, count, division = struct.unpack(">IHHH", head[4:])
    if size < 6:
        raise ValueError("is damaged: byte 4: its header must have 6 bytes or more, not %d" % size)
    if form > 1:
        raise ValueError("has format %d; allowed: 0 and 1" % form)
    if not 1 <= count <= (MOST_TRACKS if form else 1):
        raise ValueError(
            "has %d tracks; allowed in format %d: 1%s"
            % (count, form, " to %d" % MOST_TRACKS if form else "")
        )
    return division, _tracks(file, 8 + size, length, count)


def _tracks(file, at, length, count):
    tracks = []
    for _ in range(_MOST_CHUNKS):
        file.seek(min(at, length))
        head = file.read(8)
        if len(head) < 8:
            break
        size = struct.unpack(">I", head[4:])[0]
        at += 8
        if size > length - at:
            raise ValueError(
                "is damaged: byte %d: a chunk has %d bytes, and the file %d after it"
                % (at - 4, size, length - at)
            )
        if head[:4] == b"MTrk":
            tracks.append(Track(file, len(tracks) + 1, at, size))
            if len(tracks) == count:
                return tracks
        at += size
    raise ValueError("is damaged: it has %d tracks, and should have %d" % (len(tracks), count))
