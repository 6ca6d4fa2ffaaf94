"""A ring player's callback, in native code and viper: what runs once a block.

Closures, because a closure variable costs a load where an attribute costs 2 to 5 us on an RP2040;
closure variables and arguments of each are at most five together, beyond which MicroPython puts
them on the heap at every call. Native frames are on the C stack, so that `try` costs no heap
either. See `ring_state` for the state's words, and `ring` for what it is about.
"""

import micropython
from micropython import const, schedule

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
_SEEN = const(17)
_LEAST = const(18)
_STARTING = const(2)
_STOPPED = const(0)
_PLAYING = const(1)
# Counters stop below 2**30, where an int would start to be allocated on a board.
_END = const(0x3FFFFFFF)
_SECOND = const(1000000)
# Block numbers are modulo 32,768; one that is not rendered can be this far behind the DMA's.
_MODULO = const(0x7FFF)
_BEHIND = const(0x7F00)


def ahead(write, ended):
    """Blocks from the one being played to `write`, both modulo 32,768; 0 and less is too late."""
    return ((write - ended + _BEHIND) & _MODULO) - _BEHIND


def placing(state, slots, dma):
    """place(left, right): the slot for a block just rendered, which is counted as written.

    dma: [count, play, scale, ramp]. Where the DMA has come too near, it is a later slot, and what
    lies before it is counted as underruns. A block that is to be shaped is: scale(left, right) or
    ramp(left, right). Of one that failed, left is None.
    """

    @micropython.viper
    def place(left, right):
        s = ptr32(state)
        write = int(s[_WRITE])
        ended = int(dma[0].read) & _MODULO
        if ((write - ended + _BEHIND) & _MODULO) - _BEHIND < 2:
            # In this order: if a block ends in between, the second read makes the first no worse.
            left_of_block = int(dma[1].count)
            ended = int(dma[0].read) & _MODULO
            missed = 1 - ((write - ended + _BEHIND) & _MODULO) + _BEHIND
            if left_of_block < int(s[_MARGIN]):
                missed += 1
            if missed > 0:
                write += missed
                if int(s[_UNDERRUNS]) < _END - missed:
                    s[_UNDERRUNS] = int(s[_UNDERRUNS]) + missed
                s[_FADE] = 1
        if int(s[_SHAPE]) != 0:
            if left:
                dma[int(s[_SHAPE]) + 1](left, right)
        s[_SEEN] = ended
        s[_WRITE] = (write + 1) & _MODULO
        return slots[write & int(s[_MASK])]

    return place


def filling(desk, clear, render, place, convert):
    """fill(): render one block and convert it into its slot.

    desk: [left, right, samples, hold, keep, fail]. left is None as long as the pool had no
    buffers: hold() tries again. keep(error) takes what render raises; fail() makes silence of a
    block that there is not. right may be left.
    """

    @micropython.native
    def fill():
        left = desk[0]
        if left is None:
            desk[3]()
            left = desk[0]
        right = desk[1]
        n = desk[2]
        if left is not None:
            clear(left, n)
            if right is not left:
                clear(right, n)
            try:
                render(left, right)
            except BaseException as error:
                desk[4](error)
                left = None
        slot = place(left, right)
        if left is None:
            desk[5]()
        else:
            convert(slot, left, right, n)

    return fill


def ending(state, slots, fades):
    """end(state): behind the last block comes its fade-out; fades: [begin, end, last]."""

    @micropython.native
    def end(_):
        write = state[_WRITE]
        mask = state[_MASK]
        fades[1](slots[write & mask], slots[(write - 1) & mask], fades[2])

    return end


def ticking(state, fill, parts, end):
    """tick(_): render until the lookahead is full; a soft callback, or called in an interrupt.

    parts: [count, ticks_us, settle, begin, slots, play]. begin(slot) fades in a block. end(state)
    puts a fade-out behind the last one, which is played if the next does not come in time.
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
        most = int(s[_LOOKAHEAD])
        while int(s[_STATE]) == _PLAYING:
            ahead = ((int(s[_WRITE]) - ended + _BEHIND) & _MODULO) - _BEHIND
            if ahead < int(s[_LEAST]):
                s[_LEAST] = ahead
            full = ahead >= int(s[_LOOKAHEAD])
            # As the last callback has left the ring, there is a fade-out in it.
            if full or most < int(s[_LOOKAHEAD]):
                if not full:  # the block before came late, and so may the next: is there time?
                    left_of_block = int(parts[5].count)
                    ended = int(parts[0].read)
                    ahead = ((int(s[_WRITE]) - ended + _BEHIND) & _MODULO) - _BEHIND
                    if left_of_block < int(s[_MARGIN]):
                        ahead -= 1
                if ahead > 0:
                    end(state)
                if full or most == 0:
                    break
            fill()
            if int(s[_FADE]) != 0:
                if int(s[_FADE]) == 1:
                    parts[3](parts[4][(int(s[_WRITE]) - 1) & int(s[_MASK])])
                s[_FADE] = int(s[_FADE]) - 1
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
            # As place() has read it: a block that has ended since calls back again.
            ended = int(s[_SEEN])
        s[_BUSY] = 0
        if int(s[_ATTENTION]) != 0:
            parts[2]()

    return tick


def interrupting(state, tick, hard):
    """The DMA's hard interrupt: schedules tick, once at a time, or calls it.

    It lets nothing out: an exception in a hard handler would be its last.
    """
    if hard:

        @micropython.native
        def interrupt(_):
            try:
                tick(None)
            except BaseException:
                pass
    else:

        @micropython.viper
        def interrupt(_):
            s = ptr32(state)
            if int(s[_PENDING]) == 0:
                s[_PENDING] = 1
                try:
                    schedule(tick, None)
                except:  # noqa: E722, the queue is full: the next block will try again
                    s[_PENDING] = 0

    return interrupt
