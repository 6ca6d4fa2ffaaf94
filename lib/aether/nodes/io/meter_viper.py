"""The arithmetic of a meter in viper; `meter_portable` says what it computes.

Any context, hard interrupts too; allocates nothing.
"""

import micropython
from micropython import const

# As in `meter_words`.
_PEAK = const(1)
_WAIT = const(2)
_HOLD = const(3)
_FALL = const(4)
_HIGH = const(5)
_LOW = const(6)
_BLOCKS = const(7)
_WINDOW = const(8)
_TURN = const(9)
_SHOWN = const(10)
_END = const(0x3FFFFFFF)


@micropython.viper
def measure(state: ptr32, q: ptr32, n: int):
    top = int(0x80000000)
    peak = 0
    high = 0
    low = 0
    middle = 0
    end = int(q) + (n << 2)
    while int(q) < end:
        x = (int(q[0]) ^ top) - top
        if x < 0:
            x = 0 - x
        if x > peak:
            peak = x
        x >>= 7
        if x > 0xFFFFF:
            x = 0xFFFFF
        y = x & 0x3FF
        x >>= 10
        high += x * x
        middle += x * y
        low += y * y
        q = ptr32(int(q) + 4)
    shown = int(state[_PEAK])
    if int(state[_WAIT]):
        state[_WAIT] = int(state[_WAIT]) - 1
    else:
        x = int(state[_FALL])
        shown = (shown >> 15) * x + ((shown & 0x7FFF) * x >> 15)
    if peak:
        if peak >= shown:
            shown = peak
            state[_WAIT] = int(state[_HOLD])
    state[_PEAK] = shown
    low += int(state[_LOW]) + ((middle & 0x1FF) << 11)
    high += int(state[_HIGH]) + (middle >> 9) + (low >> 20)
    low &= 0xFFFFF
    if high > _END:
        high = _END
    # A sum of 2**31 and more has become negative.
    if high < 0:
        high = _END
    n = int(state[_BLOCKS]) + 1
    if n >= int(state[_WINDOW]):
        state[_SHOWN] = high
        state[_SHOWN + 1] = low
        state[_TURN] = int(state[_TURN]) + 1 & 0x3FF
        n = 0
        high = 0
        low = 0
    state[_HIGH] = high
    state[_LOW] = low
    state[_BLOCKS] = n
    shown |= high | low | int(state[_SHOWN]) | int(state[_SHOWN + 1])
    state[0] = 0 if shown else 1
