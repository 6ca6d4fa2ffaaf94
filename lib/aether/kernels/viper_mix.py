"""The viper kernels of two operations a sample; `viper` says how product and sum work."""

import micropython


@micropython.viper
def add_scaled(dst: ptr32, src: ptr32, gain: ptr32, n: int):
    """dst += src * gain[0]: the product rounded, then the sum."""
    end = int(dst) + (n << 2)
    far = int(0x60000000)
    g = gain[0]
    b = g
    # Of b, what the product takes.
    high = (b >> 8) & 0x7FFF | 0x8000
    low = b & 0xFF
    y = (b >> 23) - 128
    beyond = b - 0x27800000
    while int(dst) < end:
        a = src[0]
        b = g
        # Product.
        x = (a >> 23) + y
        i = (a >> 8) & 0x7FFF | 0x8000
        q = uint((((a & 0xFF) * high + low * i) >> 8) + i * high)
        if q >> 31:
            q >>= 1
            x += 1
        r = int((q + 64) >> 7)
        if not (q + 65) & 0x7E:
            c = x - (a >> 23) - y + 23
            i = (a & 0x7FFFFF | 0x800000) * (b & 0x7FFFFF | 0x800000) & ((1 << c) - 1)
            r = int(q >> 7)
            r += (i + (1 << c - 1) - 1 + (r & 1)) >> c
        w = (x << 23) + r
        if ((a - 0x27800000) | beyond) & far:
            e = (a >> 23) & 0xFF
            f = (b >> 23) & 0xFF
            z = (a ^ b) >> 31 << 31
            if e == 255 or f == 255:
                w = z | int(0x7F800000)
                if e == 0 or f == 0 or (e == 255 and a & 0x7FFFFF) or (f == 255 and b & 0x7FFFFF):
                    w |= 0x400000
            elif e == 0 or f == 0:
                w = z
            else:
                e += f - 127
                e += ((w >> 23) - e) & 1
                if e < 1:
                    w = z
                elif e > 254:
                    w = z | int(0x7F800000)
        # Through memory, where a word has 32 bits.
        b = dst[0]
        dst[0] = w
        a = dst[0]
        # Sum.
        if ((a - b) ^ a ^ b) >> 31 & 1:
            s = a
            a = b
            b = s
        x = a >> 23
        d = (x - (b >> 23)) & 0xFF
        if d >> 5:
            d = 31
        t = (b & 0x7FFFFF | 0x800000) << 6
        s = (a & 0x7FFFFF) << 6
        if (a ^ b) >> 31:
            t = 0 - t
            s = (t >> d) + s
            if s >> 31:
                s += 0x20000000
                if s:
                    if not s >> 21:
                        s <<= 8
                        x -= 8
                    while not s >> 29:
                        s <<= 1
                        x -= 1
                    s -= 0x20000000
                else:
                    x = 0  # x - x is +0
        else:
            s = (t >> d) + s
            if s >> 29:
                s = (s - 0x20000000) >> 1 | s & 1
                x += 1
        r = s + 32
        w = (x << 23) + (r >> 6)
        if not r & 63:
            if not (t >> d << d) - t:
                w &= -2
        if ((a >> 23) - 32) & 0x80:
            e = (a >> 23) & 0xFF
            f = (b >> 23) & 0xFF
            if e == 255:
                w = a
                if f == 255:
                    if (a ^ b) >> 31:
                        w |= 0x400000
            elif f == 0:
                w = a
                if e == 0:
                    w = (a & b) >> 31 << 31
            elif w:
                e += (((w >> 23) - e + 32) & 0xFF) - 32
                if e < 1:
                    w = a >> 31 << 31
                elif e > 254:
                    w = a >> 31 << 31 | int(0x7F800000)
        dst[0] = w
        dst = ptr32(int(dst) + 4)
        src = ptr32(int(src) + 4)


@micropython.viper
def ramp(dst: ptr32, src: ptr32, gain_step: ptr32, n: int):
    """dst = src * g; g += step after each sample. gain_step: [g, step], whose g it moves on."""
    end = int(dst) + (n << 2)
    far = int(0x60000000)
    g = gain_step[0]
    while int(dst) < end:
        a = src[0]
        b = g
        # Of b, what the product takes.
        high = (b >> 8) & 0x7FFF | 0x8000
        low = b & 0xFF
        y = (b >> 23) - 128
        beyond = b - 0x27800000
        # Product.
        x = (a >> 23) + y
        i = (a >> 8) & 0x7FFF | 0x8000
        q = uint((((a & 0xFF) * high + low * i) >> 8) + i * high)
        if q >> 31:
            q >>= 1
            x += 1
        r = int((q + 64) >> 7)
        if not (q + 65) & 0x7E:
            c = x - (a >> 23) - y + 23
            i = (a & 0x7FFFFF | 0x800000) * (b & 0x7FFFFF | 0x800000) & ((1 << c) - 1)
            r = int(q >> 7)
            r += (i + (1 << c - 1) - 1 + (r & 1)) >> c
        w = (x << 23) + r
        if ((a - 0x27800000) | beyond) & far:
            e = (a >> 23) & 0xFF
            f = (b >> 23) & 0xFF
            z = (a ^ b) >> 31 << 31
            if e == 255 or f == 255:
                w = z | int(0x7F800000)
                if e == 0 or f == 0 or (e == 255 and a & 0x7FFFFF) or (f == 255 and b & 0x7FFFFF):
                    w |= 0x400000
            elif e == 0 or f == 0:
                w = z
            else:
                e += f - 127
                e += ((w >> 23) - e) & 1
                if e < 1:
                    w = z
                elif e > 254:
                    w = z | int(0x7F800000)
        # The next gain.
        dst[0] = w
        a = g
        b = gain_step[1]
        # Sum.
        if ((a - b) ^ a ^ b) >> 31 & 1:
            s = a
            a = b
            b = s
        x = a >> 23
        d = (x - (b >> 23)) & 0xFF
        if d >> 5:
            d = 31
        t = (b & 0x7FFFFF | 0x800000) << 6
        s = (a & 0x7FFFFF) << 6
        if (a ^ b) >> 31:
            t = 0 - t
            s = (t >> d) + s
            if s >> 31:
                s += 0x20000000
                if s:
                    if not s >> 21:
                        s <<= 8
                        x -= 8
                    while not s >> 29:
                        s <<= 1
                        x -= 1
                    s -= 0x20000000
                else:
                    x = 0  # x - x is +0
        else:
            s = (t >> d) + s
            if s >> 29:
                s = (s - 0x20000000) >> 1 | s & 1
                x += 1
        r = s + 32
        w = (x << 23) + (r >> 6)
        if not r & 63:
            if not (t >> d << d) - t:
                w &= -2
        if ((a >> 23) - 32) & 0x80:
            e = (a >> 23) & 0xFF
            f = (b >> 23) & 0xFF
            if e == 255:
                w = a
                if f == 255:
                    if (a ^ b) >> 31:
                        w |= 0x400000
            elif f == 0:
                w = a
                if e == 0:
                    w = (a & b) >> 31 << 31
            elif w:
                e += (((w >> 23) - e + 32) & 0xFF) - 32
                if e < 1:
                    w = a >> 31 << 31
                elif e > 254:
                    w = a >> 31 << 31 | int(0x7F800000)
        g = w
        dst = ptr32(int(dst) + 4)
        src = ptr32(int(src) + 4)
    if n > 0:
        gain_step[0] = g
