"""The kernels in Thumb assembler with the FPU: one to six instructions a sample.

For Arm Cortex-M4F, M7 and M33 boards, the RP2350's Arm cores among them; elsewhere it cannot be
imported. What each computes stands in `portable`; `vfp_pcm` has the conversions. Only ARMv7-M and
its single-precision FPU are asked for, no DSP extension. Any context, hard interrupts too: the
core saves s0 to s15 and FPSCR of what it interrupts.

In assembler a buffer object becomes its address. r0 to r3 are the arguments in their order: float
blocks and cells, aligned to 4; frames, at any address; at last n, a multiple of 4, and below 1
nothing is done. Inside, addresses move on and n counts down. Four samples are a pass: loaded, then
worked on and stored together, so that few instructions wait for the one before. MicroPython
saves r4 to r7; r12 and s0 to s15 are the caller's to lose, and s16 to s31 stay as they are.
Each returns 6, the object None.

FPSCR is as MicroPython leaves it: rounding to nearest even, subnormals kept. Only its cumulative
flags change. A product and its sum are two instructions, as the fused ones round once.

What the inline assembler lacks is placed by data(), its name beside it. With a function stands
what it takes in blocks of 64, its entry and exit included: instructions, the same whatever the
samples are, and the cycles of a Cortex-M4 with memory that answers at once.
"""

import sys

import micropython

from aether.kernels.vfp_pcm import (
    from_pcm16,
    from_pcm32,
    mono_from_pcm16,
    mono_from_pcm32,
    mono_to_pcm16,
    mono_to_pcm32,
    to_pcm16,
    to_pcm32,
)

backend = "vfp"


