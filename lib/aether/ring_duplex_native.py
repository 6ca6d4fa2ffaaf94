"""A duplex player's callback, in native code and viper: what runs once a block.

As in `ring_native`, with the words of `ring_state`; input block k becomes output block k plus the
lookahead, so that the state's WRITE is the number of both. What cannot be so is left out: a slip
between input and output cannot arise.

`parts`: [count, play, count_in, fade, overruns, ticks_us, settle, least]: the DMA's counters of
blocks out, of samples left of one, of blocks in; fade(left, right) fades a block in; overruns and
least are ints, which are kept here.
"""

import micropython
from micropython import const

_STATE = const(0)
_BUSY = const(1)
_PENDING = const(2)
_WRITE = const(3)
_ENDED = const(4)
_LOOKAHEAD = const(5)
_MARGIN = const(6)
_FADE = const(7)
_ATTENTION = const(8)
_BLOCKS = const(9)
_UNDERRUNS = const(10)
_LATE = const(11)
_SECONDS = const(12)
_MICROSECONDS = const(13)
_MOST = const(14)
_MASK = const(15)
_STARTING = const(2)
_STOPPED = const(0)
_PLAYING = const(1)
_END = const(0x3FFFFFFF)
_SECOND = const(1000000)
_MODULO = const(0x7FFF)
_BEHIND = const(0x7F00)


def choosing(state, slots, parts):
    """choose(): the slot of the input block that is rendered next, or None if it is not full.

    Where its output could no longer be played in time, it is a later one: those before it are
    counted as underruns, and as overruns.
    """

    @micropython.viper
    def choose():
        s = ptr32(state)
        write = int(s[_WRITE])
        ahead = ((write - int(parts[0].read) + _BEHIND) & _MODULO) - _BEHIND
        if ahead < 2:
            # In this order: if a block ends in between, the second read makes the first no worse.
            left_of_block = int(parts[1].count)
            missed = 1 - ((write - int(parts[0].read) + _BEHIND) & _MODULO) + _BEHIND
            if left_of_block < int(s[_MARGIN]):
                missed += 1
            if missed > 0:
                write = (write + missed) & _MODULO
                s[_WRITE] = write
                s[_FADE] = 1
                if int(s[_UNDERRUNS]) < _END - missed:
                    s[_UNDERRUNS] = int(s[_UNDERRUNS]) + missed
                    parts[4] = int(parts[4]) + missed
        block = write - int(s[_LOOKAHEAD])
        if ((int(parts[2].read) - block + _BEHIND) & _MODULO) <= _BEHIND:
            return None
        return slots[block & int(s[_MASK])]

    return choose


def placing(state, slots, parts):
    """place(left, right): the slot for the block just rendered, or None if it is too late.

    Then the next one will be that of the newest input: a render that is too slow now and then
    would be for ever too late with an older one.
    """

    @micropython.viper
    def place(left, right):
        s = ptr32(state)
        write = int(s[_WRITE])
        ahead = ((write - int(parts[0].read) + _BEHIND) & _MODULO) - _BEHIND
        if ahead < 2:
            left_of_block = int(parts[1].count)
            missed = 1 - ((write - int(parts[0].read) + _BEHIND) & _MODULO) + _BEHIND
            if left_of_block < int(s[_MARGIN]):
                missed += 1
            if missed > 0:
                block = int(parts[2].read) - 1 + int(s[_LOOKAHEAD])
                missed = ((block - write + _BEHIND) & _MODULO) - _BEHIND
                if missed < 1:
                    missed = 1
                s[_WRITE] = (write + missed) & _MODULO
                s[_FADE] = 1
                if int(s[_UNDERRUNS]) < _END - missed:
                    s[_UNDERRUNS] = int(s[_UNDERRUNS]) + missed
                    parts[4] = int(parts[4]) + missed - 1
                return None
        if int(s[_FADE]) != 0:
            parts[3](left, right)
        s[_WRITE] = (write + 1) & _MODULO
        return slots[write & int(s[_MASK])]

    return place


def filling(desk, choose, render, place):
    """fill(): render one block of input and convert it into its slot; 0 if there is none.

    desk: [in left, in right, left, right, silence, samples, hold, keep, clear, decode, encode].
    The first are None as long as the pool had no buffers: hold() tries again. keep(error) takes
    what render raises.
    """

    @micropython.native
    def fill():
        slot = choose()
        if slot is None:
            return 0
        if desk[0] is None:
            desk[6]()
        left = desk[2]
        right = desk[3]
        n = desk[5]
        if desk[0] is not None:
            desk[9](desk[0], desk[1], slot, n)
            desk[8](left, n)
            if right is not left:
                desk[8](right, n)
            try:
                render(desk[0], desk[1], left, right)
            except BaseException as error:
                desk[7](error)
                left = None
        else:
            left = None
        if left is None:
            left = right = desk[4]
        slot = place(left, right)
        if slot is not None:
            desk[10](slot, left, right, n)
        return 1

    return fill


def ticking(state, fill, parts):
    """tick(_): render all input that is there; a soft callback, or called in an interrupt."""

    @micropython.viper
    def tick(_):
        s = ptr32(state)
        s[_PENDING] = 0
        if int(s[_BUSY]) == _STARTING or int(s[_STATE]) == _STOPPED:
            return
        # Callbacks do not nest: if it is 1, an exception has ended the last one.
        s[_BUSY] = 1
        start = int(parts[5]())
        ended = int(parts[2].read) & _MODULO
        if (ended - int(s[_ENDED])) & _MODULO > 1 and int(s[_LATE]) < _END:
            s[_LATE] = int(s[_LATE]) + 1
        s[_ENDED] = ended
        ahead = ((int(s[_WRITE]) - ended + _BEHIND) & _MODULO) - _BEHIND
        if ahead < 0:
            ahead = 0
        if ahead < int(parts[7]) and int(s[_STATE]) == _PLAYING:
            parts[7] = ahead
        most = int(s[_LOOKAHEAD])
        while most > 0 and int(s[_STATE]) == _PLAYING:
            if int(fill()) == 0:
                break
            if int(s[_BLOCKS]) < _END:
                s[_BLOCKS] = int(s[_BLOCKS]) + 1
            most -= 1
            now = int(parts[5]())
            us = (now - start) & _END
            start = now
            if us > int(s[_MOST]):
                s[_MOST] = us
            us += int(s[_MICROSECONDS])
            while us >= _SECOND:
                us -= _SECOND
                s[_SECONDS] = int(s[_SECONDS]) + 1
            s[_MICROSECONDS] = us
        s[_BUSY] = 0
        if int(s[_ATTENTION]) != 0:
            parts[6]()

    return tick
