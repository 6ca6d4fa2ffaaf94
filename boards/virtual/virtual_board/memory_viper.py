"""Copies between addresses, in viper; memory_portable.py says what each does."""

import micropython


@micropython.viper
def move(dst: int, src: int, n: int, spec: int):
    size = spec & 7
    up_read = size if spec & 8 else 0
    up_write = size if spec & 16 else 0
    mask = (1 << (spec >> 8)) - 1
    flip = size - 1 if spec & 64 else 0
    while n > 0:
        d = ptr8(dst)
        s = ptr8(src)
        i = 0
        while i < size:
            d[i] = s[i ^ flip]
            i += 1
        if mask and not spec & 32:
            src = (src - (src & mask)) + ((src + up_read) & mask)
        else:
            src += up_read
        if mask and spec & 32:
            dst = (dst - (dst & mask)) + ((dst + up_write) & mask)
        else:
            dst += up_write
        n -= 1


@micropython.viper
def gather(dst: int, src: int, n: int, mode: int):
    d = ptr16(dst)
    s = ptr16(src)
    i = 0
    if mode == 0:
        while i < n:
            d[i] = s[i]
            i += 1
    elif mode == 1:
        n *= 2
        while i < n:
            d[i] = s[i]
            d[i + 1] = s[i + 1]
            i += 2
    elif mode == 2:
        n *= 2
        while i < n:
            d[i] = s[i + 1]
            d[i + 1] = s[i]
            i += 2
    else:
        while i < n:
            d[i] = s[2 * i + 1]
            i += 1


@micropython.viper
def changed(kept: int, now: int, n: int, unit: int) -> int:
    count = 0
    end = kept + n
    while kept < end:
        k = ptr32(kept)
        m = ptr32(now)
        i = unit >> 3
        same = 1
        while i < unit >> 2:
            if int(k[i]) != int(m[i]):
                k[i] = m[i]
                same = 0
            i += 1
        count += 1 - same
        kept += unit
        now += unit
    return count
