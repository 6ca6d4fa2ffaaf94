"""Fades of PCM frames in viper; see `fades` for what they do, `fades_portable` for the numbers."""

import micropython
from micropython import const

# The sign of 16 bits, which viper loads as if there were none.
_SIGN = const(0x8000)


def beginning(bits, lanes, shift):
    """begin(slot), over 2**shift frames."""

    @micropython.viper
    def begin16(slot):
        wide = int(lanes)
        down = int(shift)
        lane = 0
        while lane < wide:
            p = ptr16(slot)
            i = lane
            g = 0
            while g < 1 << down:
                p[i] = (((int(p[i]) ^ _SIGN) - _SIGN) * g) >> down
                i += wide
                g += 1
            lane += 1

    @micropython.viper
    def begin32(slot):
        wide = int(lanes)
        down = int(shift)
        sign = int(0x80000000)
        lane = 0
        while lane < wide:
            p = ptr32(slot)
            i = lane
            g = 0
            while g < 1 << down:
                p[i] = (((int(p[i]) ^ sign) - sign) >> down) * g
                i += wide
                g += 1
            lane += 1

    return begin16 if bits == 16 else begin32


def ending(bits, lanes, shift):
    """end(slot, before, last), over 2**shift frames."""

    @micropython.viper
    def end16(slot, before, last):
        p = ptr16(slot)
        tail = ptr16(int(ptr16(before)) + int(last))
        wide = int(lanes)
        down = int(shift)
        lane = 0
        while lane < wide:
            x = (int(tail[lane]) ^ _SIGN) - _SIGN
            i = lane
            rest = (x << down) - x
            while i < wide << down:
                p[i] = rest >> down
                rest -= x
                i += wide
            lane += 1

    @micropython.viper
    def end32(slot, before, last):
        p = ptr32(slot)
        tail = ptr32(int(ptr32(before)) + int(last))
        wide = int(lanes)
        down = int(shift)
        sign = int(0x80000000)
        lane = 0
        while lane < wide:
            x = (int(tail[lane]) ^ sign) - sign
            step = x >> down
            i = lane
            while i < wide << down:
                x -= step
                p[i] = x
                i += wide
            lane += 1

    return end16 if bits == 16 else end32
