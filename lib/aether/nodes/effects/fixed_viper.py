"""The arithmetic of effects without a memory in viper; `fixed_portable` says what it computes.

Any context, hard interrupts too; allocates nothing. Right with machine words of 32 and 64 bits:
loads by ptr32 zero-extend, so a sign is made anew. Hottest locals come first; `top` is one, as
a board makes its constant from an object.
"""

import micropython
from micropython import const

# As in `words`: the compiler folds the constants of its own file only.
_INVERSE = const(1)
_DRY = const(2)
_WET = const(6)
_DRIVE = const(2)
_STEP = const(1)
_GOAL = const(2)
_NEXT = const(3)
_MOST = const(0x1FFFFFFF)


@micropython.viper
def take(q: ptr32, src: ptr32, n: int):
    end = int(src) + (n << 2)
    while int(src) < end:
        w = int(src[0])
        e = w >> 23 & 0xFF
        x = w & 0x7FFFFF
        if e > 130:
            if e > 131:
                if e == 255 and x:
                    x = 0
                else:
                    x = _MOST
            else:
                x = (x | 0x800000) << 5
        elif e > 125:
            x = (x | 0x800000) << e - 126
        elif e > 102:
            x = (x | 0x800000) >> 126 - e
        else:
            x = 0
        if w >> 31 & 1:
            x = 0 - x
        q[0] = x
        q = ptr32(int(q) + 4)
        src = ptr32(int(src) + 4)


@micropython.viper
def give(dst: ptr32, q: ptr32, n: int):
    top = int(0x80000000)
    end = int(q) + (n << 2)
    while int(q) < end:
        x = (int(q[0]) ^ top) - top
        w = 0
        if x:
            e = 133
            if x < 0:
                x = 0 - x
                e = 389
            # The top bit moves up to bit 30, and the implied bit of the mantissa adds 1 to e.
            if not x >> 15:
                x <<= 16
                e -= 16
            if not x >> 23:
                x <<= 8
                e -= 8
            if not x >> 27:
                x <<= 4
                e -= 4
            if not x >> 29:
                x <<= 2
                e -= 2
            if not x >> 30:
                x <<= 1
                e -= 1
            w = (e - 1 << 23) + (x >> 7)
        dst[0] = w
        dst = ptr32(int(dst) + 4)
        q = ptr32(int(q) + 4)


@micropython.viper
def begin(state: ptr32, n: int):
    p = ptr32(int(state) + (_DRY << 2))
    k = 3
    while k:
        goal = int(p[_NEXT])
        p[_STEP] = (goal - int(p[_GOAL])) * int(state[_INVERSE])
        p[0] = int(p[_GOAL])
        p[_GOAL] = goal
        p = ptr32(int(p) + 16)
        k -= 1


@micropython.viper
def blend(state: ptr32, q: ptr32, n: int):
    top = int(0x80000000)
    y = ptr32(int(q) + (n << 2))
    dry = int(state[_DRY]) << 14
    wet = int(state[_WET]) << 14
    dry_step = (int(state[_DRY + _STEP]) ^ top) - top
    wet_step = (int(state[_WET + _STEP]) ^ top) - top
    end = int(y)
    while int(q) < end:
        x = (int(q[0]) ^ top) - top
        g = dry >> 14
        r = (x >> 15) * g + ((x & 0x7FFF) * g >> 15)
        x = (int(y[0]) ^ top) - top
        g = wet >> 14
        q[0] = r + (x >> 15) * g + ((x & 0x7FFF) * g >> 15)
        dry += dry_step
        wet += wet_step
        q = ptr32(int(q) + 4)
        y = ptr32(int(y) + 4)


@micropython.viper
def soft(state: ptr32, q: ptr32, n: int):
    top = int(0x80000000)
    drive = int(state[_DRIVE]) << 14
    step = (int(state[_DRIVE + _STEP]) ^ top) - top
    end = int(q) + (n << 2)
    while int(q) < end:
        x = (int(q[0]) ^ top) - top
        minus = x >> 31
        if minus:
            x = 0 - x
        if x > 0xFFFFFF:
            x = 0xFFFFFF
        g = drive >> 14
        x = (x >> 10) * g + ((x & 0x3FF) * g >> 10)
        if x > 0x1000000:
            x = 0x1000000
        g = 98304 - ((x >> 9) * (x >> 9) >> 15) >> 1
        x = (x >> 15) * g + ((x & 0x7FFF) * g >> 15)
        if x > 0x1000000:
            x = 0x1000000
        if minus:
            x = 0 - x
        q[0] = x
        drive += step
        q = ptr32(int(q) + 4)


@micropython.viper
def begin_soft(state: ptr32, n: int):
    p = ptr32(int(state) + (_DRIVE << 2))
    goal = int(p[_NEXT])
    p[_STEP] = (goal - int(p[_GOAL])) * int(state[_INVERSE])
    p[0] = int(p[_GOAL])
    p[_GOAL] = goal
