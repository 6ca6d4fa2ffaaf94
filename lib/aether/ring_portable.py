"""The twin of `ring_native`, where there is no native emitter: the same in plain Python."""

from micropython import schedule

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
    SEEN,
    SHAPE,
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
        ended = dma[0].read & _MODULO
        if ahead(write, ended) < 2:
            left_of_block = dma[1].count
            ended = dma[0].read & _MODULO
            missed = 1 - ahead(write, ended)
            if left_of_block < state[MARGIN]:
                missed += 1
            if missed > 0:
                write += missed
                state[UNDERRUNS] += missed
                state[FADE] = 1
        if state[SHAPE] and left is not None:
            dma[state[SHAPE] + 1](left, right)
        state[SEEN] = ended
        state[WRITE] = (write + 1) & _MODULO
        return slots[write & state[MASK]]

    return place


def filling(desk, clear, render, place, convert):
    """See `ring_native.filling`."""

    def fill():
        if desk[0] is None:
            desk[3]()
        left, right, n, _, keep, fail = desk
        if left is not None:
            clear(left, n)
            if right is not left:
                clear(right, n)
            try:
                render(left, right)
            except BaseException as error:
                keep(error)
                left = None
        slot = place(left, right)
        if left is None:
            fail()
        else:
            convert(slot, left, right, n)

    return fill


def ending(state, slots, fades):
    """See `ring_native.ending`."""
    _, end, last = fades

    def behind(_):
        write = state[WRITE]
        end(slots[write & state[MASK]], slots[(write - 1) & state[MASK]], last)

    return behind


def ticking(state, fill, parts, end):
    """See `ring_native.ticking`."""
    count, ticks_us, settle, begin, slots, play = parts

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
        most = state[LOOKAHEAD]
        while state[STATE] == PLAYING:
            there = ahead(state[WRITE], ended)
            state[LEAST] = min(state[LEAST], there)
            full = there >= state[LOOKAHEAD]
            if full or most < state[LOOKAHEAD]:
                if not full:
                    late = play.count < state[MARGIN]
                    there = ahead(state[WRITE], count.read) - late
                if there > 0:
                    end(state)
                if full or not most:
                    break
            fill()
            if state[FADE]:
                if state[FADE] == 1:
                    begin(slots[(state[WRITE] - 1) & state[MASK]])
                state[FADE] -= 1
            state[BLOCKS] += 1
            most -= 1
            now = ticks_us()
            us = (now - start) & _TICKS
            start = now
            state[MOST] = max(us, state[MOST])
            us += state[MICROSECONDS]
            state[SECONDS] += us // _SECOND
            state[MICROSECONDS] = us % _SECOND
            ended = state[SEEN]
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
