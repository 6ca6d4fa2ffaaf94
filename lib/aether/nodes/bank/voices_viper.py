"""The voices of a bank in viper: what each does next, which one a note gets, when it is let go.

Any context, but between blocks, which begin with AT = 0 in every voice; allocates nothing.
`voices_portable` is the same in plain Python, word for word but for the pointers; `places` has the
words. Whatever is loaded is below 2**31, so that machine words of 32 and 64 bits agree.
"""

import micropython
from micropython import const

# As in `places`: the compiler folds the constants of its own file only.
_FRAMES = const(0)
_VOICES = const(1)
_SOUNDING = const(2)
_RECORDS = const(3)
_PEDALS = const(4)
_TOP = const(6)
_PITCHES = const(8)
_PATCH_AT = const(108)
_BENDS = const(124)
_PANS = const(140)
_BEND_ZERO = const(1048576)
_PIECES = const(0)
_LENGTH = const(1)
_FACTOR = const(2)
_SHIFT = const(3)
_LAST_LENGTH = const(4)
_LAST_FACTOR = const(5)
_LAST_SHIFT = const(6)
_STAGE = const(7)
_LEVEL = const(28)
_SUSTAIN = const(29)
_WAVE = const(30)
_PAN = const(31)
_LEFT = const(0)
_AT = const(1)
_PHASE = const(2)
_STEP = const(3)
_GAIN_STEP = const(4)
_SIDES = const(5)
_TABLE = const(6)
_GAIN = const(7)
_STATE = const(8)
_COUNT = const(9)
_PIECE = const(10)
_END = const(11)
_EVENT = const(12)
_WAIT = const(13)
_GATE = const(14)
_NOTE = const(15)
_NEXT_STEP = const(16)
_NEXT_TABLE = const(17)
_NEXT_SIDES = const(18)
_PEAK = const(19)
_HOLD = const(20)
_LIMIT = const(21)
_PLAYS = const(22)
_LIST = const(23)
_LATE = const(24)
_VOICE = const(25)
_IDLE = const(0)
_WAITING = const(1)
_ATTACK = const(2)
_DECAY = const(3)
_RELEASE = const(4)
_FADE = const(5)
_HELD = const(6)
_FADE_FRAMES = const(64)
_LONG = const(0x3FFFFFFF)


@micropython.viper
def decide(bank: ptr32, todo: ptr32):
    """Give each voice of the list `todo`, whose piece has ended, its next piece, or an end."""
    k = 0
    while k < int(todo[0]):
        k += 1
        v = ptr32(int(bank) + int(todo[k]))
        state = int(v[_STATE])
        event = int(v[_EVENT])
        wait = int(v[_WAIT]) - int(v[_PIECE])
        begins = 0
        if event and wait < 1:
            state = event
            event = 0
            begins = 1
        elif not int(v[_COUNT]):
            v[_GAIN] = int(v[_END])
            begins = 1
            if state == _ATTACK:
                state = _DECAY
            elif state == _DECAY:
                state = _HELD
            elif state == _RELEASE:
                state = _IDLE
            elif state != _HELD:  # WAITING and FADE have made room
                v[_LATE] = _FADE_FRAMES if state == _FADE else 0
                state = _ATTACK
                v[_PHASE] = 0
                v[_STEP] = int(v[_NEXT_STEP])
                v[_TABLE] = int(v[_NEXT_TABLE])
                v[_SIDES] = int(v[_NEXT_SIDES])
                wait = int(v[_HOLD])
                if wait:
                    event = _RELEASE
        gain = int(v[_GAIN])
        if state == _HELD and not gain:
            state = _IDLE
        v[_STATE] = state
        v[_EVENT] = event
        if state == _IDLE:
            v[_GATE] = 0
            v[_LEFT] = 0
            bank[_SOUNDING] = int(bank[_SOUNDING]) - 1
            continue
        if state == _HELD:
            v[_GAIN_STEP] = 0
            v[_COUNT] = 0
            v[_END] = gain
            piece = _LONG
        else:
            patch = ptr32(int(bank) + (int(bank[_PATCH_AT + int(v[_PLAYS])]) << 2))
            stage = ptr32(int(patch) + (state - _ATTACK) * (_STAGE << 2))
            count = int(v[_COUNT])
            if begins:
                count = int(stage[_PIECES])
                end = 0
                if state == _ATTACK:
                    end = int(v[_PEAK])
                elif state == _DECAY:
                    end = (int(v[_PEAK]) >> 15) * int(patch[_SUSTAIN])
                v[_END] = end
            count -= 1
            v[_COUNT] = count
            way = int(v[_END]) - gain
            if count:
                piece = int(stage[_LENGTH])
                factor = int(stage[_FACTOR])
                shift = int(stage[_SHIFT])
            else:
                piece = int(stage[_LAST_LENGTH])
                factor = int(stage[_LAST_FACTOR])
                shift = int(stage[_LAST_SHIFT])
            # Cut off towards 0, so that no gain gets beyond its end.
            if way < 0:
                v[_GAIN_STEP] = 0 - (((0 - way) >> 15) * factor >> shift)
            else:
                v[_GAIN_STEP] = (way >> 15) * factor >> shift
        if event:
            if wait < piece:
                piece = wait
            v[_WAIT] = wait
        v[_PIECE] = piece
        v[_LEFT] = piece


