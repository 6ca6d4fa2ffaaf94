"""The pool's hot methods in viper: bound to one pool, they shadow the class's portable twins.

Each is a closure over the pool's buffers. A closure variable costs a load, where an attribute
inside viper costs 5 us on an RP2040, and an instance's own attribute is found before its class's:
so a call here is cheaper than an empty plain method. Closure variables and arguments are at most
five together: beyond that MicroPython puts them on the heap, at every call. See `buffer_pool` for
the layout of book and stack, and for what the methods promise.
"""

import micropython
from micropython import const

BACKEND = "viper"

_FREE = const(0)
_LOWEST = const(1)
_FAILED = const(2)
_WORDS = const(3)
_CAPACITY = const(4)
_SHARED = const(5)
_RECORDS = const(6)
_GENERATIONS = const(0x3FFF00)
_COUNTER_END = const(0x3FFFFFFF)

# Viper has no cast from int to object; abs() of a non-negative int is the cheapest that boxes.
_box = abs


def bind(pool, calls):
    """Give `pool` native acquire, release, get and get_mut.

    calls: (refuse, enter, leave). refuse(handle) raises; where the book says SHARED, enter() and
    leave(what enter returned) guard book and stack.
    """
    book = pool._book
    stack = pool._stack
    samples = pool._samples
    views = pool._views
    box = _box

    @micropython.viper
    def acquire():
        b = ptr32(book)
        shared = int(b[_SHARED])
        state = calls
        if shared:
            state = calls[1]()
        free = int(b[_FREE])
        if free == 0:
            if int(b[_FAILED]) < _COUNTER_END:
                b[_FAILED] = int(b[_FAILED]) + 1
            if shared:
                calls[2](state)
            return None
        free -= 1
        b[_FREE] = free
        if free < int(b[_LOWEST]):
            b[_LOWEST] = free
        i = int(0)
        if int(b[_CAPACITY]) > 256:
            i = int(ptr16(stack)[free])
        else:
            i = int(ptr8(stack)[free])
        r = ptr32(int(b) + (_RECORDS * 4) + i * 4)
        record = int(r[0])
        r[0] = record + 1
        if shared:
            calls[2](state)
        n = int(b[_WORDS])
        p = ptr32(int(ptr32(samples)) + i * n * 4)
        # Sixteen stores a turn: a turn of the loop costs as much as several of them.
        while n >= 16:
            p[0] = 0
            p[1] = 0
            p[2] = 0
            p[3] = 0
            p[4] = 0
            p[5] = 0
            p[6] = 0
            p[7] = 0
            p[8] = 0
            p[9] = 0
            p[10] = 0
            p[11] = 0
            p[12] = 0
            p[13] = 0
            p[14] = 0
            p[15] = 0
            p = ptr32(int(p) + 64)
            n -= 16
        while n > 0:
            p[0] = 0
            p[1] = 0
            p[2] = 0
            p[3] = 0
            p = ptr32(int(p) + 16)
            n -= 4
        return box(((record >> 8) << 16) | i)

    @micropython.viper
    def release(handle):
        n = int(handle)
        i = n & 0xFFFF
        b = ptr32(book)
        # `box(n) is handle` fails for a bool, and for an int that was truncated to a word.
        if i >= int(b[_CAPACITY]) or box(n) is not handle:
            calls[0](handle)
        shared = int(b[_SHARED])
        state = calls
        if shared:
            state = calls[1]()
        r = ptr32(int(b) + (_RECORDS * 4) + i * 4)
        record = int(r[0])
        owners = record & 0xFF
        held = int(1)
        if owners == 0 or (record >> 8) != (n >> 16):
            held = 0
        elif owners > 1:
            r[0] = record - 1
        else:
            r[0] = (record + 0xFF) & _GENERATIONS
            free = int(b[_FREE])
            if int(b[_CAPACITY]) > 256:
                ptr16(stack)[free] = i
            else:
                ptr8(stack)[free] = i
            b[_FREE] = free + 1
        if shared:
            calls[2](state)
        if held == 0:
            calls[0](handle)

    @micropython.viper
    def get(handle):
        n = int(handle)
        i = n & 0xFFFF
        b = ptr32(book)
        if i >= int(b[_CAPACITY]) or box(n) is not handle:
            calls[0](handle)
        record = int(b[_RECORDS + i])
        if record & 0xFF == 0 or (record >> 8) != (n >> 16):
            calls[0](handle)
        return views[i]

    pool.acquire = acquire
    pool.release = release
    pool.get = pool.get_mut = get
