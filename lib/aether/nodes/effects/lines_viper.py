"""The arithmetic of delay lines in viper; `lines_portable` says what it computes.

Any context, hard interrupts too; allocates nothing. Loads by ptr32 and ptr16 zero-extend where a
machine word is longer, so a sign is made anew. Hottest locals come first; `top` is one, as
a board makes its constant from an object.
"""

import micropython
from micropython import const

# As in `words`.
_INVERSE = const(1)
_FEED = const(10)
_STEP = const(11)
_LENGTH = const(14)
_AT = const(15)
_TAP = const(16)
_TAP_NEXT = const(17)
_QUIET = const(18)
_ROOM = const(14)
_DAMPING = const(16)
_LONGEST = const(19)
_COMBS = const(6)
_LINES = const(10)
_RECORDS = const(20)
_RECORD = const(5)


@micropython.viper
def echo(state: ptr32, line: ptr16, q: ptr32, n: int):
    length = int(state[_LENGTH])
    old = int(state[_AT]) - int(state[_TAP])
    new = int(state[_AT]) - int(state[_TAP_NEXT])
    if old < 0:
        old += length
    if new < 0:
        new += length
    part = 0
    step = int(state[_INVERSE])
    q = ptr32(int(q) + (n << 2))
    while n > 0:
        y = (int(line[old]) ^ 0x8000) - 0x8000
        if old != new:
            x = (int(line[new]) ^ 0x8000) - 0x8000
            y += (x - y) * part >> 14
            part += step
            new += 1
            if new == length:
                new = 0
            old += 1
            if old == length:
                old = 0
        else:
            old += 1
            if old == length:
                old = 0
            new = old
        q[0] = y << 10
        q = ptr32(int(q) + 4)
        n -= 1
    state[_TAP] = int(state[_TAP_NEXT])


@micropython.viper
def feed(state: ptr32, line: ptr16, q: ptr32, n: int):
    top = int(0x80000000)
    at = int(state[_AT])
    gain = int(state[_FEED]) << 14
    step = (int(state[_STEP]) ^ top) - top
    length = int(state[_LENGTH])
    written = 0
    wet = ptr32(int(q) + (n << 2))
    end = int(wet)
    while int(q) < end:
        x = (int(q[0]) ^ top) - top
        x = x + 512 >> 10
        if x > 32767:
            x = 32767
        if x < -32768:
            x = -32768
        y = (int(wet[0]) ^ top) - top
        y = (y >> 10) * (gain >> 14)
        x += y + (y >> 31 & 32767) >> 15
        if x > 32767:
            x = 32767
        if x < -32768:
            x = -32768
        line[at] = x
        written |= x
        gain += step
        at += 1
        if at == length:
            at = 0
        q = ptr32(int(q) + 4)
        wet = ptr32(int(wet) + 4)
    state[_AT] = at
    quiet = 0
    if not written:
        quiet = int(state[_QUIET]) + n
        if quiet > length:
            quiet = length
    state[_QUIET] = quiet
    state[0] = 1 if quiet == length else 0


@micropython.viper
def spread(state: ptr32, q: ptr32, n: int):
    top = int(0x80000000)
    gain = int(state[_FEED]) << 14
    step = (int(state[_STEP]) ^ top) - top
    a = ptr32(int(q) + (n << 2))
    right = ptr32(int(q) + (n << 3))
    b = ptr32(int(a) + (n << 3))
    to = ptr32(int(q) + (n << 4))
    end = int(a)
    while int(q) < end:
        x = (int(q[0]) ^ top) - top
        x += (int(right[0]) ^ top) - top
        x >>= 1
        if x > 0x3FFFFFF:
            x = 0x3FFFFFF
        if x < -0x3FFFFFF:
            x = -0x3FFFFFF
        to[0] = (x >> 10) * (gain >> 14) + 16384 >> 15
        a[0] = 0
        b[0] = 0
        gain += step
        q = ptr32(int(q) + 4)
        right = ptr32(int(right) + 4)
        a = ptr32(int(a) + 4)
        b = ptr32(int(b) + 4)
        to = ptr32(int(to) + 4)
    k = _ROOM
    while k <= _DAMPING:
        x = int(state[k + 1]) - int(state[k])
        if x >> 3:
            x >>= 3
        state[k] = int(state[k]) + x
        k += _DAMPING - _ROOM


@micropython.viper
def room(state: ptr32, lines: ptr16, q: ptr32, n: int):
    top = int(0x80000000)
    damping = int(state[_DAMPING])
    keep = int(state[_ROOM]) * (32768 - damping) >> 15
    k = 0
    while k < _LINES:
        r = ptr32(int(state) + (_RECORDS + _RECORD * k << 2))
        length = int(r[1])
        at = int(r[3])
        line = ptr16(int(lines) + (int(r[0]) << 1))
        write = ptr16(int(line) + (at << 1))
        read = at - int(r[2])
        if read < 0:
            read += length
        to = ptr32(int(q) + (n << 2))
        if k & 1:
            to = ptr32(int(to) + (n << 3))
        i = n
        if k < _COMBS:
            x = ptr32(int(q) + (n << 4))
            low = (int(r[4]) ^ top) - top
            while i > 0:
                y = (int(line[read]) ^ 0x8000) - 0x8000
                low = y * keep + low * damping
                low = low + (low >> 31 & 32767) >> 15
                y = ((int(x[0]) ^ top) - top) + low
                if y > 32767:
                    y = 32767
                if y < -32768:
                    y = -32768
                write[0] = y
                to[0] = int(to[0]) + low
                read += 1
                if read == length:
                    read = 0
                write = ptr16(int(write) + 2)
                x = ptr32(int(x) + 4)
                to = ptr32(int(to) + 4)
                i -= 1
            r[4] = low
        else:
            while i > 0:
                y = (int(line[read]) ^ 0x8000) - 0x8000
                v = ((int(to[0]) ^ top) - top) + (y + (y >> 31 & 1) >> 1)
                if v > 32767:
                    v = 32767
                if v < -32768:
                    v = -32768
                write[0] = v
                to[0] = y - (v + (v >> 31 & 1) >> 1)
                read += 1
                if read == length:
                    read = 0
                write = ptr16(int(write) + 2)
                to = ptr32(int(to) + 4)
                i -= 1
        at += n
        if at == length:
            at = 0
        r[3] = at
        k += 1


@micropython.viper
def sides(state: ptr32, q: ptr32, n: int):
    a = ptr32(int(q) + (n << 2))
    b = ptr32(int(a) + (n << 3))
    given = ptr32(int(b) + (n << 2))
    written = 0
    end = int(a) + (n << 2)
    while int(a) < end:
        x = int(a[0])
        y = int(b[0])
        written |= x | y | int(given[0])
        a[0] = x + y << 10
        b[0] = x - y << 10
        a = ptr32(int(a) + 4)
        b = ptr32(int(b) + 4)
        given = ptr32(int(given) + 4)
    quiet = 0
    if not written:
        quiet = int(state[_QUIET]) + n
        if quiet > int(state[_LONGEST]):
            quiet = int(state[_LONGEST])
    state[_QUIET] = quiet
    state[0] = 1 if quiet == int(state[_LONGEST]) else 0
