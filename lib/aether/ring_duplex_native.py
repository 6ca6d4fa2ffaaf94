"""A duplex player's callback, in native code and viper: what runs once a block.

As in `ring_native`, with the words of `ring_state`; input block k becomes output block k plus the
lookahead, so that the state's WRITE is the number of both. What cannot be so is left out: a slip
between input and output cannot arise.

`dma`: [count, play, count_in, overruns, scale, ramp]: the DMA's counters of blocks out, of samples
left of one, and of blocks in; an int that is kept here; what shapes a block.
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
_SHAPE = const(16)
_LEAST = const(18)
_STARTING = const(2)
_STOPPED = const(0)
_PLAYING = const(1)
_END = const(0x3FFFFFFF)
_SECOND = const(1000000)
_MODULO = const(0x7FFF)
_BEHIND = const(0x7F00)


def missing(state, dma):
    """missed(): how many blocks, from the next one to be written, come too late; or less."""

    @micropython.viper
    def missed() -> int:
        s = ptr32(state)
        write = int(s[_WRITE])
        if ((write - int(dma[0].read) + _BEHIND) & _MODULO) - _BEHIND >= 2:
            return 0
        # In this order: if a block ends in between, the second read makes the first no worse.
        left_of_block = int(dma[1].count)
        late = 1 - ((write - int(dma[0].read) + _BEHIND) & _MODULO) + _BEHIND
        if left_of_block < int(s[_MARGIN]):
            late += 1
        return late

    return missed


def skipping(state, dma):
    """skip(blocks, seen): as many are underruns, and overruns but those that render has seen."""

    @micropython.viper
    def skip(blocks: int, seen: int):
        s = ptr32(state)
        s[_WRITE] = (int(s[_WRITE]) + blocks) & _MODULO
        s[_FADE] = 1
        if int(s[_UNDERRUNS]) < _END - blocks:
            s[_UNDERRUNS] = int(s[_UNDERRUNS]) + blocks
            dma[3] = int(dma[3]) + blocks - seen

    return skip


def choosing(state, slots, dma, missed, skip):
    """choose(): the slot of the input block that is rendered next, or None if it is not full.

    Where its output could no longer be played in time, it is a later one.
    """

    @micropython.viper
    def choose():
        s = ptr32(state)
        late = int(missed())
        if late > 0:
            skip(late, 0)
        block = int(s[_WRITE]) - int(s[_LOOKAHEAD])
        if ((int(dma[2].read) - block + _BEHIND) & _MODULO) <= _BEHIND:
            return None
        return slots[block & int(s[_MASK])]

    return choose


def placing(state, slots, dma, skip):
    """place(late): the slot for the block just rendered, or None if it is too late by `late`.

    Then the next one will be that of the newest input: a render that is too slow now and then
    would be for ever too late with an older one.
    """

    @micropython.viper
    def place(late: int):
        s = ptr32(state)
        write = int(s[_WRITE])
        if late > 0:
            newest = int(dma[2].read) - 1 + int(s[_LOOKAHEAD])
            late = ((newest - write + _BEHIND) & _MODULO) - _BEHIND
            skip(late if late > 1 else 1, 1)
            return None
        s[_WRITE] = (write + 1) & _MODULO
        return slots[write & int(s[_MASK])]

    return place


def shaping(state, dma):
    """shape(left, right): what Level wants done to a block."""

    @micropython.native
    def shape(left, right):
        if state[_SHAPE] != 0:
            dma[state[_SHAPE] + 3](left, right)

    return shape


def filling(desk, steps):
    """fill(): render one block of input into its slot; 1, 0 if there is none, 2 if it came late.

    desk: [in left, in right, left, right, samples, hold, keep, fail]; the first are None as long
    as the pool had no buffers: hold() tries again. keep(error) takes what render raises; fail()
    makes silence of a block that there is not. steps: [choose, decode, clear, render, missed,
    place, shape, encode].
    """

    @micropython.native
    def fill():
        slot = steps[0]()
        if slot is None:
            return 0
        if desk[0] is None:
            desk[5]()
        good = desk[0] is not None
        left = desk[2]
        right = desk[3]
        n = desk[4]
        if good:
            steps[1](desk[0], desk[1], slot, n)
            steps[2](left, n)
            if right is not left:
                steps[2](right, n)
            try:
                steps[3](desk[0], desk[1], left, right)
            except BaseException as error:
                desk[6](error)
                good = False
        slot = steps[5](steps[4]())
        if slot is None:
            return 2
        if good:
            steps[6](left, right)
            steps[7](slot, left, right, n)
        else:
            desk[7]()
        return 1

    return fill


def ticking(state, fill, parts, end):
    """tick(_): render all input that is there; a soft callback, or called in an interrupt.

    parts: [count_in, ticks_us, settle, begin, slots, missed]. begin(slot) fades in a block.
    end(state) puts a fade-out behind the last one, which is played if the next does not come.
    """

    @micropython.viper
    def tick(_):
        s = ptr32(state)
        s[_PENDING] = 0
        if int(s[_BUSY]) == _STARTING or int(s[_STATE]) == _STOPPED:
            return
        if int(s[_BUSY]) != 0:
            s[_FADE] = 1  # callbacks do not nest: an exception has ended the last one
        s[_BUSY] = 1
        start = int(parts[1]())
        ended = int(parts[0].read) & _MODULO
        if (ended - int(s[_ENDED])) & _MODULO > 1 and int(s[_LATE]) < _END:
            s[_LATE] = int(s[_LATE]) + 1
        s[_ENDED] = ended
        ahead = ((int(s[_WRITE]) - ended + _BEHIND) & _MODULO) - _BEHIND
        if ahead < int(s[_LEAST]) and int(s[_STATE]) == _PLAYING:
            s[_LEAST] = ahead
        most = int(s[_LOOKAHEAD])
        while most > 0 and int(s[_STATE]) == _PLAYING:
            done = int(fill())
            if done == 0:
                break
            if done == 1:
                if int(s[_FADE]) != 0:
                    if int(s[_FADE]) == 1:
                        parts[3](parts[4][(int(s[_WRITE]) - 1) & int(s[_MASK])])
                    s[_FADE] = int(s[_FADE]) - 1
                if int(parts[5]()) <= 0:
                    end(state)
            if int(s[_BLOCKS]) < _END:
                s[_BLOCKS] = int(s[_BLOCKS]) + 1
            most -= 1
            now = int(parts[1]())
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
            parts[2]()

    return tick
