"""The arithmetic of `tone` in viper; what each function computes stands in `_tone_portable`.

Any context, hard interrupts too; allocates nothing. Correct with 32- and 64-bit machine words:
ptr32 loads zero-extend, so whatever is stored is unsigned. Hottest locals come first.
"""

import micropython
from micropython import const

# As in `_tone_tables`: the compiler folds the constants of its own file only.
_VOICES = const(0)
_ZERO = const(1)
_REST = const(2)
_FADE = const(3)
_FADE_STEP = const(4)
_HEAD = const(5)
_PHASE = const(0)
_STEP = const(1)
_WAIT = const(2)
_AT = const(3)
_RISE = const(4)
_STRIDE = const(5)
_END = const(0x10000000)


@micropython.viper
def sines(acc: ptr32, sine: ptr32, ramp: ptr16, bank: ptr32, n: int):
    zero = int(bank[_ZERO])
    voices = int(bank[_VOICES])
    voice = ptr32(int(bank) + 4 * _HEAD)
    while voices > 0:
        out = ptr32(int(acc))
        i = n
        wait = int(voice[_WAIT])
        if wait:
            voice[_WAIT] = wait - n
            while i > 0:
                out[0] = int(out[0]) + zero
                out = ptr32(int(out) + 4)
                i -= 1
        phase = int(voice[_PHASE])
        step = int(voice[_STEP])
        at = int(voice[_AT])
        while i > 0 and at < _END:
            g = ptr16(int(ramp) + ((at >> 20) << 1))
            gain = int(g[0])
            gain += ((int(g[1]) - gain) * ((at >> 6) & 0x3FFF)) >> 14
            at += int(voice[_RISE])
            if at > _END:
                at = _END
            g = ptr16(int(ramp) + ((at >> 20) << 1))
            x = int(g[0])
            slope = x + (((int(g[1]) - x) * ((at >> 6) & 0x3FFF)) >> 14) - gain
            gain <<= 3
            end = i - 8
            while i > end:
                p = ptr32(int(sine) + ((phase >> 20) & 0xFFC))
                x = int(p[0]) - zero
                x += ((int(p[1]) - int(p[0])) * ((phase >> 8) & 0x3FFF)) >> 14
                out[0] = int(out[0]) + (((x >> 7) * (gain >> 3)) >> 8) + zero
                gain += slope
                phase += step
                out = ptr32(int(out) + 4)
                i -= 1
        while i > 0:
            p = ptr32(int(sine) + ((phase >> 20) & 0xFFC))
            x = int(p[0])
            out[0] = int(out[0]) + x + (((int(p[1]) - x) * ((phase >> 8) & 0x3FFF)) >> 14)
            phase += step
            out = ptr32(int(out) + 4)
            i -= 1
        voice[_PHASE] = phase
        voice[_AT] = at
        voice = ptr32(int(voice) + 4 * _STRIDE)
        voices -= 1


@micropython.viper
def fade(acc: ptr32, ramp: ptr16, bank: ptr32, n: int):
    rest = int(bank[_REST])
    at = int(bank[_FADE])
    while n > 0:
        g = ptr16(int(ramp) + ((at >> 20) << 1))
        gain = int(g[0])
        gain += ((int(g[1]) - gain) * ((at >> 6) & 0x3FFF)) >> 14
        at -= int(bank[_FADE_STEP])
        if at < 0:
            at = 0
        g = ptr16(int(ramp) + ((at >> 20) << 1))
        x = int(g[0])
        slope = x + (((int(g[1]) - x) * ((at >> 6) & 0x3FFF)) >> 14) - gain
        gain <<= 3
        end = n - 8
        while n > end:
            x = int(acc[0]) - rest
            acc[0] = (((x >> 7) * (gain >> 3)) >> 8) + rest
            gain += slope
            acc = ptr32(int(acc) + 4)
            n -= 1
    bank[_FADE] = at


@micropython.viper
def drain(frames: ptr32, acc: ptr32, bank: ptr32, n: int):
    rest = int(bank[_REST])
    while n > 0:
        frames[0] = (int(acc[0]) - rest) << 8
        acc[0] = 0
        frames = ptr32(int(frames) + 4)
        acc = ptr32(int(acc) + 4)
        n -= 1
