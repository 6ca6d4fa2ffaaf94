"""The twin of `ring_duplex_native`, where there is no native emitter: in plain Python."""

from aether.ring_portable import ahead
from aether.ring_state import (
    ATTENTION,
    BLOCKS,
    BUSY,
    ENDED,
    FADE,
    LATE,
    LEAST,
    LOOKAHEAD,
    MARGIN,
    MASK,
    MICROSECONDS,
    MOST,
    PENDING,
    PLAYING,
    SECONDS,
    SHAPE,
    STARTING,
    STATE,
    STOPPED,
    UNDERRUNS,
    WRITE,
)

_SECOND = 1000000
_MODULO = 0x7FFF
_TICKS = 0x3FFFFFFF


def missing(state, dma):
    """See `ring_duplex_native.missing`."""

    def missed():
        if ahead(state[WRITE], dma[0].read) >= 2:
            return 0
        left_of_block = dma[1].count
        late = 1 - ahead(state[WRITE], dma[0].read)
        return late + 1 if left_of_block < state[MARGIN] else late

    return missed


def skipping(state, dma):
    """See `ring_duplex_native.skipping`."""

    def skip(blocks, seen):
        state[WRITE] = (state[WRITE] + blocks) & _MODULO
        state[FADE] = 1
        state[UNDERRUNS] += blocks
        dma[3] += blocks - seen

    return skip


def choosing(state, slots, dma, missed, skip):
    """See `ring_duplex_native.choosing`."""

    def choose():
        late = missed()
        if late > 0:
            skip(late, 0)
        block = state[WRITE] - state[LOOKAHEAD]
        if ahead(dma[2].read, block) <= 0:
            return None
        return slots[block & state[MASK]]

    return choose


def placing(state, slots, dma, skip):
    """See `ring_duplex_native.placing`."""

    def place(late):
        write = state[WRITE]
        if late > 0:
            skip(max(1, ahead(dma[2].read - 1 + state[LOOKAHEAD], write)), 1)
            return None
        state[WRITE] = (write + 1) & _MODULO
        return slots[write & state[MASK]]

    return place


def shaping(state, dma):
    """See `ring_duplex_native.shaping`."""

    def shape(left, right):
        if state[SHAPE]:
            dma[state[SHAPE] + 3](left, right)

    return shape


def filling(desk, steps):
    """See `ring_duplex_native.filling`."""
    choose, decode, clear, render, missed, place, shape, encode = steps

    def fill():
        slot = choose()
        if slot is None:
            return 0
        if desk[0] is None:
            desk[5]()
        in_left, in_right, left, right, n, _, keep, fail = desk
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
        slot = place(missed())
        if slot is None:
            return 2
        if good:
            shape(left, right)
            encode(slot, left, right, n)
        else:
            fail()
        return 1

    return fill


def ticking(state, fill, parts, end):
    """See `ring_duplex_native.ticking`."""
    count, ticks_us, settle, begin, slots, missed = parts

    def tick(_):
        state[PENDING] = 0
        if state[BUSY] == STARTING or state[STATE] == STOPPED:
            return
        if state[BUSY]:
            state[FADE] = 1
        state[BUSY] = 1
        start = ticks_us()
        ended = count.read & _MODULO
        if (ended - state[ENDED]) & _MODULO > 1:
            state[LATE] += 1
        state[ENDED] = ended
        if state[STATE] == PLAYING:
            state[LEAST] = min(state[LEAST], ahead(state[WRITE], ended))
        most = state[LOOKAHEAD]
        while most and state[STATE] == PLAYING:
            done = fill()
            if not done:
                break
            if done == 1:
                if state[FADE] == 1:
                    begin(slots[(state[WRITE] - 1) & state[MASK]])
                state[FADE] -= state[FADE] > 0
                if missed() <= 0:
                    end(state)
            state[BLOCKS] += 1
            most -= 1
            now = ticks_us()
            us = (now - start) & _TICKS
            start = now
            state[MOST] = max(us, state[MOST])
            us += state[MICROSECONDS]
            state[SECONDS] += us // _SECOND
            state[MICROSECONDS] = us % _SECOND
        state[BUSY] = 0
        if state[ATTENTION]:
            settle()

    return tick
