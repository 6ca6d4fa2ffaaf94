"""The header of a WAV file, read with care: anything may stand in it."""

import struct

_PCM = 1
_FLOAT = 3
_EXTENSIBLE = 0xFFFE
# What follows the two bytes of the format in an extensible header's sub-format.
_GUID = b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"
# A file of nothing but tiny chunks must not keep a board busy for minutes.
_MOST_CHUNKS = 64


class Format:
    """What a header says. rate: frames a second; channels: 1 or 2; bits: 8, 16, 24 or 32 a sample,
    of which `floating` says whether they are float32; start: where the sound begins in the file,
    in bytes; frames: how many there are; frame_bytes: bytes of one."""

    def __init__(self, rate, channels, bits, floating):
        self.rate = rate
        self.channels = channels
        self.bits = bits
        self.floating = floating
        self.frame_bytes = channels * bits // 8
        self.start = self.frames = 0


def read_format(file) -> Format:
    """The Format of an open binary file. ValueError for what is no WAV file, or cannot be played.

    The message continues a line that names the file: "is damaged: ...". A size of the data that
    cannot be true, as in streamed files, means up to the end of the file. Allocates.
    """
    length = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    if not head:
        raise ValueError("is empty")
    if head[:4] != b"RIFF" or head[8:12] not in (b"WAVE", b""):
        raise ValueError("is no WAV file: it must begin with RIFF and WAVE")
    found = None
    at = 12
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            break
        name, size = head[:4], struct.unpack("<I", head[4:])[0]
        at += 8
        if name == b"fmt ":
            found = _format(file.read(min(size, 40)), size)
        elif name == b"data":
            return _with_data(found, at, size, length)
        at += size + (size & 1)
        if at >= length:
            break
    missing = "data" if found else "fmt"
    raise ValueError("is damaged: its header has no %s chunk" % missing)


def _format(fields, size):
    if len(fields) < 16:
        raise ValueError("is damaged: its fmt chunk has %d bytes, not 16" % len(fields))
    kind, channels, rate, _, frame_bytes, bits = struct.unpack("<HHIIHH", fields[:16])
    if kind == _EXTENSIBLE:
        if len(fields) < 40 or fields[26:40] != _GUID:
            raise ValueError("has a format of its own; allowed: PCM and float")
        kind = struct.unpack("<H", fields[24:26])[0]
    if kind not in (_PCM, _FLOAT):
        raise ValueError("has format %d; allowed: PCM (1) and float (3)" % kind)
    if channels not in (1, 2):
        raise ValueError("has %d channels; allowed: 1 and 2" % channels)
    if bits not in ((8, 16, 24, 32) if kind == _PCM else (32,)):
        raise ValueError(
            "has %s samples of %d bits; allowed: PCM of 8, 16, 24 and 32, float of 32"
            % ("PCM" if kind == _PCM else "float", bits)
        )
    found = Format(rate, channels, bits, kind == _FLOAT)
    if frame_bytes != found.frame_bytes:
        raise ValueError(
            "is damaged: it has %d bytes a frame, %d channels of %d bits make %d"
            % (frame_bytes, channels, bits, found.frame_bytes)
        )
    return found


def _with_data(found, at, size, length):
    if found is None:
        raise ValueError("is damaged: its data comes before a fmt chunk")
    there = max(0, length - at)
    if size == 0 or size > there:
        size = there
    found.start = at
    found.frames = size // found.frame_bytes
    if not found.frames:
        raise ValueError("has no sound in it")
    return found
