"""The copies in viper; copies_portable.py says what each does."""

import micropython


@micropython.viper
def copy(dst: ptr8, src: ptr8, n: int, at: int):
    d = at >> 31
    s = at & 0x7FFFFFFF
    i = 0
    while i < n:
        dst[d + i] = src[s + i]
        i += 1


@micropython.viper
def clear(dst: ptr8, n: int, start: int):
    end = start + n
    while start < end:
        dst[start] = 0
        start += 1


@micropython.viper
def left16(dst: ptr8, src: ptr8, n: int, at: int):
    d = at >> 31
    s = at & 0x7FFFFFFF
    end = s + n
    while s < end:
        dst[d] = src[s]
        dst[d + 1] = src[s + 1]
        d += 2
        s += 4


@micropython.viper
def left32(dst: ptr8, src: ptr8, n: int, at: int):
    d = at >> 31
    s = at & 0x7FFFFFFF
    end = s + n
    while s < end:
        dst[d] = src[s]
        dst[d + 1] = src[s + 1]
        dst[d + 2] = src[s + 2]
        dst[d + 3] = src[s + 3]
        d += 4
        s += 8


@micropython.viper
def ring_put(ring: ptr8, state: ptr32, src: ptr8, n: int):
    tail = int(state[1])
    s = int(state[3])
    size = int(state[2])
    end = s + n
    while s < end:
        ring[tail] = src[s]
        s += 1
        tail += 1
        if tail == size:
            tail = 0
    state[1] = tail
    state[3] = end


@micropython.viper
def ring_get(dst: ptr8, ring: ptr8, state: ptr32, spec: int):
    d = spec >> 8
    unit = spec & 0xFF
    head = int(state[0])
    size = int(state[2])
    end = d + 128
    run = 0
    while d < end:
        byte = int(ring[head])
        dst[d] = byte
        if unit:
            dst[d + unit] = byte
            run += 1
            if run == unit:
                run = 0
                d += unit
        d += 1
        head += 1
        if head == size:
            head = 0
    state[0] = head


@micropython.viper
def ring_read(dst: ptr8, ring: ptr8, state: ptr32, spec: int):
    keep = spec & 0xFF
    n = spec >> 8
    d = int(state[3])
    head = int(state[0])
    size = int(state[2])
    i = 0
    while i < n:
        if keep >> (i & 7) & 1:
            dst[d] = ring[head]
            d += 1
        i += 1
        head += 1
        if head == size:
            head = 0
    state[0] = head
    state[3] = d
