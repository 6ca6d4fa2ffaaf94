"""The twin of `ring_duplex_native`, where there is no native emitter: the same in plain Python."""

from aether.ring_portable import ahead
from aether.ring_state import (
    ATTENTION,
    BLOCKS,
    BUSY,
    ENDED,
    FADE,
    LATE,
    LOOKAHEAD,
    MARGIN,
    MASK,
    MICROSECONDS,
    MOST,
    PENDING,
    PLAYING,
    SECONDS,
    STARTING,
    STATE,
    STOPPED,
    UNDERRUNS,
    WRITE,
)

_SECOND = 1000000
_MODULO = 0x7FFF
_TICKS = 0x3FFFFFFF


def _missed(state, parts):
    # Blocks from the one that would be written next to the first that still can be; or less.
    if ahead(state[WRITE], parts[0].read) >= 2:
        return 0
    left_of_block = parts[1].count
    missed = 1 - ahead(state[WRITE], parts[0].read)
    return missed + 1 if left_of_block < state[MARGIN] else missed


def _skip(state, blocks):
    state[WRITE] = (state[WRITE] + blocks) & _MODULO
    state[UNDERRUNS] += blocks
    state[FADE] = 1


def choosing(state, slots, parts):
    """See `ring_duplex_native.choosing`."""

    def choose():
        missed = _missed(state, parts)
        if missed > 0:
            _skip(state, missed)
            parts[4] += missed
        block = state[WRITE] - state[LOOKAHEAD]
        if ahead(parts[2].read, block) <= 0:
            return None
        return slots[block & state[MASK]]

    return choose


def placing(state, slots, parts):
    """See `ring_duplex_native.placing`."""

    def place(left, right):
        write = state[WRITE]
        if _missed(state, parts) > 0:
            missed = max(1, ahead(parts[2].read - 1 + state[LOOKAHEAD], write))
            _skip(state, missed)
            parts[4] += missed - 1
            return None
        if state[FADE]:
            parts[3](left, right)
        state[WRITE] = (write + 1) & _MODULO
        return slots[write & state[MASK]]

    return place


def filling(desk, choose, render, place):
    """See `ring_duplex_native.filling`."""

    def fill():
        slot = choose()
        if slot is None:
            return 0
        if desk[0] is None:
            desk[6]()
        in_left, in_right, left, right, silence, n, _, keep, clear, decode, encode = desk
        good = in_left is not None
        if good:
            decode(in_left, in_right, slot, n)
            clear(left, n)
            if right is not left:
                clear(right, n)
            try:
                render(in_left, in_right, left, right)
            except BaseException as error:
                keep(error)
                good = False
        if not good:
            left = right = silence
        slot = place(left, right)
        if slot is not None:
            encode(slot, left, right, n)
        return 1

    return fill


def ticking(state, fill, parts):
    """See `ring_duplex_native.ticking`."""

    def tick(_):
        state[PENDING] = 0
        if state[BUSY] == STARTING or state[STATE] == STOPPED:
            return
        state[BUSY] = 1
        start = parts[5]()
        ended = parts[2].read & _MODULO
        if (ended - state[ENDED]) & _MODULO > 1:
            state[LATE] += 1
        state[ENDED] = ended
        if state[STATE] == PLAYING:
            parts[7] = min(parts[7], max(0, ahead(state[WRITE], ended)))
        most = state[LOOKAHEAD]
        while most and state[STATE] == PLAYING and fill():
            state[BLOCKS] += 1
            most -= 1
            now = parts[5]()
            us = (now - start) & _TICKS
            start = now
            state[MOST] = max(us, state[MOST])
            us += state[MICROSECONDS]
            state[SECONDS] += us // _SECOND
            state[MICROSECONDS] = us % _SECOND
        state[BUSY] = 0
        if state[ATTENTION]:
            parts[6]()

    return tick
