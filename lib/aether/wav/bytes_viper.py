"""The byte work of WAV files in viper; `bytes_portable` says what each function does.

Any context, hard interrupts too; allocates nothing. Hottest locals come first.
"""

import micropython


@micropython.viper
def move(dst: ptr8, at: int, src: ptr8, size: int):
    dst = ptr8(int(dst) + at)
    i = int(0)
    while i < size:
        dst[i] = src[i]
        i += 1


@micropython.viper
def widen8(out: ptr8, frames: ptr8, n: int):
    while n > 0:
        out[1] = frames[0] ^ 0x80
        out = ptr8(int(out) + 2)
        frames = ptr8(int(frames) + 1)
        n -= 1


@micropython.viper
def widen24(out: ptr8, frames: ptr8, n: int):
    while n > 0:
        out[1] = frames[0]
        out[2] = frames[1]
        out[3] = frames[2]
        out = ptr8(int(out) + 4)
        frames = ptr8(int(frames) + 3)
        n -= 1


# frames must begin at a multiple of 4: a bytearray does.
@micropython.viper
def floats(left: ptr32, right: ptr32, frames: ptr32, n: int):
    while n > 0:
        left[0] = frames[0]
        right[0] = frames[1]
        left = ptr32(int(left) + 4)
        right = ptr32(int(right) + 4)
        frames = ptr32(int(frames) + 8)
        n -= 1


@micropython.viper
def mono_floats(dst: ptr32, frames: ptr32, n: int):
    while n > 0:
        dst[0] = frames[0]
        dst = ptr32(int(dst) + 4)
        frames = ptr32(int(frames) + 4)
        n -= 1
