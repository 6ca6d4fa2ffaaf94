"""The arithmetic of `tone` in plain Python: what it computes, in the fewest words. Allocates.

All of it is done in whole numbers: float objects are boxed. Samples are sums of the unsigned
values of a sine table; `_tone_tables` has the layout of tables and bank. Blocks have n samples,
n a multiple of GROUP.
"""

import struct

from apps._tone_tables import (
    AT,
    END,
    FADE,
    FADE_STEP,
    GROUP,
    HEAD,
    PHASE,
    REST,
    RISE,
    STEP,
    STRIDE,
    VOICES,
    WAIT,
    ZERO,
)


def _gain(ramp, at):
    # Of a ramp that has come to `at`, 0 to END: 0 to 32768, half a wave of a cosine.
    i = at >> 20
    return ramp[i] + ((ramp[i + 1] - ramp[i]) * (at >> 6 & 0x3FFF) >> 14)


def _wave(sine, phase):
    p = phase >> 22
    return sine[p] + ((sine[p + 1] - sine[p]) * (phase >> 8 & 0x3FFF) >> 14)


def _scaled(x, gain, slope, k):
    # The k-th of a group: x * gain / 32768, the gain on a straight line. Stays within 32 bits.
    return (x >> 7) * (gain + (slope * k >> 3)) >> 8


def sines(acc, sine, ramp, bank, n):
    """Add a block of every voice to acc, an array of ints."""
    zero = bank[ZERO]
    for v in range(HEAD, HEAD + STRIDE * bank[VOICES], STRIDE):
        wait = bank[v + WAIT]
        if wait:
            bank[v + WAIT] = wait - n
            for i in range(n):
                acc[i] += zero
            continue
        for i in range(0, n, GROUP):
            at = bank[v + AT]
            bank[v + AT] = min(at + bank[v + RISE], END)
            gain = _gain(ramp, at)
            slope = _gain(ramp, bank[v + AT]) - gain
            for k in range(GROUP):
                x = _wave(sine, bank[v + PHASE])
                if at < END:
                    x = _scaled(x - zero, gain, slope, k) + zero
                acc[i + k] += x
                bank[v + PHASE] = bank[v + PHASE] + bank[v + STEP] & 0xFFFFFFFF


def fade(acc, ramp, bank, n):
    """Let the block in acc die away, by one step of the fade for every GROUP samples."""
    rest = bank[REST]
    for i in range(0, n, GROUP):
        gain = _gain(ramp, bank[FADE])
        bank[FADE] = max(bank[FADE] - bank[FADE_STEP], 0)
        slope = _gain(ramp, bank[FADE]) - gain
        for k in range(GROUP):
            acc[i + k] = _scaled(acc[i + k] - rest, gain, slope, k) + rest


def drain(frames, acc, bank, n):
    """Move a block from acc to frames, samples of 32 bits; leaves acc all zeros."""
    for i in range(n):
        struct.pack_into("<i", frames, 4 * i, acc[i] - bank[REST] << 8)
        acc[i] = 0
