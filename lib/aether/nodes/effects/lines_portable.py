"""The arithmetic of delay lines in plain Python: what it computes, bit for bit. Allocates.

A line holds samples of 16 bits, in parts of 2**14, so that it clips at 2. What comes back from it
is cut off towards zero, so that every tail ends in nothing. It is longer than its delay by a block
at least: what a block reads is still there when the block has been written.
"""

from aether.nodes.effects.words import (
    ALLPASSES,
    AT,
    COMBS,
    DAMPING,
    FEED,
    INVERSE,
    LENGTH,
    LONGEST,
    QUIET,
    RECORD,
    RECORDS,
    ROOM,
    STEP,
    TAP,
    TAP_NEXT,
)


def _held(x):
    return max(-32768, min(32767, x))


def _cut(x, bits):
    return -(-x >> bits) if x < 0 else x >> bits


def _rest(state, n, written, longest):
    # A node is idle when nothing is left in its lines.
    quiet = 0 if written else min(state[QUIET] + n, longest)
    state[QUIET] = quiet
    state[0] = 1 if quiet == longest else 0


def echo(state, line, q, n):
    """The second n of q = what is in the line, at a new distance from the block's end on."""
    length = state[LENGTH]
    old = (state[AT] - state[TAP]) % length
    new = (state[AT] - state[TAP_NEXT]) % length
    part = 0
    for i in range(n, 2 * n):
        y = line[old]
        y += (line[new] - y) * part >> 14
        q[i] = y << 10
        old = (old + 1) % length
        new = (new + 1) % length
        part += state[INVERSE]
    state[TAP] = state[TAP_NEXT]


def feed(state, line, q, n):
    """Into the line go the first n of q, and the second n times the feedback."""
    at = state[AT]
    gain = state[FEED] << 14
    written = 0
    for i in range(n):
        x = _held(q[i] + 512 >> 10)
        x = _held(x + _cut((q[n + i] >> 10) * (gain >> 14), 15))
        line[at] = x
        written |= x
        gain += state[FEED + STEP]
        at = (at + 1) % state[LENGTH]
    state[AT] = at
    _rest(state, n, written, state[LENGTH])


def spread(state, q, n):
    """Of q: the fifth n = (first + third) / 2 * gain, for the combs; second = fourth = 0."""
    gain = state[FEED] << 14
    for i in range(n):
        x = max(-0x3FFFFFF, min(0x3FFFFFF, q[i] + q[2 * n + i] >> 1))
        q[4 * n + i] = (x >> 10) * (gain >> 14) + 16384 >> 15
        q[n + i] = q[3 * n + i] = 0
        gain += state[FEED + STEP]
    # What the combs keep moves an eighth of its way in every block.
    for at in (ROOM, DAMPING):
        way = state[at + 1] - state[at]
        state[at] += way >> 3 if way >> 3 else way


def room(state, lines, q, n):
    """Combs: fifth n of q to second and fourth, in turn; then two allpasses for each of these."""
    keep = state[ROOM] * (32768 - state[DAMPING]) >> 15
    for k in range(COMBS):
        r = RECORDS + RECORD * k
        _comb(state, r, lines, q, (3 if k & 1 else 1) * n, n, keep)
    for k in range(ALLPASSES):
        r = RECORDS + RECORD * (COMBS + k)
        _allpass(state, r, lines, q, (3 if k & 1 else 1) * n, n)


def _comb(state, r, lines, q, to, n, keep):
    base, length, delay, at, low = state[r : r + RECORD]
    read = (at - delay) % length
    for i in range(n):
        low = _cut(lines[base + read] * keep + low * state[DAMPING], 15)
        lines[base + at + i] = _held(q[4 * n + i] + low)
        q[to + i] += low
        read = (read + 1) % length
    state[r + 3] = (at + n) % length
    state[r + 4] = low


def _allpass(state, r, lines, q, to, n):
    base, length, delay, at = state[r : r + 4]
    read = (at - delay) % length
    for i in range(n):
        y = lines[base + read]
        x = _held(q[to + i] + _cut(y, 1))
        lines[base + at + i] = x
        q[to + i] = y - _cut(x, 1)
        read = (read + 1) % length
    state[r + 3] = (at + n) % length


def sides(state, q, n):
    """Second and fourth n of q: their sum, and their difference, in parts of 2**24."""
    heard = 0
    for i in range(n, 2 * n):
        a, b = q[i], q[2 * n + i]
        q[i] = a + b << 10
        q[2 * n + i] = a - b << 10
        heard |= a | b | q[3 * n + i]
    # When nothing has gone in or come out for twice the longest line, nothing is left in any.
    _rest(state, n, heard, state[LONGEST])
