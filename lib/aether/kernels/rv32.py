"""The kernels in RISC-V assembler: float32 sums and products in integers, as there is no FPU.

For RP2350 boards that run their RISC-V cores; elsewhere it cannot be imported. What each computes
stands in `portable`. Only RV32IMC is asked for, none of the RP2350's further extensions. Any
context, hard interrupts too.

In assembler a buffer object becomes its address. a0 to a3 are the arguments in their order: float
blocks and cells, aligned to 4; frames, at any address; at last n, a multiple of 4, and below 1
nothing is done. Inside, addresses move on to their end. a0 to a7 and t0 to t6 are the caller's to
lose; MicroPython saves no register, so a function that needs some of s0 to s6 puts them on the
stack. Each returns 6, the object None.

A word here is a float32 as an integer. Twice the word has lost its sign: two such compare like
the magnitudes that they stand for, and what is above infinity's, 0xFF000000, is NaN. A word is
common if its exponent is 64 to 190: then no product is too small or too large for a float, and
nothing else need be asked of it. All others are dealt with behind the loop, at RARE: an operand
or a result below 2**-126 counts as a zero of its sign.

With a function stands what it takes for random samples of -1 to 1, in blocks of 64, its entry and
exit included: instructions, and the cycles of an RP2350's core with memory that answers at once.

What the inline assembler wants, beside the instructions:
- mv(x, zero) assembles to a jump to x; mv() and most li() are short instructions. In their place
  stand addi() and lui(), four bytes like all the others but the last two: so every jump leads to
  an aligned word, which the RP2350's cores fetch at once.
- A label that is still to come is first looked up one place behind the table of labels. There it
  finds a zero, unless the table fills blocks of four words: so the most labels of any function in
  a file are no multiple of four. A label that nothing jumps to says what follows, and may be what
  keeps that number right.
"""

from aether.kernels.rv32_add import add
from aether.kernels.rv32_add_scaled import add_scaled
from aether.kernels.rv32_copy import clear, clip, copy
from aether.kernels.rv32_from_pcm import (
    from_pcm16,
    from_pcm32,
    mono_from_pcm16,
    mono_from_pcm32,
)
from aether.kernels.rv32_multiply import multiply, scale
from aether.kernels.rv32_ramp import ramp
from aether.kernels.rv32_to_pcm import mono_to_pcm16, mono_to_pcm32, to_pcm16, to_pcm32

backend = "rv32"

# A MicroPython of this arch without the inline assembler, as on an ESP32-C3, takes its machine
# code in a .mpy for bytecode, which must not be called.
if type(clear) is type(lambda: 0):
    raise ImportError("no inline assembler")
if clear(None, 0) is not None:
    raise ImportError("None is no immediate object")
