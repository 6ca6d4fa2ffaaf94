"""The mixing of a voice bank in viper; what it computes stands in `portable`.

Any context, hard interrupts too; allocates nothing. Right with machine words of 32 and 64 bits:
loads by ptr32 zero-extend, so a sign is made anew, and what is stored counts in 32 bits. The
hottest locals come first, as the first few live in registers. The four differ in channels, and in
whether they interpolate.
"""

import micropython
from micropython import const

# As in `places`: the compiler folds the constants of its own file only.
_FRAMES = const(0)
_EXPONENT = const(5)
_SUMS = const(7)
_LEFT = const(0)
_AT = const(1)
_PHASE = const(2)
_STEP = const(3)
_GAIN_STEP = const(4)
_SIDES = const(5)
_TABLE = const(6)
_GAIN = const(7)
_STATE = const(8)


@micropython.viper
def mix_stereo(bank: ptr32, tables: ptr32, given: ptr32, left: ptr32) -> int:
    count = 0
    k = 0
    while k < int(given[0]):
        k += 1
        v = ptr32(int(bank) + int(given[k]))
        n = int(v[_LEFT])
        if n:
            at = int(v[_AT])
            out = ptr32(int(bank) + (int(bank[_SUMS]) << 2) + (at << 3))
            at += n
            if at > int(bank[_FRAMES]):
                at = int(bank[_FRAMES])
                n = at - int(v[_AT])
            v[_AT] = at
            v[_LEFT] = int(v[_LEFT]) - n
            gain = int(v[_GAIN])
            gain_step = (int(v[_GAIN_STEP]) ^ int(0x80000000)) - int(0x80000000)
            if gain | gain_step:
                phase = int(v[_PHASE])
                step = int(v[_STEP])
                table = int(tables) + (int(v[_TABLE]) & -4)
                short = (int(v[_TABLE]) & 1) << 1
                mask = 0xFFC - 0x600 * short
                left_side = int(v[_SIDES]) & 0xFFFF
                right_side = int(v[_SIDES]) >> 16
                end = int(out) + (n << 3)
                while int(out) < end:
                    x = phase >> short
                    word = ptr32(table + (x >> 20 & mask))
                    part = x >> 6 & 0xFFFF
                    x = int(word[0])
                    x = x + ((x & 0xFFFF ^ 0x8000) - 0x8000) * part >> 16
                    x = (x & 0xFFFF ^ 0x8000) - 0x8000
                    phase += step
                    x = x * (gain >> 15) >> 14
                    gain += gain_step
                    out[0] = int(out[0]) + x * left_side
                    out[1] = int(out[1]) + x * right_side
                    out = ptr32(int(out) + 8)
                v[_PHASE] = phase
                v[_GAIN] = gain
            if at == int(bank[_FRAMES]):
                v[_AT] = 0
                continue
        elif not int(v[_STATE]):
            continue
        count += 1
        left[count] = int(given[k])
    left[0] = count
    return count


@micropython.viper
def mix_mono(bank: ptr32, tables: ptr32, given: ptr32, left: ptr32) -> int:
    count = 0
    k = 0
    while k < int(given[0]):
        k += 1
        v = ptr32(int(bank) + int(given[k]))
        n = int(v[_LEFT])
        if n:
            at = int(v[_AT])
            out = ptr32(int(bank) + (int(bank[_SUMS]) << 2) + (at << 2))
            at += n
            if at > int(bank[_FRAMES]):
                at = int(bank[_FRAMES])
                n = at - int(v[_AT])
            v[_AT] = at
            v[_LEFT] = int(v[_LEFT]) - n
            gain = int(v[_GAIN])
            gain_step = (int(v[_GAIN_STEP]) ^ int(0x80000000)) - int(0x80000000)
            if gain | gain_step:
                phase = int(v[_PHASE])
                step = int(v[_STEP])
                table = int(tables) + (int(v[_TABLE]) & -4)
                short = (int(v[_TABLE]) & 1) << 1
                mask = 0xFFC - 0x600 * short
                end = int(out) + (n << 2)
                while int(out) < end:
                    x = phase >> short
                    word = ptr32(table + (x >> 20 & mask))
                    part = x >> 6 & 0xFFFF
                    x = int(word[0])
                    x = x + ((x & 0xFFFF ^ 0x8000) - 0x8000) * part >> 16
                    x = (x & 0xFFFF ^ 0x8000) - 0x8000
                    phase += step
                    x = x * (gain >> 15) >> 7
                    gain += gain_step
                    out[0] = int(out[0]) + x
                    out = ptr32(int(out) + 4)
                v[_PHASE] = phase
                v[_GAIN] = gain
            if at == int(bank[_FRAMES]):
                v[_AT] = 0
                continue
        elif not int(v[_STATE]):
            continue
        count += 1
        left[count] = int(given[k])
    left[0] = count
    return count


