"""Fades of PCM frames, where they lie in the memory of a block: no click beside silence.

`fades(bits, lanes, frames)` gives what a stream needs for blocks of so many frames, of 1 or 2
samples each (`lanes`): begin, end and last. begin(slot) lets a block begin from nothing.
end(slot, before, last) puts into the silent block `slot` what may follow the block `before`: its
last frame, fading; `last` is where that is, in bytes. Slots are buffers of a block's bytes,
aligned as its samples are. Neither allocates where MicroPython has a native emitter. Any context.
A fade is linear, over 64 frames in and 32 out, or what a block has of that.
"""

from aether.const import const

try:
    import aether.fades_viper as _hot
except (ImportError, SyntaxError, ValueError):
    import aether.fades_portable as _hot

# Frames, as powers of two.
_IN = const(6)
_OUT = const(5)


def fades(bits: int, lanes: int, frames: int):
    """(begin, end, last) for blocks of `frames` frames. Allocates."""
    last = (frames - 1) * lanes * bits // 8
    end = _hot.ending(bits, lanes, _shift(frames, _OUT))
    return _hot.beginning(bits, lanes, _shift(frames, _IN)), end, last


def _shift(frames, most):
    # The highest power of two that a block has.
    shift = most
    while 1 << shift > frames:
        shift -= 1
    return shift
