"""The voices of a bank in plain Python: `voices_viper` word for word, but for the pointers.

Allocates.
"""

from aether.nodes.bank.places import (
    ATTACK,
    BEND_ZERO,
    BENDS,
    COUNT,
    DECAY,
    END,
    EVENT,
    FACTOR,
    FADE,
    FADE_FRAMES,
    FRAMES,
    GAIN,
    GAIN_STEP,
    GATE,
    HELD,
    HOLD,
    IDLE,
    LAST_FACTOR,
    LAST_LENGTH,
    LAST_SHIFT,
    LATE,
    LEFT,
    LENGTH,
    LEVEL,
    LIMIT,
    LIST,
    NEXT_SIDES,
    NEXT_STEP,
    NEXT_TABLE,
    NOTE,
    PAN,
    PANS,
    PATCH_AT,
    PEAK,
    PEDALS,
    PHASE,
    PIECE,
    PIECES,
    PITCHES,
    PLAYS,
    RECORDS,
    RELEASE,
    SHIFT,
    SIDES,
    SOUNDING,
    STAGE,
    STATE,
    STEP,
    SUSTAIN,
    TABLE,
    TOP,
    VOICE,
    VOICES,
    WAIT,
    WAITING,
    WAVE,
)

LONG = 0x3FFFFFFF


def part(words, at):
    """The words from `at` on."""
    return memoryview(words)[at:]


def decide(bank, todo):
    """Give each voice of the list `todo`, whose piece has ended, its next piece, or an end."""
    k = 0
    while k < todo[0]:
        k += 1
        v = part(bank, todo[k] >> 2)
        state = v[STATE]
        event = v[EVENT]
        wait = v[WAIT] - v[PIECE]
        begins = 0
        if event and wait < 1:
            state = event
            event = 0
            begins = 1
        elif not v[COUNT]:
            v[GAIN] = v[END]
            begins = 1
            if state == ATTACK:
                state = DECAY
            elif state == DECAY:
                state = HELD
            elif state == RELEASE:
                state = IDLE
            elif state != HELD:  # WAITING and FADE have made room
                v[LATE] = FADE_FRAMES if state == FADE else 0
                state = ATTACK
                v[PHASE] = 0
                v[STEP] = v[NEXT_STEP]
                v[TABLE] = v[NEXT_TABLE]
                v[SIDES] = v[NEXT_SIDES]
                wait = v[HOLD]
                if wait:
                    event = RELEASE
        gain = v[GAIN]
        if state == HELD and not gain:
            state = IDLE
        v[STATE] = state
        v[EVENT] = event
        if state == IDLE:
            v[GATE] = 0
            v[LEFT] = 0
            bank[SOUNDING] = bank[SOUNDING] - 1
            continue
        if state == HELD:
            v[GAIN_STEP] = 0
            v[COUNT] = 0
            v[END] = gain
            piece = LONG
        else:
            patch = part(bank, bank[PATCH_AT + v[PLAYS]])
            stage = part(patch, (state - ATTACK) * STAGE)
            count = v[COUNT]
            if begins:
                count = stage[PIECES]
                end = 0
                if state == ATTACK:
                    end = v[PEAK]
                elif state == DECAY:
                    end = (v[PEAK] >> 15) * patch[SUSTAIN]
                v[END] = end
            count -= 1
            v[COUNT] = count
            way = v[END] - gain
            if count:
                piece = stage[LENGTH]
                factor = stage[FACTOR]
                shift = stage[SHIFT]
            else:
                piece = stage[LAST_LENGTH]
                factor = stage[LAST_FACTOR]
                shift = stage[LAST_SHIFT]
            # Cut off towards 0, so that no gain gets beyond its end.
            if way < 0:
                v[GAIN_STEP] = -((-way >> 15) * factor >> shift) & 0xFFFFFFFF
            else:
                v[GAIN_STEP] = (way >> 15) * factor >> shift
        if event:
            if wait < piece:
                piece = wait
            v[WAIT] = wait
        v[PIECE] = piece
        v[LEFT] = piece


