"""What each kernel costs on an RP2040: `aether cycles host_tests/cycles/kernels.py`."""

from array import array

import micropython
from aether import kernels

# Sawtooths: no silence, which some kernels have less work with.
left = memoryview(array("f", [0.9 * (i - 32) / 32 for i in range(64)]))
right = memoryview(array("f", [0.7 * (32 - i) / 32 for i in range(64)]))
block = memoryview(array("f", bytes(256)))
other = memoryview(array("f", bytes(256)))
# What works in place does so there and back, so that every turn has the same to do.
total = memoryview(array("f", [0.3 * (i - 20) / 44 for i in range(64)]))
back = memoryview(array("f", [0.9 * (32 - i) / 32 for i in range(64)]))
factors = memoryview(array("f", [0.6 + i / 64 for i in range(64)]))
inverse = memoryview(array("f", [1 / (0.6 + i / 64) for i in range(64)]))
gain = array("f", [0.7])
minus = array("f", [-0.7])
# [g, step, ...]: a ramp moves g on, so it is put back before.
fade = array("f", [0.2, 0.01, 0, 0])
gain_step = array("f", [0.2, 0.01, 0, 0])
frames = bytearray(64 * 8)
shorts = array("h", bytes(64 * 4))
longs = array("i", bytes(64 * 8))
# Bound once, as a stream does it.
clear = kernels.clear
copy = kernels.copy
add = kernels.add
multiply = kernels.multiply
scale = kernels.scale
add_scaled = kernels.add_scaled
ramp = kernels.ramp
clip = kernels.clip
to_pcm16 = kernels.to_pcm16
mono_to_pcm16 = kernels.mono_to_pcm16
to_pcm32 = kernels.to_pcm32
mono_to_pcm32 = kernels.mono_to_pcm32
from_pcm16 = kernels.from_pcm16
mono_from_pcm16 = kernels.mono_from_pcm16
from_pcm32 = kernels.from_pcm32
mono_from_pcm32 = kernels.mono_from_pcm32


# The obvious loops, in bytecode.
def plain_clear(dst, n):
    for i in range(n):
        dst[i] = 0.0


def plain_copy(dst, src, n):
    for i in range(n):
        dst[i] = src[i]


def plain_add(dst, src, n):
    for i in range(n):
        dst[i] += src[i]


def plain_multiply(dst, src, n):
    for i in range(n):
        dst[i] *= src[i]


def plain_scale(dst, src, gain, n):
    for i in range(n):
        dst[i] = src[i] * gain


def plain_add_scaled(dst, src, gain, n):
    for i in range(n):
        dst[i] += src[i] * gain


def plain_ramp(dst, src, gain, step, n):
    for i in range(n):
        dst[i] = src[i] * gain
        gain += step


def plain_clip(dst, src, n):
    for i in range(n):
        x = src[i]
        dst[i] = 1.0 if x > 1 else -1.0 if x < -1 else x


def plain_to_pcm(out, left, right, n, full):
    for i in range(n):
        x = round(left[i] * full)
        out[2 * i] = full - 1 if x >= full else -full if x < -full else x
        x = round(right[i] * full)
        out[2 * i + 1] = full - 1 if x >= full else -full if x < -full else x


def plain_mono_to_pcm(out, src, n, full):
    for i in range(n):
        x = round(src[i] * full)
        out[i] = full - 1 if x >= full else -full if x < -full else x


def plain_from_pcm(left, right, frames, n, full):
    for i in range(n):
        left[i] = frames[2 * i] / full
        right[i] = frames[2 * i + 1] / full


def plain_mono_from_pcm(dst, frames, n, full):
    for i in range(n):
        dst[i] = frames[i] / full


@micropython.viper
def empty(out, left, right, n: int):
    pass


# %% an empty viper call
empty(frames, left, right, 64)

# %% clear in bytecode
# samples: 64
plain_clear(block, 64)

