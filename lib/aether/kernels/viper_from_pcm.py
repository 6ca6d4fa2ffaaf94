"""The viper kernels that make float32 words of PCM; `viper` says what a word is.

The magnitude moves up until its top bit is where a mantissa has it, by halves as there is no
instruction for it, and the exponent goes down with it. A stereo kernel does the left channel, then
the right one. Frames may begin at any address: their bytes are read one by one.
"""

import micropython


@micropython.viper
def from_pcm16(left: ptr32, right: ptr32, frames: ptr8, n: int):
    """left, right: the samples of n 16-bit stereo frames / 32768, exactly."""
    second = ptr8(int(frames) + 2)
    channels = 2
    while channels:
        end = int(left) + (n << 2)
        while int(left) < end:
            # 16-bit sample.
            v = (int(frames[1]) ^ 0x80) - 0x80 << 8 | int(frames[0])
            w = 0
            if v:
                x = 126
                if v >> 31:
                    v = 0 - v
                    x = 382
                v <<= 8
                if not v >> 16:
                    v <<= 8
                    x -= 8
                if not v >> 20:
                    v <<= 4
                    x -= 4
                if not v >> 22:
                    v <<= 2
                    x -= 2
                if not v >> 23:
                    v <<= 1
                    x -= 1
                w = (x << 23) + v
            left[0] = w
            left = ptr32(int(left) + 4)
            frames = ptr8(int(frames) + 4)
        left = right
        frames = second
        channels -= 1


@micropython.viper
def mono_from_pcm16(dst: ptr32, frames: ptr8, n: int):
    """As from_pcm16, one channel."""
    end = int(dst) + (n << 2)
    while int(dst) < end:
        # 16-bit sample.
        v = (int(frames[1]) ^ 0x80) - 0x80 << 8 | int(frames[0])
        w = 0
        if v:
            x = 126
            if v >> 31:
                v = 0 - v
                x = 382
            v <<= 8
            if not v >> 16:
                v <<= 8
                x -= 8
            if not v >> 20:
                v <<= 4
                x -= 4
            if not v >> 22:
                v <<= 2
                x -= 2
            if not v >> 23:
                v <<= 1
                x -= 1
            w = (x << 23) + v
        dst[0] = w
        dst = ptr32(int(dst) + 4)
        frames = ptr8(int(frames) + 2)


@micropython.viper
def from_pcm32(left: ptr32, right: ptr32, frames: ptr8, n: int):
    """left, right: the samples of n 32-bit stereo frames / 2**31, rounded to nearest even."""
    second = ptr8(int(frames) + 4)
    channels = 2
    while channels:
        end = int(left) + (n << 2)
        while int(left) < end:
            # 32-bit sample.
            v = (int(frames[3]) ^ 0x80) - 0x80 << 8 | int(frames[2])
            v = (v << 8 | int(frames[1])) << 8 | int(frames[0])
            w = 0
            if v:
                x = 126
                if v >> 31:
                    v = 0 - v
                    x = 382
                u = uint(v)
                if not u >> 16:
                    u <<= 16
                    x -= 16
                if not u >> 24:
                    u <<= 8
                    x -= 8
                if not u >> 28:
                    u <<= 4
                    x -= 4
                if not u >> 30:
                    u <<= 2
                    x -= 2
                if not u >> 31:
                    u <<= 1
                    x -= 1
                w = (x << 23) + int(u >> 8)
                if u & 0x80 and u & 0x17F:
                    w += 1
            left[0] = w
            left = ptr32(int(left) + 4)
            frames = ptr8(int(frames) + 8)
        left = right
        frames = second
        channels -= 1


@micropython.viper
def mono_from_pcm32(dst: ptr32, frames: ptr8, n: int):
    """As from_pcm32, one channel."""
    end = int(dst) + (n << 2)
    while int(dst) < end:
        # 32-bit sample.
        v = (int(frames[3]) ^ 0x80) - 0x80 << 8 | int(frames[2])
        v = (v << 8 | int(frames[1])) << 8 | int(frames[0])
        w = 0
        if v:
            x = 126
            if v >> 31:
                v = 0 - v
                x = 382
            u = uint(v)
            if not u >> 16:
                u <<= 16
                x -= 16
            if not u >> 24:
                u <<= 8
                x -= 8
            if not u >> 28:
                u <<= 4
                x -= 4
            if not u >> 30:
                u <<= 2
                x -= 2
            if not u >> 31:
                u <<= 1
                x -= 1
            w = (x << 23) + int(u >> 8)
            if u & 0x80 and u & 0x17F:
                w += 1
        dst[0] = w
        dst = ptr32(int(dst) + 4)
        frames = ptr8(int(frames) + 4)
