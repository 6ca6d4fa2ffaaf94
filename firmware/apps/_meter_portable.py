"""The twin of `_meter_viper`, where there is no native emitter: the same in plain Python."""


def spread(range_, frames, n):
    """See `_meter_viper.spread`."""
    for i in range(0, 2 * n, 2):
        x = ((frames[i] | frames[i + 1] << 8) ^ 0x8000) - 0x8000
        range_[0] = min(range_[0], x)
        range_[1] = max(range_[1], x)
