"""The arithmetic of a meter in plain Python: what it computes. Allocates."""

from aether.nodes.io.meter_words import (
    BLOCKS,
    FALL,
    HIGH,
    HOLD,
    LOW,
    PEAK,
    SHOWN,
    TURN,
    WAIT,
    WINDOW,
)

_END = 0x3FFFFFFF


def measure(state, q, n):
    """Take in a block of whole numbers of 2**-24."""
    peak = high = low = middle = 0
    for i in range(n):
        x = abs(q[i])
        peak = max(peak, x)
        # A square of 20 bits, in parts: 8 is the most that counts.
        x = min(x >> 7, 0xFFFFF)
        high += (x >> 10) * (x >> 10)
        middle += (x >> 10) * (x & 0x3FF)
        low += (x & 0x3FF) * (x & 0x3FF)
    _hold(state, peak)
    low += state[LOW] + ((middle & 0x1FF) << 11)
    high += state[HIGH] + (middle >> 9) + (low >> 20)
    state[LOW] = low & 0xFFFFF
    state[HIGH] = min(high, _END)
    state[BLOCKS] += 1
    if state[BLOCKS] >= state[WINDOW]:
        state[SHOWN], state[SHOWN + 1] = state[HIGH], state[LOW]
        state[TURN] = state[TURN] + 1 & 0x3FF
        state[HIGH] = state[LOW] = state[BLOCKS] = 0
    left = state[PEAK] | state[HIGH] | state[LOW] | state[SHOWN] | state[SHOWN + 1]
    state[0] = 0 if left else 1


def _hold(state, peak):
    shown = state[PEAK]
    if state[WAIT]:
        state[WAIT] -= 1
    else:
        shown = (shown >> 15) * state[FALL] + ((shown & 0x7FFF) * state[FALL] >> 15)
    if peak and peak >= shown:
        shown = peak
        state[WAIT] = state[HOLD]
    state[PEAK] = shown
