"""The arithmetic of sources in plain Python: `sources_viper`, bit for bit. Allocates.

Samples of 32 bits are bytes here, little-endian.
"""

from aether.nodes.sources.words import (
    BEFORE,
    BEND,
    FRESH,
    FROM,
    GAIN,
    GOAL,
    IDLE,
    LEVEL,
    NEXT_OCTAVES,
    NEXT_PART,
    NEXT_STEP,
    OCTAVES,
    PART,
    PHASE,
    REST,
    RISE,
    SHIFT,
    SLIDE,
    STEP,
    TABLE,
    UNSHIFT,
)

_TEN = 10 << 20
_TOP = (31 << 20) - 1


def signed(word):
    """The int that the low 32 bits of another are."""
    return (word & 0xFFFFFFFF ^ 0x80000000) - 0x80000000


def put(out, i, value):
    """Store a sample of 32 bits."""
    value &= 0xFFFFFFFF
    for k in range(4):
        out[4 * i + k] = value >> 8 * k & 0xFF


def _get(out, i):
    i *= 4
    return signed(out[i] | out[i + 1] << 8 | out[i + 2] << 16 | out[i + 3] << 24)


def pitch(state, powers, line, n):
    """Let the step go, over the next block, to where the last sample of a line says."""
    if state[FRESH]:
        state[OCTAVES] = state[NEXT_OCTAVES]
    x = line[n - 1]
    p = 0
    if x == x:
        p = int(min(max(x, -10), 10) * 1048576)
    p = min(max(p + state[OCTAVES], 0), _TOP)
    octave = p >> 20
    x = powers[p >> 13 & 127]
    x += (powers[(p >> 13 & 127) + 1] - x >> 7) * (p & 8191) >> 6
    state[GOAL] = x << 1 if octave > 29 else x >> 29 - octave
    state[PART] = (x << octave >> 13) & 0xFFFF
    state[FRESH] = 0


def linear(tables, table, phase):
    """A sample between two of a table, in 32 bits; table: where it is in bytes, + 1 for short."""
    short = 2 * (table & 1)
    word = tables[(table >> 2) + (phase >> 22 + short)]
    return signed(word + ((word & 0xFFFF ^ 0x8000) - 0x8000) * (phase >> 6 + short & 0xFFFF))


def begin(state, tables, n):
    """Decide on a block of a wave: its step and its level lie on straight lines."""
    if state[FRESH]:
        state[GOAL] = state[NEXT_STEP]
        state[PART] = state[NEXT_PART]
        state[FRESH] = 0
    goal = state[GOAL]
    step = state[STEP] = state[SLIDE] = state[STEP] or goal
    at = 0
    while tables[at] < max(step, goal):
        at += 2
    state[BEFORE] = state[TABLE]
    state[TABLE] = tables[at + 1]
    state[SHIFT] = 24 if state[TABLE] & 1 else 22
    state[UNSHIFT] = 32 - state[SHIFT]
    state[FROM] = state[PHASE]
    state[BEND] = (goal - step) // n
    state[RISE] = (state[LEVEL] - state[GAIN] << 12) // n


def run(state, tables, out, n):
    """The samples of a block, of 32 bits, as begin() has decided."""
    phase = state[PHASE] & 0xFFFFFFFF
    step = state[STEP]
    gain = state[GAIN] << 12
    for i in range(n):
        y = linear(tables, state[TABLE], phase)
        g = gain >> 12
        put(out, i, (y >> 16) * g + ((y >> 2 & 0x3FFF) * g >> 14))
        phase = phase + step & 0xFFFFFFFF
        step += state[BEND]
        gain += state[RISE]
    state[PHASE] = signed(phase)
    state[SLIDE] = signed(step)


def end(state, tables, out, n):
    """Behind a block: if its table is a new one, fade from the old one; get ready for the next."""
    if state[BEFORE] not in (0, state[TABLE]):
        _fade(state, tables, out, n)
    rest = state[REST] + state[PART] * n
    state[REST] = rest & 0xFFFF
    state[PHASE] = signed(state[PHASE] + (rest >> 16))
    state[STEP] = state[GOAL]
    state[GAIN] = state[LEVEL]
    if not state[LEVEL]:
        state[IDLE] = 1


def _fade(state, tables, out, n):
    phase = state[FROM] & 0xFFFFFFFF
    step = state[STEP]
    gain = state[GAIN] << 12
    weight = 1 << 28
    slope = weight // n
    for i in range(n):
        was = (linear(tables, state[BEFORE], phase) >> 16) * (gain >> 12)
        y = _get(out, i)
        put(out, i, y + (((was >> 16) - (y >> 16)) * (weight >> 14) << 2))
        phase = phase + step & 0xFFFFFFFF
        step += state[BEND]
        gain += state[RISE]
        weight -= slope


def rise(state, n):
    """Let the gain go to the level over a block."""
    state[RISE] = (state[LEVEL] - state[GAIN] << 12) // n


def noise(state, out, n):
    """A block of Marsaglia's xorshift of 32 bits, behind rise()."""
    x = state[PHASE] & 0xFFFFFFFF
    gain = state[GAIN] << 12
    for i in range(n):
        x ^= x << 13 & 0xFFFFFFFF
        x ^= x >> 17
        x ^= x << 5 & 0xFFFFFFFF
        g = gain >> 12
        gain += state[RISE]
        put(out, i, (signed(x) >> 16) * g + ((x >> 2 & 0x3FFF) * g >> 14))
    state[PHASE] = signed(x)
    state[GAIN] = state[LEVEL]
    if not state[LEVEL]:
        state[IDLE] = 1


def hold(state, out, line, n):
    """A block of line[n + 1]; if it is fresh, first the n samples of the line to line[n]."""
    if state[FRESH]:
        for i in range(n):
            out[i] = line[i]
        state[FRESH] = 0
        line[n + 1] = line[n]
        return
    for i in range(n):
        out[i] = line[n + 1]
    if not line[n + 1]:
        state[IDLE] = 1


def peak(tables, at, end):
    """The largest magnitude of the samples in some words of tables."""
    most = 0
    while at < end:
        word = tables[at]
        most = max(most, abs(signed(word - ((word & 0xFFFF ^ 0x8000) - 0x8000)) >> 16))
        at += 1
    return most
