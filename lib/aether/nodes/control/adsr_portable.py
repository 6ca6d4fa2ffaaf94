"""The arithmetic of an envelope in plain Python: `adsr_viper`, bit for bit. Allocates."""

from aether.nodes.control.adsr_words import (
    AIM,
    ATTACK,
    BEYOND,
    DECAY,
    DOWN,
    END,
    EVENTS,
    FRAMES,
    FRESH,
    GOAL,
    HEAD,
    HOLD,
    IDLE,
    LEFT,
    LENGTH,
    NEXT,
    OFF,
    ONE,
    PART,
    PIECE,
    RELEASE,
    SIZE,
    SLOPE,
    STAGE,
    STAGES,
    SUSTAIN,
    TAIL,
    VALUE,
)
from aether.nodes.sources.sources_portable import put


def envelope(s, out, n):
    """A block of an envelope, in 32 bits."""
    if s[FRESH]:
        for i in range(3 * SIZE + 1):
            s[SUSTAIN + i] = s[NEXT + i]
        s[FRESH] = 0
    i = 0
    while i < n:
        end = _events(s, i, n)
        if not s[PIECE]:
            if not _next(s):
                continue
        moving = s[STAGE] not in (OFF, HOLD)
        count = min(end - i, s[PIECE]) if moving else end - i
        for k in range(i, i + count):
            put(out, k, s[VALUE] << 1)
            s[VALUE] += s[SLOPE]
        i += count
        if moving:
            s[PIECE] -= count
            if not s[PIECE]:
                s[VALUE] = s[END]
    if s[STAGE] == RELEASE and not s[PIECE] and not s[LEFT]:
        s[VALUE] = 0
        s[STAGE] = OFF
    if (s[STAGE] == OFF or s[STAGE] == HOLD and not s[VALUE]) and s[TAIL] == s[HEAD]:
        s[IDLE] = 1


def _events(s, i, n):
    # Take up what happens at frame i; returns where the next event is, or n.
    begin = 0
    end = n
    while s[TAIL] != s[HEAD]:
        event = s[EVENTS + s[TAIL]]
        if event >> 1 > i:
            end = min(event >> 1, n)
            break
        s[TAIL] = s[TAIL] + 1 & 7
        if event & 1:
            begin = ATTACK
        elif begin or s[STAGE] != OFF:
            begin = RELEASE
    if begin:
        _begin(s, begin)
    return end


def _begin(s, stage):
    at = STAGES + (stage - 1) * SIZE
    goal = {ATTACK: ONE, DECAY: s[SUSTAIN], RELEASE: 0}[stage]
    s[STAGE] = stage
    s[PIECE] = 0
    s[GOAL] = goal
    s[AIM] = goal + (goal - s[VALUE] >> s[at + BEYOND])
    s[LEFT] = s[at + FRAMES]


def _next(s):
    # Another stage or piece; False if it must be asked again.
    stage = s[STAGE]
    if stage == HOLD:
        if s[VALUE] != s[SUSTAIN]:
            _begin(s, DECAY)
    elif stage and not s[LEFT]:
        s[VALUE] = s[GOAL]
        if stage == ATTACK:
            _begin(s, DECAY)
        else:
            s[STAGE] = HOLD if stage == DECAY else OFF
            return False
    if s[STAGE] in (OFF, HOLD):
        s[SLOPE] = 0
    else:
        _piece(s, STAGES + (s[STAGE] - 1) * SIZE)
    return True


def _piece(s, at):
    left = s[LEFT]
    value = s[VALUE]
    piece = 1 << s[at + LENGTH]
    if left > piece:
        way = s[AIM] - value
        part = s[at + PART]
        x = (way >> 15) * (part >> 15) + ((way >> 15) * (part & 0x7FFF) >> 15)
        x += (way & 0x7FFF) * (part >> 15) >> 15
        x = min(max(value + (x >> s[at + DOWN]), 0), ONE)
        s[SLOPE] = x - value >> s[at + LENGTH]
    else:
        piece = left
        x = s[GOAL]
        s[SLOPE] = (x - value) // piece
    s[PIECE] = piece
    s[END] = x
    s[LEFT] = left - piece
