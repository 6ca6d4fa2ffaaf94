"""The mixing of a bank's voices in NumPy's integers: `portable`, for minutes of many voices."""

import numpy as np
from aether.nodes.bank.places import (
    AT,
    FRAMES,
    GAIN,
    GAIN_STEP,
    LEFT,
    PHASE,
    SIDES,
    STATE,
    STEP,
    SUMS,
    TABLE,
)


def mix_stereo(bank, tables, given, left):
    """As portable.mix_stereo."""
    words, frames, count = np.frombuffer(bank, np.uint32), bank[FRAMES], 0
    for at in list(given[1 : given[0] + 1]):
        v = at >> 2
        begin = bank[v + AT]
        n = min(bank[v + LEFT], frames - begin)
        if not n and not bank[v + STATE]:
            continue
        if n:
            _add(words, np.frombuffer(tables, np.uint32), v, bank[SUMS] + 2 * begin, n)
            bank[v + LEFT] -= n
            bank[v + AT] = (begin + n) % frames
            if begin + n == frames:
                continue
        count += 1
        left[count] = at
    left[0] = count
    return count


def _add(words, tables, v, to, n):
    gain, step = int(words[v + GAIN]), int(words[v + GAIN_STEP].astype(np.int32))
    if not gain and not step:
        return
    t = np.arange(n, dtype=np.int64)
    phases = (int(words[v + PHASE]) + t * int(words[v + STEP])) & 0xFFFFFFFF
    short = 2 * (int(words[v + TABLE]) & 1)
    word = tables[(int(words[v + TABLE]) >> 2) + (phases >> 22 + short)]
    way = (word & 0xFFFF).astype(np.uint16).view(np.int16).astype(np.int64)
    part = phases >> 6 + short & 0xFFFF
    sample = ((word.astype(np.int64) + way * part) & 0xFFFFFFFF).astype(np.uint32).view(np.int32)
    x = (sample >> 16).astype(np.int64) * ((gain + t * step) >> 15) >> 14
    sides = int(words[v + SIDES])
    sums = words[to : to + 2 * n].reshape(n, 2)
    sums += (x[:, None] * np.array([sides & 0xFFFF, sides >> 16])).astype(np.uint32)
    words[v + PHASE] = (int(words[v + PHASE]) + n * int(words[v + STEP])) & 0xFFFFFFFF
    words[v + GAIN] = gain + n * step


def drain_stereo(left, right, bank):
    """As portable.drain_stereo, where 8 voices are 1."""
    words, n = np.frombuffer(bank, np.uint32), bank[FRAMES]
    sums = words[bank[SUMS] :][: 2 * n]
    x = sums.view(np.int32).astype(np.int64)
    size = np.abs(x)
    unit = 1 << np.maximum(np.frexp(size)[1] - 24, 0)
    floats = np.where(size < 256, 0, np.sign(x) * (size // unit) * unit) / 2**27
    np.frombuffer(left, np.float32)[:] = floats[::2]
    np.frombuffer(right, np.float32)[:] = floats[1::2]
    sums[:] = 0
