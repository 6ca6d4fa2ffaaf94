"""The twin of `fades_viper`, where there is no native emitter: the same in plain Python."""


def _get(frames, at, size):
    value = int.from_bytes(bytes(frames[at : at + size]), "little")
    return value - (1 << 8 * size) if frames[at + size - 1] & 0x80 else value


def _put(frames, at, size, value):
    value &= (1 << 8 * size) - 1
    frames[at : at + size] = value.to_bytes(size, "little")


def beginning(bits, lanes, shift):
    """begin(slot), over 2**shift frames: frame i times i / 2**shift."""
    size = bits // 8

    def begin(slot):
        for i in range(lanes << shift):
            x = _get(slot, i * size, size)
            # In 32 bits a product would not fit.
            x = x * (i // lanes) >> shift if bits == 16 else (x >> shift) * (i // lanes)
            _put(slot, i * size, size, x)

    return begin


def ending(bits, lanes, shift):
    """end(slot, before, last), over 2**shift frames: from just below the last to nothing."""
    size = bits // 8
    whole = 1 << shift

    def end(slot, before, last):
        for lane in range(lanes):
            x = _get(before, last + lane * size, size)
            for i in range(whole):
                value = x * (whole - 1 - i) >> shift if bits == 16 else x - (x >> shift) * (i + 1)
                _put(slot, (i * lanes + lane) * size, size, value)

    return end
