"""What each kernel costs on an RP2040: `aether cycles host_tests/cycles/kernels.py`."""

from array import array

import micropython
from aether import kernels
from aether.kernels import portable, viper

# A sawtooth: no silence, which some conversions have less work with.
left = memoryview(array("f", [0.9 * (i - 32) / 32 for i in range(64)]))
right = memoryview(array("f", [0.7 * (32 - i) / 32 for i in range(64)]))
frames = bytearray(64 * 8)
# Bound once, as a stream does it; the plain ones are loops over samples in bytecode.
to_pcm16 = kernels.to_pcm16
plain_to_pcm16 = portable.to_pcm16
mono_to_pcm16 = kernels.mono_to_pcm16
plain_mono_to_pcm16 = portable.mono_to_pcm16
to_pcm32 = kernels.to_pcm32
plain_to_pcm32 = portable.to_pcm32
mono_to_pcm32 = kernels.mono_to_pcm32
plain_mono_to_pcm32 = portable.mono_to_pcm32
from_pcm16 = kernels.from_pcm16
plain_from_pcm16 = portable.from_pcm16
mono_from_pcm16 = kernels.mono_from_pcm16
plain_mono_from_pcm16 = portable.mono_from_pcm16
from_pcm32 = kernels.from_pcm32
plain_from_pcm32 = portable.from_pcm32
mono_from_pcm32 = kernels.mono_from_pcm32
plain_mono_from_pcm32 = portable.mono_from_pcm32
viper_to_pcm16 = viper.to_pcm16
viper_from_pcm16 = viper.from_pcm16


@micropython.viper
def empty(out, left, right, n: int):
    pass


# %% an empty viper call
empty(frames, left, right, 64)

# %% to_pcm16 in bytecode
# samples: 128
plain_to_pcm16(frames, left, right, 64)

# %% to_pcm16 in viper
# against: to_pcm16 in bytecode
# samples: 128
viper_to_pcm16(frames, left, right, 64)

# %% to_pcm16
# against: to_pcm16 in bytecode
# samples: 128
to_pcm16(frames, left, right, 64)

# %% mono_to_pcm16 in bytecode
# samples: 64
plain_mono_to_pcm16(frames, left, 64)

# %% mono_to_pcm16
# against: mono_to_pcm16 in bytecode
# samples: 64
mono_to_pcm16(frames, left, 64)

# %% to_pcm32 in bytecode
# samples: 128
plain_to_pcm32(frames, left, right, 64)

# %% to_pcm32
# against: to_pcm32 in bytecode
# samples: 128
to_pcm32(frames, left, right, 64)

# %% mono_to_pcm32 in bytecode
# samples: 64
plain_mono_to_pcm32(frames, left, 64)

# %% mono_to_pcm32
# against: mono_to_pcm32 in bytecode
# samples: 64
mono_to_pcm32(frames, left, 64)

# %% from_pcm16 in bytecode
# samples: 128
plain_from_pcm16(left, right, frames, 64)

# %% from_pcm16 in viper
# against: from_pcm16 in bytecode
# samples: 128
viper_from_pcm16(left, right, frames, 64)

# %% from_pcm16
# against: from_pcm16 in bytecode
# samples: 128
from_pcm16(left, right, frames, 64)

# %% mono_from_pcm16 in bytecode
# samples: 64
plain_mono_from_pcm16(left, frames, 64)

# %% mono_from_pcm16
# against: mono_from_pcm16 in bytecode
# samples: 64
mono_from_pcm16(left, frames, 64)

# %% from_pcm32 in bytecode
# samples: 128
plain_from_pcm32(left, right, frames, 64)

# %% from_pcm32
# against: from_pcm32 in bytecode
# samples: 128
from_pcm32(left, right, frames, 64)

# %% mono_from_pcm32 in bytecode
# samples: 64
plain_mono_from_pcm32(left, frames, 64)

# %% mono_from_pcm32
# against: mono_from_pcm32 in bytecode
# samples: 64
mono_from_pcm32(left, frames, 64)
