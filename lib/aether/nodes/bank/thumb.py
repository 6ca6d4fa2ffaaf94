"""The kernels of a voice bank in Thumb assembler; what they compute stands in `portable`.

For Arm Cortex-M boards; elsewhere it cannot be imported. Any context, hard interrupts too;
allocates nothing. MicroPython saves r4 to r7 and lr; what is needed of r8 to r11 goes on the
stack, and r12 is the caller's to lose.

mix(bank, tables, given, left)  r0 to r3

For each voice of the list: r0 where its sums begin, r1 phase, r6 table, r7 gain, r8 phase step, r9
gain step, r10 and r11 the gains of the sides in stereo, r12 where its sums end; r2 to r5 are free.
A gain of 31 bits is used with 16: times a sample of 16 it just fits. Four frames are one turn of
the loop; the first turn begins within, so that their number may be any. On the stack, from sp on:
bank, tables, where in the list, FRAMES, the sums, the list's end, where in the list that is left;
then where that begins, and what r8 to r11 were. lr is the voice's record.

The places in memory are those of `places`, times four. data(2, ...) is an instruction that the
inline assembler lacks; beside it stands what it is.
"""

from aether.nodes.bank.thumb_drain import drain_mono, drain_stereo
from aether.nodes.bank.thumb_mono import mix_mono
from aether.nodes.bank.thumb_mono_nearest import mix_mono_nearest
from aether.nodes.bank.thumb_quietest import quietest
from aether.nodes.bank.thumb_stereo import mix_stereo
from aether.nodes.bank.thumb_stereo_nearest import mix_stereo_nearest

# A MicroPython of this arch without the inline assembler takes its machine code in a .mpy for
# bytecode, which must not be called.
if type(drain_mono) is type(lambda: 0):
    raise ImportError("no inline assembler")
