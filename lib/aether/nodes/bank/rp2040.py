"""The kernels of a voice bank for the RP2040, whose interpolators do a part of the work.

Everything as in `thumb`, whose loops they shorten by a sixth. Beside each core are two, and
MicroPython uses none. A call sets them up, and leaves in them what it has: an interrupt on the
core that renders must not use them, and a program that does finds other values behind a block. r1
is where they are, r8 the same; r9 and r11 are the control words of lanes 0 and 1 for a long table.
In stereo r10 and r7 are the gains of both sides.

INTERP0 goes through a wave: ACCUM0 is the phase and BASE0 its step. Lane 0 masks the phase to the
place in the table, in bytes, which is read at ACCUM0_ADD; with ADD_RAW its result is the next
phase. Lane 1 has the same input, CROSS_INPUT, and masks it to the part between two entries, which
is read at POP_LANE1, and that takes over the next phase. INTERP1 does the same to the gain, whose
upper 16 bits lane 1 gives. Each read takes one cycle.
"""

from aether.nodes.bank.rp2040_mono import mix_mono
from aether.nodes.bank.rp2040_mono_nearest import mix_mono_nearest
from aether.nodes.bank.rp2040_stereo import mix_stereo
from aether.nodes.bank.rp2040_stereo_nearest import mix_stereo_nearest
from aether.nodes.bank.thumb_drain import drain_mono, drain_stereo
from aether.nodes.bank.thumb_quietest import quietest

# See `thumb`.
if type(drain_mono) is type(lambda: 0):
    raise ImportError("no inline assembler")