@micropython.viper
def tune(bank: ptr32, tables: ptr32, first: int, last: int, patch: int):
    """Set the steps of voices first to last - 1 that have a note of this patch, by its bend.

    A table is left for the next one where the step is two semitones beyond its limit.
    """
    bend = int(bank[_BENDS + patch]) - _BEND_ZERO
    highest = (int(bank[_TOP]) + 1) * 98304 - 1
    while first < last:
        v = ptr32(int(bank) + (int(bank[_RECORDS]) + first * _VOICE << 2))
        first += 1
        note = int(v[_NOTE])
        if note >> 8 != patch:
            continue
        pitch = ((note & 0xFF) << 13) + bend
        if pitch < 0:
            pitch = 0
        if pitch > highest:
            pitch = highest
        octave = (pitch >> 13) * 171 >> 11
        pitch -= octave * 98304
        step = int(bank[_PITCHES + (pitch >> 10)])
        way = int(bank[_PITCHES + 1 + (pitch >> 10)]) - step
        step += (way >> 4) * (pitch & 1023) >> 6
        octave = int(bank[_TOP]) - octave
        step = step + (1 << octave >> 1) >> octave
        v[_NEXT_STEP] = step
        if step - (step >> 3) > int(v[_LIMIT]):
            at = int(v[_LIST])
            while int(tables[at]) < step:
                at += 2
            v[_LIMIT] = int(tables[at])
            v[_NEXT_TABLE] = int(tables[at + 1])
        state = int(v[_STATE])
        if state > _WAITING and state != _FADE and int(v[_EVENT]) != _FADE:
            v[_STEP] = step
            v[_TABLE] = int(v[_NEXT_TABLE])


@micropython.viper
def quietest(bank: ptr32) -> int:
    """Which voice gives way to a note.

    One that is idle, else the quietest that was let go, else the quietest of all; one that has not
    reached its peak counts as if it had.
    """
    found = 0
    least = int(0x7FFFFFFF)
    v = ptr32(int(bank) + (int(bank[_RECORDS]) << 2))
    i = 0
    while i < int(bank[_VOICES]):
        state = int(v[_STATE])
        if state == _IDLE:
            return i
        loudness = int(v[_GAIN]) >> 1
        if state < _DECAY or state == _FADE or int(v[_EVENT]) == _FADE:
            loudness = int(v[_PEAK]) >> 1
        if int(v[_GATE]):
            loudness += int(0x40000000)
        if loudness < least:
            least = loudness
            found = i
        v = ptr32(int(v) + (_VOICE << 2))
        i += 1
    return found


