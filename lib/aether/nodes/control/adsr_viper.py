"""The arithmetic of an envelope in viper; `adsr_portable` is the same in plain Python.

Any context; allocates nothing. Right with machine words of 32 and 64 bits.
"""

import micropython
from micropython import const

# As in `adsr_words`: the compiler folds the constants of its own file only.
_IDLE = const(0)
_FRESH = const(1)
_STAGE = const(2)
_VALUE = const(3)
_GOAL = const(4)
_AIM = const(5)
_LEFT = const(6)
_PIECE = const(7)
_SLOPE = const(8)
_END = const(9)
_HEAD = const(10)
_TAIL = const(11)
_EVENTS = const(12)
_SUSTAIN = const(20)
_STAGES = const(21)
_NEXT = const(36)
_ONE = const(0x3FFFFFFF)
_OFF = const(0)
_ATTACK = const(1)
_DECAY = const(2)
_RELEASE = const(3)
_HOLD = const(4)
_FRAMES = const(0)
_LENGTH = const(1)
_PART = const(2)
_DOWN = const(3)
_BEYOND = const(4)
_SIZE = const(5)


@micropython.viper
def envelope(s: ptr32, out: ptr32, n: int):
    """A block of an envelope, in 32 bits."""
    sign = int(0x80000000)
    i = 0
    if int(s[_FRESH]):
        while i < 3 * _SIZE + 1:
            s[_SUSTAIN + i] = int(s[_NEXT + i])
            i += 1
        s[_FRESH] = 0
    value = (int(s[_VALUE]) ^ sign) - sign
    stage = int(s[_STAGE])
    piece = int(s[_PIECE])
    slope = (int(s[_SLOPE]) ^ sign) - sign
    i = 0
    while i < n:
        end = n
        begin = 0
        while int(s[_TAIL]) != int(s[_HEAD]):
            event = int(s[_EVENTS + int(s[_TAIL])])
            if event >> 1 > i:
                if event >> 1 < n:
                    end = event >> 1
                break
            s[_TAIL] = int(s[_TAIL]) + 1 & 7
            if event & 1:
                begin = _ATTACK
            elif begin or stage != _OFF:
                begin = _RELEASE
        if not begin and not piece:
            if stage == _HOLD:
                if value != int(s[_SUSTAIN]):
                    begin = _DECAY
            elif stage and not int(s[_LEFT]):
                value = int(s[_GOAL])
                if stage == _ATTACK:
                    begin = _DECAY
                elif stage == _DECAY:
                    stage = _HOLD
                    continue
                else:
                    stage = _OFF
        if begin:
            stage = begin
            piece = 0
            goal = 0
            if stage == _ATTACK:
                goal = _ONE
            elif stage == _DECAY:
                goal = int(s[_SUSTAIN])
            at = ptr32(int(s) + (_STAGES + (stage - 1) * _SIZE << 2))
            s[_GOAL] = goal
            s[_AIM] = goal + (goal - value >> int(at[_BEYOND]))
            s[_LEFT] = int(at[_FRAMES])
        if stage == _OFF or stage == _HOLD:
            slope = 0
        elif not piece:
            at = ptr32(int(s) + (_STAGES + (stage - 1) * _SIZE << 2))
            left = int(s[_LEFT])
            piece = 1 << int(at[_LENGTH])
            if left > piece:
                # (aim - value) * PART / 2**30 / 2**DOWN, in products of 32 bits
                way = ((int(s[_AIM]) ^ sign) - sign) - value
                part = int(at[_PART])
                x = (way >> 15) * (part >> 15) + ((way >> 15) * (part & 0x7FFF) >> 15)
                x += (way & 0x7FFF) * (part >> 15) >> 15
                x = value + (x >> int(at[_DOWN]))
                if x < 0:
                    x = 0
                if x > _ONE:
                    x = _ONE
                slope = x - value >> int(at[_LENGTH])
            else:
                piece = left
                x = int(s[_GOAL])
                slope = (x - value) // piece
            s[_END] = x
            s[_LEFT] = left - piece
        count = end - i
        i = end
        if stage != _OFF and stage != _HOLD:
            if count > piece:
                i = end - count + piece
                count = piece
            piece -= count
        p = int(out) + (count << 2)
        while int(out) + 12 < p:
            out[0] = value << 1
            value += slope
            out[1] = value << 1
            value += slope
            out[2] = value << 1
            value += slope
            out[3] = value << 1
            value += slope
            out = ptr32(int(out) + 16)
        while int(out) < p:
            out[0] = value << 1
            value += slope
            out = ptr32(int(out) + 4)
        if stage != _OFF and stage != _HOLD and not piece:
            value = int(s[_END])
    s[_VALUE] = value
    s[_STAGE] = stage
    s[_PIECE] = piece
    s[_SLOPE] = slope
    # A stage of which no frame is left ends here, so that what has died away is idle at once.
    if stage == _RELEASE and not piece and not int(s[_LEFT]):
        s[_VALUE] = 0
        s[_STAGE] = _OFF
        stage = _OFF
    if stage == _OFF or stage == _HOLD and not value:
        if int(s[_TAIL]) == int(s[_HEAD]):
            s[_IDLE] = 1
