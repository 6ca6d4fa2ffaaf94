"""The viper kernels that make PCM of float32 words; `viper` says what a word is.

The word becomes a fixed-point number by one shift of its mantissa, and that is rounded. A stereo
kernel does the left channel, then the right one. Frames may begin at any address: where a board
cannot write a whole sample there, its bytes are written one by one.
"""

import micropython


@micropython.viper
def to_pcm16(out: ptr8, left: ptr32, right: ptr32, n: int):
    """out: n frames of two 16-bit samples, each x * 32768 rounded half to even, saturated."""
    second = ptr8(int(out) + 2)
    odd = int(out) & 1
    channels = 2
    while channels:
        end = int(left) + (n << 2)
        while int(left) < end:
            w = left[0]
            # 16-bit sample.
            d = w >> 23 & 0xFF ^ 127
            if d - 1 >> 4:
                r = 0
                if w >> 30 & 1 or not d:
                    if d ^ 128 or not w & 0x7FFFFF:  # no NaN, which is 0
                        r = 0x7FFF + (w >> 31 & 1) << 8
            else:
                r = ((w & 0x7FFFFF | 0x800000) >> d) + 128  # x * 2**23, and half a unit
                if not r & 0xFF:
                    if not w & (1 << d) - 1:
                        r &= -512
                if w >> 31:
                    r = 255 - r
                elif r >> 23:
                    r = 0x7FFFFF
            if odd:
                out[0] = r >> 8
                out[1] = r >> 16
            else:
                ptr16(out)[0] = r >> 8
            left = ptr32(int(left) + 4)
            out = ptr8(int(out) + 4)
        left = right
        out = second
        channels -= 1


@micropython.viper
def mono_to_pcm16(out: ptr8, src: ptr32, n: int):
    """As to_pcm16, one channel."""
    odd = int(out) & 1
    end = int(src) + (n << 2)
    while int(src) < end:
        w = src[0]
        # 16-bit sample.
        d = w >> 23 & 0xFF ^ 127
        if d - 1 >> 4:
            r = 0
            if w >> 30 & 1 or not d:
                if d ^ 128 or not w & 0x7FFFFF:  # no NaN, which is 0
                    r = 0x7FFF + (w >> 31 & 1) << 8
        else:
            r = ((w & 0x7FFFFF | 0x800000) >> d) + 128  # x * 2**23, and half a unit
            if not r & 0xFF:
                if not w & (1 << d) - 1:
                    r &= -512
            if w >> 31:
                r = 255 - r
            elif r >> 23:
                r = 0x7FFFFF
        if odd:
            out[0] = r >> 8
            out[1] = r >> 16
        else:
            ptr16(out)[0] = r >> 8
        src = ptr32(int(src) + 4)
        out = ptr8(int(out) + 2)


@micropython.viper
def to_pcm32(out: ptr8, left: ptr32, right: ptr32, n: int):
    """out: n frames of two 32-bit samples, each x * 2**31 rounded half to even, saturated."""
    second = ptr8(int(out) + 4)
    odd = int(out) & 3
    full = int(0x7FFFFFFF)
    channels = 2
    while channels:
        end = int(left) + (n << 2)
        while int(left) < end:
            w = left[0]
            # 32-bit sample.
            d = (w >> 23 & 0xFF) - 119
            v = w & 0x7FFFFF | 0x800000
            if not d >> 3:
                v <<= d
            elif d >> 31:
                d = 0 - d
                if d >> 5:
                    v = 0
                else:
                    v = (v + (1 << d - 1) - 1 + (v >> d & 1)) >> d
            elif d ^ 136 or not w & 0x7FFFFF:  # no NaN, which is 0
                v = full + (w >> 31 & 1)  # of these -2**31 is its own negative
            else:
                v = 0
            if w >> 31:
                v = 0 - v
            if odd:
                out[0] = v
                out[1] = v >> 8
                out[2] = v >> 16
                out[3] = v >> 24
            else:
                ptr32(out)[0] = v
            left = ptr32(int(left) + 4)
            out = ptr8(int(out) + 8)
        left = right
        out = second
        channels -= 1


@micropython.viper
def mono_to_pcm32(out: ptr8, src: ptr32, n: int):
    """As to_pcm32, one channel."""
    odd = int(out) & 3
    full = int(0x7FFFFFFF)
    end = int(src) + (n << 2)
    while int(src) < end:
        w = src[0]
        # 32-bit sample.
        d = (w >> 23 & 0xFF) - 119
        v = w & 0x7FFFFF | 0x800000
        if not d >> 3:
            v <<= d
        elif d >> 31:
            d = 0 - d
            if d >> 5:
                v = 0
            else:
                v = (v + (1 << d - 1) - 1 + (v >> d & 1)) >> d
        elif d ^ 136 or not w & 0x7FFFFF:  # no NaN, which is 0
            v = full + (w >> 31 & 1)  # of these -2**31 is its own negative
        else:
            v = 0
        if w >> 31:
            v = 0 - v
        if odd:
            out[0] = v
            out[1] = v >> 8
            out[2] = v >> 16
            out[3] = v >> 24
        else:
            ptr32(out)[0] = v
        src = ptr32(int(src) + 4)
        out = ptr8(int(out) + 4)