# 1 instruction and 3 cycles a sample; 24 bytes.
# r2 to r5 zeros.
@micropython.asm_thumb
def clear(r0, r1) -> object:
    cmp(r1, 0)
    ble(END)
    mov(r2, 0)
    mov(r3, 0)
    mov(r4, 0)
    mov(r5, 0)
    label(LOOP)
    data(2, 0xC03C)  # stmia r0!, {r2-r5}
    sub(r1, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# 1 instruction and 4 cycles a sample; 18 bytes.
@micropython.asm_thumb
def copy(r0, r1, r2) -> object:
    cmp(r2, 0)
    ble(END)
    label(LOOP)
    data(2, 0xC978)  # ldmia r1!, {r3-r6}
    data(2, 0xC078)  # stmia r0!, {r3-r6}
    sub(r2, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# 2 instructions and 6 cycles a sample; 42 bytes.
# s0 to s3 of dst, s4 to s7 of src.
@micropython.asm_thumb
def add(r0, r1, r2) -> object:
    cmp(r2, 0)
    ble(END)
    label(LOOP)
    data(2, 0xEC90, 0x0A04)  # vldmia r0, {s0-s3}
    data(2, 0xECB1, 0x2A04)  # vldmia r1!, {s4-s7}
    vadd(s0, s0, s4)
    vadd(s1, s1, s5)
    vadd(s2, s2, s6)
    vadd(s3, s3, s7)
    data(2, 0xECA0, 0x0A04)  # vstmia r0!, {s0-s3}
    sub(r2, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# 2 instructions and 6 cycles a sample; 42 bytes. As add.
@micropython.asm_thumb
def multiply(r0, r1, r2) -> object:
    cmp(r2, 0)
    ble(END)
    label(LOOP)
    data(2, 0xEC90, 0x0A04)  # vldmia r0, {s0-s3}
    data(2, 0xECB1, 0x2A04)  # vldmia r1!, {s4-s7}
    vmul(s0, s0, s4)
    vmul(s1, s1, s5)
    vmul(s2, s2, s6)
    vmul(s3, s3, s7)
    data(2, 0xECA0, 0x0A04)  # vstmia r0!, {s0-s3}
    sub(r2, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# 2 instructions and 5 cycles a sample; 42 bytes.
# s0 to s3 of src, s8 the gain.
@micropython.asm_thumb
def scale(r0, r1, r2, r3) -> object:
    cmp(r3, 0)
    ble(END)
    vldr(s8, [r2, 0])
    label(LOOP)
    data(2, 0xECB1, 0x0A04)  # vldmia r1!, {s0-s3}
    vmul(s0, s0, s8)
    vmul(s1, s1, s8)
    vmul(s2, s2, s8)
    vmul(s3, s3, s8)
    data(2, 0xECA0, 0x0A04)  # vstmia r0!, {s0-s3}
    sub(r3, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# 3 instructions and 7 cycles a sample; 62 bytes.
# s0 to s3 of dst, s4 to s7 of src, then the products; s8 the gain.
@micropython.asm_thumb
def add_scaled(r0, r1, r2, r3) -> object:
    cmp(r3, 0)
    ble(END)
    vldr(s8, [r2, 0])
    label(LOOP)
    data(2, 0xECB1, 0x2A04)  # vldmia r1!, {s4-s7}
    data(2, 0xEC90, 0x0A04)  # vldmia r0, {s0-s3}
    vmul(s4, s4, s8)
    vmul(s5, s5, s8)
    vmul(s6, s6, s8)
    vmul(s7, s7, s8)
    vadd(s0, s0, s4)
    vadd(s1, s1, s5)
    vadd(s2, s2, s6)
    vadd(s3, s3, s7)
    data(2, 0xECA0, 0x0A04)  # vstmia r0!, {s0-s3}
    sub(r3, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# 3 instructions and 6 cycles a sample; 66 bytes.
# s0 to s3 of src; s4 g of the first, s5 to s7 of the others, each one rounded step further;
# s8 the step. The products stand between the sums, as each sum waits for the one before.
@micropython.asm_thumb
def ramp(r0, r1, r2, r3) -> object:
    cmp(r3, 0)
    ble(END)
    vldr(s4, [r2, 0])
    vldr(s8, [r2, 4])
    label(LOOP)
    data(2, 0xECB1, 0x0A04)  # vldmia r1!, {s0-s3}
    vadd(s5, s4, s8)
    vmul(s0, s0, s4)
    vadd(s6, s5, s8)
    vmul(s1, s1, s5)
    vadd(s7, s6, s8)
    vmul(s2, s2, s6)
    vadd(s4, s7, s8)
    vmul(s3, s3, s7)
    data(2, 0xECA0, 0x0A04)  # vstmia r0!, {s0-s3}
    sub(r3, 4)
    bgt(LOOP)
    vstr(s4, [r2, 0])
    label(END)
    mov(r0, 6)


# 4 instructions and 7 cycles a sample; 66 bytes.
# r3 to r6 words of src, r7 1.0, r12 1.0 doubled. In integers, to which -0.0 and NaN are words like
# others. Doubled, a word has lost its sign; above r12 by up to 2**31 it is beyond 1, infinity the
# furthest, and above it by more it is a NaN. So only in the first case is r12 less it negative;
# there 1.0 is laid below the sign.
@micropython.asm_thumb
def clip(r0, r1, r2) -> object:
    cmp(r2, 0)
    ble(END)
    mov(r7, 0x7F)
    lsl(r7, r7, 24)
    mov(r12, r7)
    lsr(r7, r7, 1)
    label(LOOP)
    data(2, 0xC978)  # ldmia r1!, {r3-r6}
    data(2, 0xEBBC, 0x0F43)  # cmp r12, r3, lsl #1
    it(mi)
    data(2, 0xF367, 0x031E)  # bfimi r3, r7, #0, #31
    data(2, 0xEBBC, 0x0F44)  # cmp r12, r4, lsl #1
    it(mi)
    data(2, 0xF367, 0x041E)  # bfimi r4, r7, #0, #31
    data(2, 0xEBBC, 0x0F45)  # cmp r12, r5, lsl #1
    it(mi)
    data(2, 0xF367, 0x051E)  # bfimi r5, r7, #0, #31
    data(2, 0xEBBC, 0x0F46)  # cmp r12, r6, lsl #1
    it(mi)
    data(2, 0xF367, 0x061E)  # bfimi r6, r7, #0, #31
    data(2, 0xC078)  # stmia r0!, {r3-r6}
    sub(r2, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# The assembler takes the FPU's instructions on a chip without it too, unless that is ARMv6-M; what
# MicroPython was built for tells: 7 is armv7emsp and 8 armv7emdp, with double precision as well.
if getattr(sys.implementation, "_mpy", 0) >> 10 & 15 not in (7, 8):
    raise ImportError("no FPU")
if clear(None, 0) is not None:
    raise ImportError("None is no immediate object")
