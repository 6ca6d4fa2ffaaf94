"""What the meter does with each sample, in viper."""

import micropython


@micropython.viper
def spread(range_, frames, n: int):
    """Widen range_, [low, high] as an array('i'), to hold n samples of 16 bits."""
    found = ptr32(range_)
    samples = ptr16(frames)
    low = int(found[0])
    high = int(found[1])
    # What is loaded counts as unsigned, of 32 bits where a word has more.
    low = (low & 0xFFFF ^ 0x8000) - 0x8000
    high = (high & 0xFFFF ^ 0x8000) - 0x8000
    for i in range(n):
        x = (int(samples[i]) ^ 0x8000) - 0x8000
        if x < low:
            low = x
        if x > high:
            high = x
    found[0] = low
    found[1] = high