@micropython.viper
def begin(bank, tables, note: int, where: int) -> int:
    """Give a note a voice: its number, or -1 for what cannot be played.

    where: frame | patch << 10 | (pan + 1) << 14 | velocity << 22; without a pan it is the patch's.
    """
    b = ptr32(bank)
    if note >> 7 or note * 171 >> 11 > int(b[_TOP]):
        return -1
    velocity = where >> 22
    found = int(quietest(bank))
    v = ptr32(int(b) + (int(b[_RECORDS]) + found * _VOICE << 2))
    frame = where & 1023
    if frame >= int(b[_FRAMES]):
        frame = int(b[_FRAMES]) - 1
    which = where >> 10 & 15
    patch = ptr32(int(b) + (int(b[_PATCH_AT + which]) << 2))
    pan = where >> 14 & 0xFF
    if not pan:
        pan = int(patch[_PAN])
    if pan > 128:
        pan = 128
    pans = ptr8(int(b) + (_PANS << 2))
    v[_NEXT_SIDES] = int(pans[128 - pan]) | int(pans[pan - 1]) << 16
    v[_PEAK] = int(patch[_LEVEL]) * velocity * velocity << 2
    v[_NOTE] = note | which << 8
    v[_PLAYS] = which
    v[_LIST] = int(patch[_WAVE])
    v[_LIMIT] = 0
    v[_HOLD] = 0
    v[_GATE] = 1
    state = int(v[_STATE])
    if state < _ATTACK:
        if state == _IDLE:
            b[_SOUNDING] = int(b[_SOUNDING]) + 1
        v[_STATE] = _WAITING
        v[_GAIN] = 0
        v[_GAIN_STEP] = 0
        v[_END] = 0
        v[_COUNT] = 0
        v[_EVENT] = 0
        v[_PIECE] = frame
        v[_LEFT] = frame
    elif state == _FADE:
        v[_EVENT] = 0
    elif int(v[_EVENT]) != _FADE:
        gone = int(v[_PIECE]) - int(v[_LEFT])
        v[_EVENT] = _FADE
        v[_WAIT] = gone + frame
        if frame < int(v[_LEFT]):
            v[_PIECE] = gone + frame
            v[_LEFT] = frame
    tune(bank, tables, found, found + 1, which)
    return found


@micropython.viper
def let_go(bank: ptr32, key: int, mask: int, gates: int, frame: int):
    """Release the voices whose NOTE & mask is key, and whose GATE is one of gates, at a frame.

    Gates of 1, the keys, leave to the pedal what it holds.
    """
    if frame < 0:
        frame = 0
    if frame >= int(bank[_FRAMES]):
        frame = int(bank[_FRAMES]) - 1
    v = ptr32(int(bank) + (int(bank[_RECORDS]) << 2))
    i = int(bank[_VOICES])
    while i:
        i -= 1
        note = int(v[_NOTE])
        if not (note & mask) - key and int(v[_GATE]) & gates:
            gone = int(v[_PIECE]) - int(v[_LEFT])
            state = int(v[_STATE])
            if gates == 1 and int(bank[_PEDALS]) >> (note >> 8) & 1:
                v[_GATE] = 2
            else:
                v[_GATE] = 0
                hold = 0
                if state == _WAITING:
                    hold = frame - int(v[_LEFT])
                elif state == _FADE:
                    hold = frame - int(v[_LEFT]) + _FADE_FRAMES
                elif int(v[_EVENT]) == _FADE:
                    hold = frame + gone - int(v[_WAIT])
                else:
                    late = frame + int(v[_LATE])
                    v[_EVENT] = _RELEASE
                    v[_WAIT] = gone + late
                    if late < int(v[_LEFT]):
                        v[_PIECE] = gone + late
                        v[_LEFT] = late
                if hold < 1:
                    hold = 1
                v[_HOLD] = hold
        v = ptr32(int(v) + (_VOICE << 2))
