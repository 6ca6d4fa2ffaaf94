"""The arithmetic of a slow wave in viper; `lfo_portable` is the same in plain Python.

Any context; allocates nothing. Right with machine words of 32 and 64 bits.
"""

import micropython
from micropython import const

# As in `lfo_words`: the compiler folds the constants of its own file only.
_IDLE = const(0)
_FRESH = const(1)
_NEXT_STEP = const(2)
_NEXT_PART = const(3)
_NEXT_DEPTH = const(4)
_NEXT_OFFSET = const(5)
_STEP = const(6)
_PART = const(7)
_DEPTH = const(8)
_OFFSET = const(9)
_REST = const(10)
_PHASE = const(11)


@micropython.viper
def slow(state: ptr32, table: ptr32, out: ptr32, n: int):
    """A block of a wave of 256 entries, in 32 bits; depth and offset lie on lines.

    It is found for every fourth sample; those between lie on lines.
    """
    sign = int(0x80000000)
    depth = int(state[_DEPTH])
    offset = (int(state[_OFFSET]) ^ sign) - sign
    depths = 0
    offsets = 0
    if int(state[_FRESH]):
        state[_STEP] = int(state[_NEXT_STEP])
        state[_PART] = int(state[_NEXT_PART])
        state[_DEPTH] = int(state[_NEXT_DEPTH])
        state[_OFFSET] = int(state[_NEXT_OFFSET])
        state[_FRESH] = 0
        depths = (int(state[_DEPTH]) - depth) // (n >> 2)
        offsets = (((int(state[_OFFSET]) ^ sign) - sign) - offset) // (n >> 2)
    phase = int(state[_PHASE])
    step = int(state[_STEP]) << 2
    before = 0
    groups = n >> 2
    left = groups
    while 1:
        x = int(table[phase >> 24 & 0xFF])
        x += ((x & 0xFFFF ^ 0x8000) - 0x8000) * (phase >> 8 & 0xFFFF)
        x = (x >> 16 & 0xFFFF ^ 0x8000) - 0x8000
        x = offset + x * (depth >> 15) + (x * (depth & 0x7FFF) >> 15)
        if left < groups:
            slope = x - before >> 2
            out[0] = before
            before += slope
            out[1] = before
            before += slope
            out[2] = before
            out[3] = before + slope
            out = ptr32(int(out) + 16)
        if not left:
            break
        before = x
        left -= 1
        phase += step
        depth += depths
        offset += offsets
    rest = int(state[_REST]) + int(state[_PART]) * n
    state[_REST] = rest & 0xFFFF
    state[_PHASE] = phase + (rest >> 16)
    if not int(state[_DEPTH]) and not int(state[_OFFSET]):
        state[_IDLE] = 1
