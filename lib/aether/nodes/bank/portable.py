"""The kernels of a voice bank in plain Python: what they compute, in the fewest words.

`places` says where things are. All of it is done in whole numbers, bit for bit as `viper` and
`thumb` do it; but this allocates.

A word of a table is a sample of 16 bits above and, added to that, the way to the next sample.
"""

from aether.nodes.bank.places import (
    AT,
    EXPONENT,
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


def _signed(word):
    return (word ^ 0x80000000) - 0x80000000


def _linear(tables, base, short, phase):
    # A sample of 16 bits.
    i = phase >> (24 if short else 22)
    part = (phase << (8 if short else 10) & 0xFFFFFFFF) >> 16
    word = tables[base + i]
    way = (word & 0xFFFF ^ 0x8000) - 0x8000
    return _signed(word + way * part & 0xFFFFFFFF) >> 16


def _nearest(tables, base, short, phase):
    return _signed(tables[base + (phase >> (24 if short else 22))]) >> 16


def _mixing(sample, channels):
    def mix(bank, tables, given, left):
        """Each voice of the list `given` renders, to the end of its piece or of the block.

        Into `left` go those whose piece has ended. A list is its length and then where each
        voice's record is, in bytes; the two may be one. Returns the length of `left`.
        """
        frames = bank[FRAMES]
        count = 0
        for k in range(1, given[0] + 1):
            v = given[k] >> 2
            at = bank[v + AT]
            n = min(bank[v + LEFT], frames - at)
            if n:
                _add(bank, tables, v, bank[SUMS] + at * channels, n)
                bank[v + LEFT] -= n
                bank[v + AT] = (at + n) % frames
                if at + n == frames:
                    continue
            elif not bank[v + STATE]:
                continue
            count += 1
            left[count] = given[k]
        left[0] = count
        return count

    def _add(bank, tables, v, to, n):
        gain = bank[v + GAIN]
        gain_step = _signed(bank[v + GAIN_STEP])
        if not gain and not gain_step:
            return
        phase = bank[v + PHASE]
        short = bank[v + TABLE] & 1
        base = bank[v + TABLE] >> 2
        sides = bank[v + SIDES]
        for i in range(to, to + n * channels, channels):
            x = sample(tables, base, short, phase) * (gain >> 15)
            phase = phase + bank[v + STEP] & 0xFFFFFFFF
            gain += gain_step
            if channels == 1:
                bank[i] = bank[i] + (x >> 7) & 0xFFFFFFFF
            else:
                x >>= 14
                bank[i] = bank[i] + x * (sides & 0xFFFF) & 0xFFFFFFFF
                bank[i + 1] = bank[i + 1] + x * (sides >> 16) & 0xFFFFFFFF
        bank[v + PHASE] = phase
        bank[v + GAIN] = gain

    return mix


mix_stereo = _mixing(_linear, 2)
mix_mono = _mixing(_linear, 1)
mix_stereo_nearest = _mixing(_nearest, 2)
mix_mono_nearest = _mixing(_nearest, 1)


def _drain(block, bank, at, step):
    # Sums to float32, cut off to 24 bits; what is below 2**8 becomes 0.
    scale = 2.0 ** (bank[EXPONENT] - 158)
    for i in range(bank[FRAMES]):
        x = _signed(bank[at])
        bank[at] = 0
        at += step
        size = abs(x)
        rest = 0
        while size >> rest + 24:
            rest += 1
        size = (size >> rest << rest) * scale
        block[i] = 0.0 if size < 256 * scale else -size if x < 0 else size


def drain_stereo(left, right, bank):
    """Move the sums to float blocks, and leave zeros."""
    _drain(left, bank, bank[SUMS], 2)
    _drain(right, bank, bank[SUMS] + 1, 2)


def drain_mono(left, right, bank):
    """As drain_stereo, of one channel; `right` does not matter."""
    _drain(left, bank, bank[SUMS], 1)
