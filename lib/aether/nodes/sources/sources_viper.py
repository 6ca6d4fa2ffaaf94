"""The arithmetic of sources in viper; `sources_portable` is the same in plain Python.

Any context; allocates nothing. Right with machine words of 32 and 64 bits: loads by ptr32
zero-extend, so a sign is made anew, and what is stored counts in 32 bits.
"""

import micropython
from micropython import const

# As in `words`: the compiler folds the constants of its own file only.
_IDLE = const(0)
_FRESH = const(1)
_NEXT_STEP = const(2)
_NEXT_PART = const(3)
_NEXT_OCTAVES = const(4)
_STEP = const(5)
_GOAL = const(6)
_PART = const(7)
_OCTAVES = const(8)
_REST = const(9)
_PHASE = const(10)
_GAIN = const(11)
_LEVEL = const(12)
_TABLE = const(13)
_BEND = const(14)
_RISE = const(15)
_FROM = const(16)
_BEFORE = const(17)
_SHIFT = const(18)
_UNSHIFT = const(19)
_SLIDE = const(20)
# Ten octaves, and the pitch of the largest step: Q20.
_TEN = const(0xA00000)
_TOP = const(0x1EFFFFF)


@micropython.viper
def pitch(state: ptr32, powers: ptr32, line: ptr32, n: int):
    """Let the step go, over the next block, to where the last sample of a line says.

    line: float32, octaves above the oscillator's own pitch, held within -10 and 10; NaN is 0.
    powers: 2**29 * 2**(i / 128), for i from 0 to 128.
    """
    if int(state[_FRESH]):
        state[_OCTAVES] = int(state[_NEXT_OCTAVES])
    x = int(line[n - 1])
    exponent = x >> 23 & 0xFF
    p = x & 0x7FFFFF | 0x800000
    if exponent > 129:
        if exponent == 255 and p != 0x800000:
            p = 0
        elif exponent > 130 or p > _TEN:
            p = _TEN
    elif exponent < 107:
        p = 0
    else:
        p = p >> 130 - exponent
    if x >> 31 & 1:
        p = 0 - p
    p += int(state[_OCTAVES])
    if p < 0:
        p = 0
    if p > _TOP:
        p = _TOP
    octave = p >> 20
    x = int(powers[p >> 13 & 127])
    x += (int(powers[(p >> 13 & 127) + 1]) - x >> 7) * (p & 8191) >> 6
    if octave > 29:
        step = x << 1
    else:
        step = x >> 29 - octave
    if octave > 13:
        x = x << octave - 13
    else:
        x = x >> 13 - octave
    state[_PART] = x & 0xFFFF
    state[_GOAL] = step
    state[_FRESH] = 0


@micropython.viper
def begin(state: ptr32, tables: ptr32, n: int):
    """Decide on a block of a wave: its step and its level lie on straight lines.

    tables: as `waves` makes them, the list at the beginning.
    """
    if int(state[_FRESH]):
        state[_GOAL] = int(state[_NEXT_STEP])
        state[_PART] = int(state[_NEXT_PART])
        state[_FRESH] = 0
    goal = int(state[_GOAL])
    step = int(state[_STEP])
    if not step:  # in the first block
        step = goal
        state[_STEP] = goal
    at = 0
    while int(tables[at]) < step or int(tables[at]) < goal:
        at += 2
    state[_BEFORE] = int(state[_TABLE])
    at = int(tables[at + 1])
    state[_TABLE] = at
    at = 22 + ((at & 1) << 1)
    state[_SHIFT] = at
    state[_UNSHIFT] = 32 - at
    state[_FROM] = int(state[_PHASE])
    state[_SLIDE] = step
    goal = goal - step
    if goal:
        goal = goal // n
    state[_BEND] = goal
    goal = int(state[_LEVEL]) - int(state[_GAIN]) << 12
    if goal:
        goal = goal // n
    state[_RISE] = goal


@micropython.viper
def rise(state: ptr32, n: int):
    """Let the gain go to the level over a block."""
    way = int(state[_LEVEL]) - int(state[_GAIN]) << 12
    if way:
        way = way // n
    state[_RISE] = way


