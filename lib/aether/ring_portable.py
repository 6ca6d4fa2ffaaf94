"""The twin of `ring_native`, where there is no native emitter: the same in plain Python."""

from micropython import schedule

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
_BEHIND = 0x7F00
_TICKS = 0x3FFFFFFF


def ahead(write, ended):
    """See `ring_native.ahead`."""
    return ((write - ended + _BEHIND) & _MODULO) - _BEHIND


def placing(state, slots, dma):
    """See `ring_native.placing`."""

    def place(left, right):
        write = state[WRITE]
        if ahead(write, dma[0].read) < 2:
            left_of_block = dma[1].count
            missed = 1 - ahead(write, dma[0].read)
            if left_of_block < state[MARGIN]:
                missed += 1
            if missed > 0:
                write += missed
                state[UNDERRUNS] += missed
                state[FADE] = 1
        if state[FADE]:
            dma[2](left, right)
        state[WRITE] = (write + 1) & _MODULO
        return slots[write & state[MASK]]

    return place


def filling(desk, clear, render, place, convert):
    """See `ring_native.filling`."""

    def fill():
        if desk[0] is None:
            desk[4]()
        left, right, silence, n, _, keep = desk
        if left is not None:
            clear(left, n)
            if right is not left:
                clear(right, n)
            try:
                render(left, right)
            except BaseException as error:
                keep(error)
                left = None
        if left is None:
            left = right = silence
        convert(place(left, right), left, right, n)

    return fill


def ticking(state, fill, parts):
    """See `ring_native.ticking`."""
    count, ticks_us, settle = parts

    def tick(_):
        state[PENDING] = 0
        if state[BUSY] == STARTING or state[STATE] == STOPPED:
            return
        state[BUSY] = 1
        start = ticks_us()
        ended = count.read & _MODULO
        if (ended - state[ENDED]) & _MODULO > 1:
            state[LATE] += 1
        state[ENDED] = ended
        most = state[LOOKAHEAD]
        while most and state[STATE] == PLAYING and ahead(state[WRITE], ended) < state[LOOKAHEAD]:
            fill()
            state[BLOCKS] += 1
            most -= 1
            now = ticks_us()
            us = (now - start) & _TICKS
            start = now
            state[MOST] = max(us, state[MOST])
            us += state[MICROSECONDS]
            state[SECONDS] += us // _SECOND
            state[MICROSECONDS] = us % _SECOND
            ended = count.read & _MODULO
        state[BUSY] = 0
        if state[ATTENTION]:
            settle()

    return tick


def interrupting(state, tick, hard):
    """See `ring_native.interrupting`."""

    def interrupt(_):
        try:
            if hard:
                tick(None)
            elif not state[PENDING]:
                state[PENDING] = 1
                schedule(tick, None)
        except BaseException:
            state[PENDING] = 0

    return interrupt
