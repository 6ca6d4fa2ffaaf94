"""The arithmetic of effects without a memory in plain Python: what it computes. Allocates.

Blocks of float32 become whole numbers of 2**-24 and go back; `words` says what a state has.
"""

from aether.nodes.effects.words import DRIVE, DRY, FEED, GOAL, INVERSE, NEXT, STEP, WET

_MOST = (1 << 29) - 1


def take(q, src, n):
    """q = src in parts of 2**24, cut off, and held below 32; NaN becomes 0."""
    for i in range(n):
        x = src[i]
        if x != x:
            x = 0.0
        q[i] = _MOST if x >= 32 else -_MOST if x <= -32 else int(x * 16777216)


def give(dst, q, n):
    """dst = q / 2**24, cut off to the 24 bits of a float32."""
    for i in range(n):
        x = q[i]
        size = abs(x)
        rest = 0
        while size >> rest + 24:
            rest += 1
        size = (size >> rest << rest) / 16777216
        dst[i] = -size if x < 0 else size


def begin(state, n):
    """Each gain of a delay or a reverb moves in this block to what was asked for."""
    for at in (DRY, WET, FEED):
        _move(state, at)


def _move(state, at):
    state[at] = state[at + GOAL]
    state[at + GOAL] = state[at + NEXT]
    state[at + STEP] = (state[at + GOAL] - state[at]) * state[INVERSE]


def _scaled(x, gain):
    # x times a gain in parts of 2**15, in words of 32 bits.
    return (x >> 15) * gain + ((x & 0x7FFF) * gain >> 15)


def blend(state, q, n):
    """First n of q = themselves, dry, times a gain, + the next n, wet, times another."""
    dry = state[DRY] << 14
    wet = state[WET] << 14
    for i in range(n):
        q[i] = _scaled(q[i], dry >> 14) + _scaled(q[n + i], wet >> 14)
        dry += state[DRY + STEP]
        wet += state[WET + STEP]


def soft(state, q, n):
    """x = q * drive, held within -1 to 1; q = (3 * x - x**3) / 2."""
    drive = state[DRIVE] << 14
    for i in range(n):
        x = min(abs(q[i]), (1 << 24) - 1)
        x = min((x >> 10) * (drive >> 14) + ((x & 0x3FF) * (drive >> 14) >> 10), 1 << 24)
        square = (x >> 9) * (x >> 9) >> 15
        x = min(_scaled(x, 98304 - square >> 1), 1 << 24)
        q[i] = -x if q[i] < 0 else x
        drive += state[DRIVE + STEP]


def begin_soft(state, n):
    """The drive moves in this block to what was asked for."""
    _move(state, DRIVE)