@micropython.viper
def run(state: ptr32, tables: ptr32, out: ptr32, n: int):
    """The samples of a block, of 32 bits, as begin() has decided."""
    sign = int(0x80000000)
    bend = (int(state[_BEND]) ^ sign) - sign
    rise = (int(state[_RISE]) ^ sign) - sign
    gain = int(state[_GAIN]) << 12
    phase = int(state[_PHASE])
    step = int(state[_STEP])
    table = int(tables) + (int(state[_TABLE]) & -4)
    short = (int(state[_TABLE]) & 1) << 1
    mask = 0xFFC - 0x600 * short
    end = int(out) + (n << 2)
    while int(out) < end:
        x = phase >> short
        word = ptr32(table + (x >> 20 & mask))
        x = x >> 6 & 0xFFFF
        y = int(word[0])
        y += ((y & 0xFFFF ^ 0x8000) - 0x8000) * x
        phase += step
        step += bend
        x = gain >> 12
        gain += rise
        out[0] = ((y >> 16 & 0xFFFF ^ 0x8000) - 0x8000) * x + ((y >> 2 & 0x3FFF) * x >> 14)
        out = ptr32(int(out) + 4)
    state[_PHASE] = phase
    state[_SLIDE] = step


@micropython.viper
def end(state: ptr32, tables: ptr32, out: ptr32, n: int):
    """Behind a block: if its table is a new one, fade from the old one; get ready for the next."""
    use = int(state[_BEFORE])
    if use and use != int(state[_TABLE]):
        sign = int(0x80000000)
        bend = (int(state[_BEND]) ^ sign) - sign
        rise = (int(state[_RISE]) ^ sign) - sign
        gain = int(state[_GAIN]) << 12
        phase = int(state[_FROM])
        step = int(state[_STEP])
        table = int(tables) + (use & -4)
        short = (use & 1) << 1
        mask = 0xFFC - 0x600 * short
        weight = 1 << 28
        slope = weight // n
        stop = int(out) + (n << 2)
        while int(out) < stop:
            x = phase >> short
            word = ptr32(table + (x >> 20 & mask))
            x = x >> 6 & 0xFFFF
            y = int(word[0])
            y += ((y & 0xFFFF ^ 0x8000) - 0x8000) * x
            phase += step
            step += bend
            y = ((y >> 16 & 0xFFFF ^ 0x8000) - 0x8000) * (gain >> 12)
            gain += rise
            x = (int(out[0]) ^ sign) - sign
            out[0] = x + (((y >> 16) - (x >> 16)) * (weight >> 14) << 2)
            weight -= slope
            out = ptr32(int(out) + 4)
    rest = int(state[_REST]) + int(state[_PART]) * n
    state[_REST] = rest & 0xFFFF
    state[_PHASE] = int(state[_PHASE]) + (rest >> 16)
    state[_STEP] = int(state[_GOAL])
    state[_GAIN] = int(state[_LEVEL])
    if not int(state[_LEVEL]):
        state[_IDLE] = 1


@micropython.viper
def noise(state: ptr32, out: ptr32, n: int):
    """A block of Marsaglia's xorshift of 32 bits, behind rise()."""
    sign = int(0x80000000)
    x = int(state[_PHASE])
    gain = int(state[_GAIN]) << 12
    rise = (int(state[_RISE]) ^ sign) - sign
    end = int(out) + (n << 2)
    while int(out) < end:
        x = x ^ x << 13
        x = x ^ x >> 17 & 0x7FFF
        x = x ^ x << 5
        g = gain >> 12
        gain += rise
        out[0] = ((x >> 16 & 0xFFFF ^ 0x8000) - 0x8000) * g + ((x >> 2 & 0x3FFF) * g >> 14)
        out = ptr32(int(out) + 4)
    state[_PHASE] = x
    state[_GAIN] = int(state[_LEVEL])
    if not int(state[_LEVEL]):
        state[_IDLE] = 1


@micropython.viper
def hold(state: ptr32, out: ptr32, line: ptr32, n: int):
    """A block of line[n + 1]; if it is fresh, first the n samples of the line to line[n]."""
    i = 0
    if int(state[_FRESH]):
        while i < n:
            out[i] = int(line[i])
            i += 1
        state[_FRESH] = 0
        line[n + 1] = int(line[n])
        return
    x = int(line[n + 1])
    while i < n:
        out[0] = x
        out[1] = x
        out[2] = x
        out[3] = x
        out = ptr32(int(out) + 16)
        i += 4
    if not x & int(0x7FFFFFFF):
        state[_IDLE] = 1


@micropython.viper
def peak(tables: ptr32, at: int, end: int) -> int:
    """The largest magnitude of the samples in some words of tables."""
    most = 0
    while at < end:
        x = int(tables[at])
        x = x - ((x & 0xFFFF ^ 0x8000) - 0x8000) >> 16
        x = (x & 0xFFFF ^ 0x8000) - 0x8000
        if x < 0:
            x = 0 - x
        if x > most:
            most = x
        at += 1
    return most
