"""The copies for interpreters without viper; copies_viper.py holds the same functions."""


def copy(dst, src, n, at):
    """n bytes."""
    d = at >> 31
    s = at & 0x7FFFFFFF
    for i in range(n):
        dst[d + i] = src[s + i]


def clear(dst, n, start):
    """n zeros."""
    for i in range(start, start + n):
        dst[i] = 0


def left16(dst, src, n, at):
    """The left samples of n bytes of 16-bit stereo frames."""
    d = at >> 31
    s = at & 0x7FFFFFFF
    end = s + n
    while s < end:
        dst[d] = src[s]
        dst[d + 1] = src[s + 1]
        d += 2
        s += 4


def left32(dst, src, n, at):
    """The left samples of n bytes of 32-bit stereo frames."""
    d = at >> 31
    s = at & 0x7FFFFFFF
    end = s + n
    while s < end:
        for _ in range(4):
            dst[d] = src[s]
            d += 1
            s += 1
        s += 4


def ring_put(ring, state, src, n):
    """n bytes of the application's buffer into the ring."""
    tail = state[1]
    s = state[3]
    for i in range(n):
        ring[tail] = src[s + i]
        tail += 1
        if tail == state[2]:
            tail = 0
    state[1] = tail
    state[3] = s + n


def ring_get(dst, ring, state, spec):
    """128 bytes out of the ring to dst; spec = offset << 8 | bytes of a mono sample, or 0.

    A mono sample goes to both channels, so that 64 bytes are taken.
    """
    d = spec >> 8
    unit = spec & 0xFF
    head = state[0]
    run = 0
    for _ in range(64 if unit else 128):
        byte = ring[head]
        dst[d] = byte
        if unit:
            dst[d + unit] = byte
            run += 1
            if run == unit:
                run = 0
                d += unit
        d += 1
        head += 1
        if head == state[2]:
            head = 0
    state[0] = head


def ring_read(dst, ring, state, spec):
    """Frames of 8 bytes out of the ring; spec = ring bytes << 8 | keep.

    `keep` has a bit for each byte of the frame that goes to the application's buffer.
    """
    keep = spec & 0xFF
    d = state[3]
    head = state[0]
    for i in range(spec >> 8):
        if keep >> (i & 7) & 1:
            dst[d] = ring[head]
            d += 1
        head += 1
        if head == state[2]:
            head = 0
    state[0] = head
    state[3] = d
