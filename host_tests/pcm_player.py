"""Runs conversions by name over the files beside it; on any interpreter. See kernel_player."""

import sys
from array import array
from binascii import b2a_base64

from aether import kernels
from kernel_player import between_guards

_GUARDS = 8
_GUARD = b"\x5a"


def play_pcm(name, n, odd, rows):
    """Prints, for n frames at a time, what a conversion leaves, the guards around it included.

    The frames begin `odd` bytes behind a multiple of four. rows: how often at most.
    """
    kernel = getattr(kernels, name)
    channels = 1 if name.startswith("mono_") else 2
    size = n * channels * int(name[-2:]) // 8
    if "to_pcm" in name:
        _to_pcm(kernel, channels, n, _frames(size, odd), rows)
    else:
        with open(name[-5:], "rb") as file:
            _from_pcm(kernel, channels, n, _frames(size, odd)[1], file, rows)


def _frames(size, odd):
    space = bytearray(_GUARD * (size + 2 * _GUARDS + odd))
    return space, memoryview(space)[_GUARDS + odd : _GUARDS + odd + size]


def _to_pcm(kernel, channels, n, frames, rows):
    left, right = array("f", bytes(4 * n)), array("f", bytes(4 * n))
    blocks = (left, right)[:channels]
    space, out = frames
    with open("left", "rb") as lefts, open("right", "rb") as rights:
        while rows > 0 and lefts.readinto(left):
            rows -= 1
            rights.readinto(right)
            before = bytes(left) + bytes(right)
            assert kernel(out, *blocks, n) is None
            assert bytes(left) + bytes(right) == before
            _print(bytes(space))


def _from_pcm(kernel, channels, n, frames, file, rows):
    spaces = [between_guards(n) for _ in range(channels)]
    blocks = [block for _, block in spaces]
    while rows > 0 and file.readinto(frames):
        rows -= 1
        before = bytes(frames)
        assert kernel(*blocks, frames, n) is None
        assert bytes(frames) == before
        _print(b"".join([bytes(space) for space, _ in spaces]))


def _print(data):
    sys.stdout.write(b2a_base64(data).decode())
