"""The twin of `ring_in_native`, where there is no native emitter: the same in plain Python."""

from micropython import schedule

from aether.ring_in_state import (
    ATTENTION,
    BLOCKS,
    BUSY,
    ENDED,
    LATE,
    MASK,
    MICROSECONDS,
    MOST,
    NEXT,
    OVERRUNS,
    PENDING,
    PLAYING,
    SECONDS,
    STATE,
    STOPPED,
    WAITED,
)

_SECOND = 1000000
_MODULO = 0x7FFF
_TICKS = 0x3FFFFFFF


def checking(state, count):
    """See `ring_in_native.checking`."""

    def whole():
        there = (count.read - state[NEXT] + 1) & _MODULO <= state[MASK]
        state[BLOCKS if there else OVERRUNS] += 1
        return there

    return whole


def delivering(desk, convert, receive, whole):
    """See `ring_in_native.delivering`."""

    def deliver(slot):
        if desk[0] is None:
            desk[3]()
        left, right, n, _, keep = desk
        if left is None:
            return
        convert(left, right, slot, n)
        if whole():
            try:
                receive(left, right)
            except BaseException as error:
                keep(error)

    return deliver


def ticking(state, slots, deliver, parts):
    """See `ring_in_native.ticking`."""
    count, ticks_us, settle = parts

    def tick(_):
        state[PENDING] = 0
        if state[STATE] == STOPPED:
            return
        state[BUSY] = 1
        start = ticks_us()
        ended = count.read & _MODULO
        if (ended - state[ENDED]) & _MODULO > 1:
            state[LATE] += 1
        state[ENDED] = ended
        for _ in range(state[MASK]):
            waiting = (ended - state[NEXT]) & _MODULO
            if not waiting:
                break
            state[WAITED] = max(waiting, state[WAITED])
            lost = max(0, waiting - state[MASK])
            state[OVERRUNS] += lost
            block = (state[NEXT] + lost) & _MODULO
            state[NEXT] = (block + 1) & _MODULO
            deliver(slots[block & state[MASK]])
            now = ticks_us()
            us = (now - start) & _TICKS
            start = now
            state[MOST] = max(us, state[MOST])
            us += state[MICROSECONDS]
            state[SECONDS] += us // _SECOND
            state[MICROSECONDS] = us % _SECOND
            if state[STATE] != PLAYING:
                break
            ended = count.read & _MODULO
        state[BUSY] = 0
        if state[ATTENTION]:
            settle()

    return tick


def interrupting(state, tick):
    """See `ring_in_native.interrupting`."""

    def interrupt(_):
        try:
            if not state[PENDING]:
                state[PENDING] = 1
                schedule(tick, None)
        except BaseException:
            state[PENDING] = 0

    return interrupt
