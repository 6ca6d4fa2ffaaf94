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

    dma: [count, play, fade]. Where the DMA has come too near, it is a later slot, what lies
    before it is counted as underruns, and fade(left, right) fades the block in.
    """

    @micropython.viper
    def place(left, right):
        s = ptr32(state)
        write = int(s[_WRITE])
        ahead = ((write - int(dma[0].read) + _BEHIND) & _MODULO) - _BEHIND
        if ahead < 2:
            # In this order: if a block ends in between, the second read makes the first no worse.
            left_of_block = int(dma[1].count)
            missed = 1 - ((write - int(dma[0].read) + _BEHIND) & _MODULO) + _BEHIND
            if left_of_block < int(s[_MARGIN]):
                missed += 1
            if missed > 0:
                write += missed
                if int(s[_UNDERRUNS]) < _END - missed:
                    s[_UNDERRUNS] = int(s[_UNDERRUNS]) + missed
                s[_FADE] = 1
        if int(s[_FADE]) != 0:
            dma[2](left, right)
        s[_WRITE] = (write + 1) & _MODULO
        return slots[write & int(s[_MASK])]

    return place


def filling(desk, clear, render, place, convert):
    """fill(): render one block and convert it into its slot.

    desk: [left, right, silence, samples, hold, keep]. left is None as long as the pool had no
    buffers: hold() tries again. keep(error) takes what render raises. right may be left.
    """

    @micropython.native
    def fill():
        left = desk[0]
        if left is None:
            desk[4]()
            left = desk[0]
        right = desk[1]
        n = desk[3]
        if left is not None:
            clear(left, n)
            if right is not left:
                clear(right, n)
            try:
                render(left, right)
            except BaseException as error:
                desk[5](error)
                left = None
        if left is None:
            left = right = desk[2]
        convert(place(left, right), left, right, n)

    return fill


def ticking(state, fill, parts):
    """tick(_): render until the lookahead is full; a soft callback, or called in an interrupt.

    parts: [count, ticks_us, settle].
    """

    @micropython.viper
    def tick(_):
        s = ptr32(state)
        s[_PENDING] = 0
        if int(s[_BUSY]) == _STARTING or int(s[_STATE]) == _STOPPED:
            return
        # Callbacks do not nest: if it is 1, an exception has ended the last one.
        s[_BUSY] = 1
        start = int(parts[1]())
        ended = int(parts[0].read) & _MODULO
        if (ended - int(s[_ENDED])) & _MODULO > 1 and int(s[_LATE]) < _END:
            s[_LATE] = int(s[_LATE]) + 1
        s[_ENDED] = ended
        most = int(s[_LOOKAHEAD])
        while most > 0 and int(s[_STATE]) == _PLAYING:
            ahead = ((int(s[_WRITE]) - ended + _BEHIND) & _MODULO) - _BEHIND
            if ahead >= int(s[_LOOKAHEAD]):
                break
            fill()
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
            ended = int(parts[0].read) & _MODULO
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