def tune(bank, tables, first, last, patch):
    """Set the steps of voices first to last - 1 that have a note of this patch, by its bend.

    A table is left for the next one where the step is two semitones beyond its limit.
    """
    bend = bank[BENDS + patch] - BEND_ZERO
    highest = (bank[TOP] + 1) * 98304 - 1
    while first < last:
        v = part(bank, bank[RECORDS] + first * VOICE)
        first += 1
        note = v[NOTE]
        if note >> 8 != patch:
            continue
        pitch = ((note & 0xFF) << 13) + bend
        if pitch < 0:
            pitch = 0
        if pitch > highest:
            pitch = highest
        octave = (pitch >> 13) * 171 >> 11
        pitch -= octave * 98304
        step = bank[PITCHES + (pitch >> 10)]
        way = bank[PITCHES + 1 + (pitch >> 10)] - step
        step += (way >> 4) * (pitch & 1023) >> 6
        octave = bank[TOP] - octave
        step = step + (1 << octave >> 1) >> octave
        v[NEXT_STEP] = step
        if step - (step >> 3) > v[LIMIT]:
            at = v[LIST]
            while tables[at] < step:
                at += 2
            v[LIMIT] = tables[at]
            v[NEXT_TABLE] = tables[at + 1]
        state = v[STATE]
        if state > WAITING and state != FADE and v[EVENT] != FADE:
            v[STEP] = step
            v[TABLE] = v[NEXT_TABLE]


def quietest(bank):
    """Which voice gives way to a note.

    One that is idle, else the quietest that was let go, else the quietest of all; one that has not
    reached its peak counts as if it had.
    """
    found = 0
    least = 0x7FFFFFFF
    v = part(bank, bank[RECORDS])
    i = 0
    while i < bank[VOICES]:
        state = v[STATE]
        if state == IDLE:
            return i
        loudness = v[GAIN] >> 1
        if state < DECAY or state == FADE or v[EVENT] == FADE:
            loudness = v[PEAK] >> 1
        if v[GATE]:
            loudness += 0x40000000
        if loudness < least:
            least = loudness
            found = i
        v = part(v, VOICE)
        i += 1
    return found


def begin(bank, tables, note, where):
    """Give a note a voice: its number, or -1 for what cannot be played.

    where: frame | patch << 10 | (pan + 1) << 14 | velocity << 22; without a pan it is the patch's.
    """
    b = bank
    if note >> 7 or note * 171 >> 11 > b[TOP]:
        return -1
    velocity = where >> 22
    found = quietest(bank)
    v = part(b, b[RECORDS] + found * VOICE)
    frame = where & 1023
    if frame >= b[FRAMES]:
        frame = b[FRAMES] - 1
    which = where >> 10 & 15
    patch = part(b, b[PATCH_AT + which])
    pan = where >> 14 & 0xFF
    if not pan:
        pan = patch[PAN]
    if pan > 128:
        pan = 128
    pans = bytes(b[PANS : PANS + 32])
    v[NEXT_SIDES] = pans[128 - pan] | pans[pan - 1] << 16
    v[PEAK] = patch[LEVEL] * velocity * velocity << 2
    v[NOTE] = note | which << 8
    v[PLAYS] = which
    v[LIST] = patch[WAVE]
    v[LIMIT] = 0
    v[HOLD] = 0
    v[GATE] = 1
    state = v[STATE]
    if state < ATTACK:
        if state == IDLE:
            b[SOUNDING] = b[SOUNDING] + 1
        v[STATE] = WAITING
        v[GAIN] = 0
        v[GAIN_STEP] = 0
        v[END] = 0
        v[COUNT] = 0
        v[EVENT] = 0
        v[PIECE] = frame
        v[LEFT] = frame
    elif state == FADE:
        v[EVENT] = 0
    elif v[EVENT] != FADE:
        gone = v[PIECE] - v[LEFT]
        v[EVENT] = FADE
        v[WAIT] = gone + frame
        if frame < v[LEFT]:
            v[PIECE] = gone + frame
            v[LEFT] = frame
    tune(bank, tables, found, found + 1, which)
    return found


def let_go(bank, key, mask, gates, frame):
    """Release the voices whose NOTE & mask is key, and whose GATE is one of gates, at a frame.

    Gates of 1, the keys, leave to the pedal what it holds.
    """
    if frame < 0:
        frame = 0
    if frame >= bank[FRAMES]:
        frame = bank[FRAMES] - 1
    v = part(bank, bank[RECORDS])
    i = bank[VOICES]
    while i:
        i -= 1
        note = v[NOTE]
        if not (note & mask) - key and v[GATE] & gates:
            gone = v[PIECE] - v[LEFT]
            state = v[STATE]
            if gates == 1 and bank[PEDALS] >> (note >> 8) & 1:
                v[GATE] = 2
            else:
                v[GATE] = 0
                hold = 0
                if state == WAITING:
                    hold = frame - v[LEFT]
                elif state == FADE:
                    hold = frame - v[LEFT] + FADE_FRAMES
                elif v[EVENT] == FADE:
                    hold = frame + gone - v[WAIT]
                else:
                    late = frame + v[LATE]
                    v[EVENT] = RELEASE
                    v[WAIT] = gone + late
                    if late < v[LEFT]:
                        v[PIECE] = gone + late
                        v[LEFT] = late
                if hold < 1:
                    hold = 1
                v[HOLD] = hold
        v = part(v, VOICE)