# %% clear
# against: clear in bytecode
# samples: 64
clear(block, 64)

# %% copy in bytecode
# samples: 64
plain_copy(block, left, 64)

# %% copy
# against: copy in bytecode
# samples: 64
copy(block, left, 64)

# %% add, there and back in bytecode
# samples: 128
plain_add(total, left, 64)
plain_add(total, back, 64)

# %% add, there and back
# against: add, there and back in bytecode
# samples: 128
add(total, left, 64)
add(total, back, 64)

# %% multiply, there and back in bytecode
# samples: 128
plain_multiply(total, factors, 64)
plain_multiply(total, inverse, 64)

# %% multiply, there and back
# against: multiply, there and back in bytecode
# samples: 128
multiply(total, factors, 64)
multiply(total, inverse, 64)

# %% scale in bytecode
# samples: 64
plain_scale(block, left, 0.7, 64)

# %% scale
# against: scale in bytecode
# samples: 64
scale(block, left, gain, 64)

# %% add_scaled, there and back in bytecode
# samples: 128
plain_add_scaled(total, left, 0.7, 64)
plain_add_scaled(total, left, -0.7, 64)

# %% add_scaled, there and back
# against: add_scaled, there and back in bytecode
# samples: 128
add_scaled(total, left, gain, 64)
add_scaled(total, left, minus, 64)

# %% ramp in bytecode
# samples: 64
plain_ramp(block, left, 0.2, 0.01, 64)

# %% ramp
# against: ramp in bytecode
# samples: 64
copy(gain_step, fade, 4)
ramp(block, left, gain_step, 64)

# %% clip in bytecode
# samples: 64
plain_clip(block, left, 64)

# %% clip
# against: clip in bytecode
# samples: 64
clip(block, left, 64)

# %% to_pcm16 in bytecode
# samples: 128
plain_to_pcm(shorts, left, right, 64, 32768)

# %% to_pcm16
# against: to_pcm16 in bytecode
# samples: 128
to_pcm16(frames, left, right, 64)

# %% mono_to_pcm16 in bytecode
# samples: 64
plain_mono_to_pcm(shorts, left, 64, 32768)

# %% mono_to_pcm16
# against: mono_to_pcm16 in bytecode
# samples: 64
mono_to_pcm16(frames, left, 64)

# %% to_pcm32 in bytecode
# samples: 128
plain_to_pcm(longs, left, right, 64, 2147483648)

# %% to_pcm32
# against: to_pcm32 in bytecode
# samples: 128
to_pcm32(frames, left, right, 64)

# %% mono_to_pcm32 in bytecode
# samples: 64
plain_mono_to_pcm(longs, left, 64, 2147483648)

# %% mono_to_pcm32
# against: mono_to_pcm32 in bytecode
# samples: 64
mono_to_pcm32(frames, left, 64)

# %% from_pcm16 in bytecode
# samples: 128
plain_from_pcm(block, other, shorts, 64, 32768)

# %% from_pcm16
# against: from_pcm16 in bytecode
# samples: 128
from_pcm16(block, other, frames, 64)

# %% mono_from_pcm16 in bytecode
# samples: 64
plain_mono_from_pcm(block, shorts, 64, 32768)

# %% mono_from_pcm16
# against: mono_from_pcm16 in bytecode
# samples: 64
mono_from_pcm16(block, frames, 64)

# %% from_pcm32 in bytecode
# samples: 128
plain_from_pcm(block, other, longs, 64, 2147483648)

# %% from_pcm32
# against: from_pcm32 in bytecode
# samples: 128
from_pcm32(block, other, frames, 64)

# %% mono_from_pcm32 in bytecode
# samples: 64
plain_mono_from_pcm(block, longs, 64, 2147483648)

# %% mono_from_pcm32
# against: mono_from_pcm32 in bytecode
# samples: 64
mono_from_pcm32(block, frames, 64)
