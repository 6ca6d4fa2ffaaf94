"""The mixing of a voice bank in Thumb assembler; what it computes stands in `portable`.

For Arm Cortex-M boards; elsewhere it cannot be imported. Any context, hard interrupts too;
allocates nothing.
"""

from aether.nodes.bank.thumb_drain import drain_mono, drain_stereo
from aether.nodes.bank.thumb_mono import mix_mono
from aether.nodes.bank.thumb_mono_nearest import mix_mono_nearest
from aether.nodes.bank.thumb_stereo import mix_stereo
from aether.nodes.bank.thumb_stereo_nearest import mix_stereo_nearest

# A MicroPython of this arch without the inline assembler takes its machine code in a .mpy for
# bytecode, which must not be called.
if type(drain_mono) is type(lambda: 0):
    raise ImportError("no inline assembler")
