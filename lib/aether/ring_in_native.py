"""A ring receiver's callback, in native code and viper: what runs once a block.

Closures of at most five variables and arguments, as in `ring_native`. See `ring_in_state` for the
state's words, and `ring_in` for what it is about.
"""

import micropython
from micropython import const, schedule

_STATE = const(0)
_BUSY = const(1)
_PENDING = const(2)
_NEXT = const(3)
_ENDED = const(4)
_ATTENTION = const(5)
_MASK = const(6)
_BLOCKS = const(7)
_OVERRUNS = const(8)
_LATE = const(9)
_WAITED = const(10)
_SECONDS = const(11)
_MICROSECONDS = const(12)
_MOST = const(13)
_STOPPED = const(0)
_PLAYING = const(1)
# Counters stop below 2**30, where an int would start to be allocated on a board.
_END = const(0x3FFFFFFF)
_SECOND = const(1000000)
# Block numbers are modulo 32,768.
_MODULO = const(0x7FFF)


def checking(state, count):
    """whole(): whether the block before `next` is still all there; counts it as one or the other.

    count: the DMA channel whose `read` counts blocks.
    """

    @micropython.viper
    def whole() -> bool:
        s = ptr32(state)
        if (int(count.read) - int(s[_NEXT]) + 1) & _MODULO > int(s[_MASK]):
            if int(s[_OVERRUNS]) < _END:
                s[_OVERRUNS] = int(s[_OVERRUNS]) + 1
            return False
        if int(s[_BLOCKS]) < _END:
            s[_BLOCKS] = int(s[_BLOCKS]) + 1
        return True

    return whole


def delivering(desk, convert, receive, whole):
    """deliver(slot): hand one block to `receive`, unless it is written over meanwhile.

    desk: [left, right, samples, hold, keep]. left is None as long as the pool had no buffers:
    hold() tries again. keep(error) takes what receive raises.
    """

    @micropython.native
    def deliver(slot):
        left = desk[0]
        if left is None:
            desk[3]()
            left = desk[0]
            if left is None:
                return
        right = desk[1]
        convert(left, right, slot, desk[2])
        if whole():
            try:
                receive(left, right)
            except BaseException as error:
                desk[4](error)

    return deliver


def ticking(state, slots, deliver, parts):
    """tick(_): hand over all blocks that are full, the oldest first; a soft callback.

    parts: [count, ticks_us, settle].
    """

    @micropython.viper
    def tick(_):
        s = ptr32(state)
        s[_PENDING] = 0
        if int(s[_STATE]) == _STOPPED:
            return
        # Callbacks do not nest: if it is 1, an exception has ended the last one.
        s[_BUSY] = 1
        start = int(parts[1]())
        ended = int(parts[0].read) & _MODULO
        if (ended - int(s[_ENDED])) & _MODULO > 1 and int(s[_LATE]) < _END:
            s[_LATE] = int(s[_LATE]) + 1
        s[_ENDED] = ended
        mask = int(s[_MASK])
        most = mask
        while most > 0:
            waiting = (ended - int(s[_NEXT])) & _MODULO
            if waiting == 0:
                break
            if waiting > int(s[_WAITED]):
                s[_WAITED] = waiting
            if waiting > mask:
                lost = waiting - mask
                s[_NEXT] = (int(s[_NEXT]) + lost) & _MODULO
                if int(s[_OVERRUNS]) < _END - lost:
                    s[_OVERRUNS] = int(s[_OVERRUNS]) + lost
            block = int(s[_NEXT])
            s[_NEXT] = (block + 1) & _MODULO
            deliver(slots[block & mask])
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
            if int(s[_STATE]) != _PLAYING:
                break
            ended = int(parts[0].read) & _MODULO
        s[_BUSY] = 0
        if int(s[_ATTENTION]) != 0:
            parts[2]()

    return tick


def interrupting(state, tick):
    """The DMA's hard interrupt: schedules tick, once at a time.

    It lets nothing out: an exception in a hard handler would be its last.
    """

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