@micropython.viper
def mix_stereo_nearest(bank: ptr32, tables: ptr32, given: ptr32, left: ptr32) -> int:
    count = 0
    k = 0
    while k < int(given[0]):
        k += 1
        v = ptr32(int(bank) + int(given[k]))
        n = int(v[_LEFT])
        if n:
            at = int(v[_AT])
            out = ptr32(int(bank) + (int(bank[_SUMS]) << 2) + (at << 3))
            at += n
            if at > int(bank[_FRAMES]):
                at = int(bank[_FRAMES])
                n = at - int(v[_AT])
            v[_AT] = at
            v[_LEFT] = int(v[_LEFT]) - n
            gain = int(v[_GAIN])
            gain_step = (int(v[_GAIN_STEP]) ^ int(0x80000000)) - int(0x80000000)
            if gain | gain_step:
                phase = int(v[_PHASE])
                step = int(v[_STEP])
                table = int(tables) + (int(v[_TABLE]) & -4)
                short = (int(v[_TABLE]) & 1) << 1
                mask = 0xFFC - 0x600 * short
                left_side = int(v[_SIDES]) & 0xFFFF
                right_side = int(v[_SIDES]) >> 16
                end = int(out) + (n << 3)
                while int(out) < end:
                    word = ptr32(table + (phase >> short >> 20 & mask))
                    x = int(word[0]) >> 16
                    x = (x & 0xFFFF ^ 0x8000) - 0x8000
                    phase += step
                    x = x * (gain >> 15) >> 14
                    gain += gain_step
                    out[0] = int(out[0]) + x * left_side
                    out[1] = int(out[1]) + x * right_side
                    out = ptr32(int(out) + 8)
                v[_PHASE] = phase
                v[_GAIN] = gain
            if at == int(bank[_FRAMES]):
                v[_AT] = 0
                continue
        elif not int(v[_STATE]):
            continue
        count += 1
        left[count] = int(given[k])
    left[0] = count
    return count


@micropython.viper
def mix_mono_nearest(bank: ptr32, tables: ptr32, given: ptr32, left: ptr32) -> int:
    count = 0
    k = 0
    while k < int(given[0]):
        k += 1
        v = ptr32(int(bank) + int(given[k]))
        n = int(v[_LEFT])
        if n:
            at = int(v[_AT])
            out = ptr32(int(bank) + (int(bank[_SUMS]) << 2) + (at << 2))
            at += n
            if at > int(bank[_FRAMES]):
                at = int(bank[_FRAMES])
                n = at - int(v[_AT])
            v[_AT] = at
            v[_LEFT] = int(v[_LEFT]) - n
            gain = int(v[_GAIN])
            gain_step = (int(v[_GAIN_STEP]) ^ int(0x80000000)) - int(0x80000000)
            if gain | gain_step:
                phase = int(v[_PHASE])
                step = int(v[_STEP])
                table = int(tables) + (int(v[_TABLE]) & -4)
                short = (int(v[_TABLE]) & 1) << 1
                mask = 0xFFC - 0x600 * short
                end = int(out) + (n << 2)
                while int(out) < end:
                    word = ptr32(table + (phase >> short >> 20 & mask))
                    x = int(word[0]) >> 16
                    x = (x & 0xFFFF ^ 0x8000) - 0x8000
                    phase += step
                    x = x * (gain >> 15) >> 7
                    gain += gain_step
                    out[0] = int(out[0]) + x
                    out = ptr32(int(out) + 4)
                v[_PHASE] = phase
                v[_GAIN] = gain
            if at == int(bank[_FRAMES]):
                v[_AT] = 0
                continue
        elif not int(v[_STATE]):
            continue
        count += 1
        left[count] = int(given[k])
    left[0] = count
    return count


@micropython.viper
def drain_stereo(left: ptr32, right: ptr32, bank: ptr32):
    channels = 2
    sums = ptr32(int(bank) + (int(bank[_SUMS]) << 2))
    while channels:
        end = int(left) + (int(bank[_FRAMES]) << 2)
        while int(left) < end:
            # Sum to float.
            x = int(sums[0])
            w = 0
            e = int(bank[_EXPONENT]) - 1
            if x >> 31 & 1:
                x = 0 - x
                e += 256
            u = uint(x) & uint(0xFFFFFFFF)
            if u >> 8:
                if not u >> 16:
                    u <<= 16
                    e -= 16
                if not u >> 24:
                    u <<= 8
                    e -= 8
                if not u >> 28:
                    u <<= 4
                    e -= 4
                if not u >> 30:
                    u <<= 2
                    e -= 2
                if not u >> 31:
                    u <<= 1
                    e -= 1
                w = (e << 23) + int(u >> 8)
            left[0] = w
            sums[0] = 0
            left = ptr32(int(left) + 4)
            sums = ptr32(int(sums) + 8)
        left = right
        sums = ptr32(int(bank) + (int(bank[_SUMS]) << 2) + 4)
        channels -= 1


@micropython.viper
def drain_mono(left: ptr32, right, bank: ptr32):
    sums = ptr32(int(bank) + (int(bank[_SUMS]) << 2))
    end = int(left) + (int(bank[_FRAMES]) << 2)
    while int(left) < end:
        # Sum to float.
        x = int(sums[0])
        w = 0
        e = int(bank[_EXPONENT]) - 1
        if x >> 31 & 1:
            x = 0 - x
            e += 256
        u = uint(x) & uint(0xFFFFFFFF)
        if u >> 8:
            if not u >> 16:
                u <<= 16
                e -= 16
            if not u >> 24:
                u <<= 8
                e -= 8
            if not u >> 28:
                u <<= 4
                e -= 4
            if not u >> 30:
                u <<= 2
                e -= 2
            if not u >> 31:
                u <<= 1
                e -= 1
            w = (e << 23) + int(u >> 8)
        left[0] = w
        sums[0] = 0
        left = ptr32(int(left) + 4)
        sums = ptr32(int(sums) + 4)
