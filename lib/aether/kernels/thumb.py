"""The kernels in Thumb assembler: float32 arithmetic in the integer instructions of ARMv6-M.

For Arm Cortex-M boards without an FPU, though those with one can run it too; elsewhere it cannot
be imported. What each kernel computes stands in `portable`. Any context, hard interrupts too;
nothing is allocated.

In assembler a buffer object becomes its address. The registers r0 to r3 are the arguments in their
order: float blocks and cells, aligned to 4; frames, at any address; at last n, a multiple of 4,
and below 1 nothing is done. Addresses move on to their end. MicroPython saves r4 to r7 and lr;
what a kernel needs of r8 to r11 it puts on the stack, and r12 is the caller's to lose. Each
returns 6, the object None.

A float32 word is sign << 31 | exponent << 23 | mantissa and means (mantissa + 2**23) *
2**(exponent - 150); exponent 0 counts as zero, whatever the mantissa, and exponent 255 is infinity
or, with a mantissa, NaN. So an operand below 2**-126 counts as a zero of its sign, and what comes
out below is made one.

data(2, ...) is an instruction that the inline assembler lacks; beside it stands what it is. With a
function stands what it takes for random samples of -1 to 1, in blocks of 64, its entry and exit
included: instructions, and the cycles of an RP2040 with memory that answers at once.
"""

from aether.kernels.thumb_add import add
from aether.kernels.thumb_add_scaled import add_scaled
from aether.kernels.thumb_copy import clear, clip, copy
from aether.kernels.thumb_from_pcm16 import from_pcm16, mono_from_pcm16
from aether.kernels.thumb_from_pcm32 import from_pcm32, mono_from_pcm32
from aether.kernels.thumb_multiply import multiply
from aether.kernels.thumb_ramp import ramp
from aether.kernels.thumb_scale import scale
from aether.kernels.thumb_to_pcm16 import mono_to_pcm16, to_pcm16
from aether.kernels.thumb_to_pcm32 import mono_to_pcm32, to_pcm32

backend = "thumb"

# A MicroPython of this arch without the inline assembler takes its machine code in a .mpy for
# bytecode, which must not be called.
if type(clear) is type(lambda: 0):
    raise ImportError("no inline assembler")
if clear(None, 0) is not None:
    raise ImportError("None is no immediate object")
