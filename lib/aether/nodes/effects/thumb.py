"""The arithmetic of effects in Thumb assembler; what it computes stands in the `portable` files.

For Arm Cortex-M boards; elsewhere it cannot be imported. Any context, hard interrupts too;
allocates nothing. MicroPython saves r4 to r7 and lr; what is needed of r8 to r11 goes on the
stack, and r12 is the caller's to lose. The places in memory are those of `words`, times four.
data(2, ...) is an instruction that the inline assembler lacks; beside it stands what it is.
"""

from aether.nodes.effects.thumb_fixed import give, take
from aether.nodes.effects.thumb_line import echo, feed
from aether.nodes.effects.thumb_mix import blend, sides, spread
from aether.nodes.effects.thumb_room import room
from aether.nodes.effects.thumb_soft import soft

# A MicroPython of this arch without the inline assembler takes its machine code in a .mpy for
# bytecode, which must not be called.
if type(room) is type(lambda: 0):
    raise ImportError("no inline assembler")
