"""The arithmetic of a slow wave in plain Python: `lfo_viper`, bit for bit. Allocates."""

from aether.nodes.control.lfo_words import (
    DEPTH,
    FRESH,
    IDLE,
    NEXT_DEPTH,
    NEXT_OFFSET,
    NEXT_PART,
    NEXT_STEP,
    OFFSET,
    PART,
    PHASE,
    REST,
    STEP,
)
from aether.nodes.sources.sources_portable import linear, put, signed


def slow(state, table, out, n):
    """A block of a wave of 256 entries, in 32 bits; depth and offset lie on lines.

    It is found for every fourth sample; those between lie on lines.
    """
    depth = state[DEPTH]
    offset = state[OFFSET]
    depths = offsets = 0
    if state[FRESH]:
        state[STEP] = state[NEXT_STEP]
        state[PART] = state[NEXT_PART]
        state[DEPTH] = state[NEXT_DEPTH]
        state[OFFSET] = state[NEXT_OFFSET]
        state[FRESH] = 0
        depths = (state[DEPTH] - depth) // (n >> 2)
        offsets = (state[OFFSET] - offset) // (n >> 2)
    phase = state[PHASE] & 0xFFFFFFFF
    before = _value(table, phase, depth, offset)
    for i in range(0, n, 4):
        phase = phase + 4 * state[STEP] & 0xFFFFFFFF
        depth += depths
        offset += offsets
        after = _value(table, phase, depth, offset)
        for k in range(4):
            put(out, i + k, before + k * (after - before >> 2))
        before = after
    rest = state[REST] + state[PART] * n
    state[REST] = rest & 0xFFFF
    state[PHASE] = signed(phase + (rest >> 16))
    if not state[DEPTH] and not state[OFFSET]:
        state[IDLE] = 1


def _value(table, phase, depth, offset):
    x = linear(table, 1, phase) >> 16
    return offset + x * (depth >> 15) + (x * (depth & 0x7FFF) >> 15)
