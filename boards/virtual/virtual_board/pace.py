"""How fast the PIO of an RP2 clocks frames out, in whole nanoseconds without rounding error."""

import array


def divider(clock, rate, bits):
    """The PIO's clock divider in 1/256, rounded in float32 as the SDK does it."""
    if rate <= 0:
        return 65535 * 256
    wanted = _float32(_float32(clock) / _float32(rate * 4 * bits))
    wanted = _float32(wanted + 0.5 / 256)
    whole = min(int(wanted), 65535)
    # 0 means 65536 to the hardware.
    return whole * 256 + int((wanted - whole) * 256) if whole else 65536 * 256


def sample_time(clock, div, bits):
    """Nanoseconds of a sample of one channel as a fraction, (numerator, denominator)."""
    num = 2 * bits * div * 1_000_000_000
    den = 256 * clock
    common = _gcd(num, den)
    return num // common, den // common


def _gcd(a, b):
    while b:
        a, b = b, a % b
    return a


def _float32(x):
    return array.array("f", (x,))[0]
