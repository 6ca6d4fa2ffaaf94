"""What a patch says, as the words that a bank's kernels read. Main program only; allocates.

An envelope is linear in the attack, and exponential in decay and release: 60 dB of its way, in
straight pieces of a power of two of frames, eight to fifteen of them, and the last one straight to
its end. Each of its times is exact to the frame.
"""

from math import exp

from aether.nodes.bank.places import FADE_FRAMES

# The shortest stage, which takes away the click.
LEAST_FRAMES = 32
# The shortest piece of an exponential, as a power of two.
_LEAST_SHIFT = 6
# What is left of the way in the end, as an exponent of e: 60 dB.
_DEPTH = 6.907755


def frames_of(seconds, rate):
    """How many frames a stage of so many seconds has."""
    return max(LEAST_FRAMES, int(seconds * rate + 0.5))


def straight(frames):
    """The words of a stage that is one straight line."""
    return [1, 0, 0, 0] + _last(frames)


def curved(frames):
    """The words of a stage that is an exponential."""
    shift = _LEAST_SHIFT
    while frames >> shift >= 16:
        shift += 1
    pieces = max((frames >> shift) - 1, 0)
    part = 1 - exp(-_DEPTH * (1 << shift) / frames)
    last = frames - (pieces << shift)
    return [pieces + 1, 1 << shift, int(part * 32767), shift] + _last(last)


def _last(frames):
    # One part in `frames` is factor / 2**15 >> shift, a bit too small rather than too large.
    shift = 0
    while 2 << shift < frames:
        shift += 1
    return [frames, min((32768 << shift) // frames, 32767), shift]


def patch_words(wave, rate, attack, decay, sustain, release, level, pan):
    """All words of a patch, in the order of `places`; wave: where its list of tables is."""
    return (
        straight(frames_of(attack, rate))
        + curved(frames_of(decay, rate))
        + curved(frames_of(release, rate))
        + straight(FADE_FRAMES)
        + [int(level * 32767 + 0.5), int(sustain * 32768 + 0.5), wave, pan + 1]
    )
