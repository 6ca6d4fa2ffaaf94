"""The conversions of `vfp`, whose head says what holds here too.

To PCM: the product with a power of two is exact, and vcvtr does the rest: it rounds to nearest
even, saturates at 32 bits, and makes 0 of a NaN. From PCM: vcvt of a fixed-point number divides by
the power of two and rounds once, to nearest even; of 16 bits it takes the lower half of its
register, so there is no sign to extend.

Frames are read by ldr and written by str, which need no alignment on these cores: the trap for
that, UNALIGN_TRP, is off after a reset, and MicroPython and its SDKs leave it so.
"""

import micropython


# 5 instructions and 7 cycles a channel; 168 bytes. r0 the frames, r1 left, r2 right, r3 n; r4 to
# r7 two frames; s0 to s3 of left, s4 to s7 of right; s8 2**15.
@micropython.asm_thumb
def to_pcm16(r0, r1, r2, r3) -> object:
    cmp(r3, 0)
    ble(END)
    mov(r4, 0x47)
    lsl(r4, r4, 24)
    vmov(s8, r4)
    label(LOOP)
    data(2, 0xECB1, 0x0A04)  # vldmia r1!, {s0-s3}
    data(2, 0xECB2, 0x2A04)  # vldmia r2!, {s4-s7}
    vmul(s0, s0, s8)
    vmul(s1, s1, s8)
    vmul(s2, s2, s8)
    vmul(s3, s3, s8)
    vmul(s4, s4, s8)
    vmul(s5, s5, s8)
    vmul(s6, s6, s8)
    vmul(s7, s7, s8)
    data(2, 0xEEBD, 0x0A40)  # vcvtr.s32.f32 s0, s0
    data(2, 0xEEFD, 0x0A60)  # vcvtr.s32.f32 s1, s1
    data(2, 0xEEBD, 0x1A41)  # vcvtr.s32.f32 s2, s2
    data(2, 0xEEFD, 0x1A61)  # vcvtr.s32.f32 s3, s3
    data(2, 0xEEBD, 0x2A42)  # vcvtr.s32.f32 s4, s4
    data(2, 0xEEFD, 0x2A62)  # vcvtr.s32.f32 s5, s5
    data(2, 0xEEBD, 0x3A43)  # vcvtr.s32.f32 s6, s6
    data(2, 0xEEFD, 0x3A63)  # vcvtr.s32.f32 s7, s7
    data(2, 0xEC55, 0x4A10)  # vmov r4, r5, s0, s1
    data(2, 0xEC57, 0x6A12)  # vmov r6, r7, s4, s5
    data(2, 0xF304, 0x040F)  # ssat r4, #16, r4
    data(2, 0xF305, 0x050F)  # ssat r5, #16, r5
    data(2, 0xF306, 0x060F)  # ssat r6, #16, r6
    data(2, 0xF307, 0x070F)  # ssat r7, #16, r7
    data(2, 0xF366, 0x441F)  # bfi r4, r6, #16, #16
    data(2, 0xF367, 0x451F)  # bfi r5, r7, #16, #16
    str(r4, [r0, 0])
    str(r5, [r0, 4])
    data(2, 0xEC55, 0x4A11)  # vmov r4, r5, s2, s3
    data(2, 0xEC57, 0x6A13)  # vmov r6, r7, s6, s7
    data(2, 0xF304, 0x040F)  # ssat r4, #16, r4
    data(2, 0xF305, 0x050F)  # ssat r5, #16, r5
    data(2, 0xF306, 0x060F)  # ssat r6, #16, r6
    data(2, 0xF307, 0x070F)  # ssat r7, #16, r7
    data(2, 0xF366, 0x441F)  # bfi r4, r6, #16, #16
    data(2, 0xF367, 0x451F)  # bfi r5, r7, #16, #16
    str(r4, [r0, 8])
    str(r5, [r0, 12])
    add(r0, 16)
    sub(r3, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# 4 instructions and 6 cycles a channel; 128 bytes. As to_pcm16, but s8 2**31: vcvtr saturates.
@micropython.asm_thumb
def to_pcm32(r0, r1, r2, r3) -> object:
    cmp(r3, 0)
    ble(END)
    mov(r4, 0x4F)
    lsl(r4, r4, 24)
    vmov(s8, r4)
    label(LOOP)
    data(2, 0xECB1, 0x0A04)  # vldmia r1!, {s0-s3}
    data(2, 0xECB2, 0x2A04)  # vldmia r2!, {s4-s7}
    vmul(s0, s0, s8)
    vmul(s1, s1, s8)
    vmul(s2, s2, s8)
    vmul(s3, s3, s8)
    vmul(s4, s4, s8)
    vmul(s5, s5, s8)
    vmul(s6, s6, s8)
    vmul(s7, s7, s8)
    data(2, 0xEEBD, 0x0A40)  # vcvtr.s32.f32 s0, s0
    data(2, 0xEEFD, 0x0A60)  # vcvtr.s32.f32 s1, s1
    data(2, 0xEEBD, 0x1A41)  # vcvtr.s32.f32 s2, s2
    data(2, 0xEEFD, 0x1A61)  # vcvtr.s32.f32 s3, s3
    data(2, 0xEEBD, 0x2A42)  # vcvtr.s32.f32 s4, s4
    data(2, 0xEEFD, 0x2A62)  # vcvtr.s32.f32 s5, s5
    data(2, 0xEEBD, 0x3A43)  # vcvtr.s32.f32 s6, s6
    data(2, 0xEEFD, 0x3A63)  # vcvtr.s32.f32 s7, s7
    data(2, 0xEC55, 0x4A10)  # vmov r4, r5, s0, s1
    data(2, 0xEC57, 0x6A12)  # vmov r6, r7, s4, s5
    str(r4, [r0, 0])
    str(r6, [r0, 4])
    str(r5, [r0, 8])
    str(r7, [r0, 12])
    data(2, 0xEC55, 0x4A11)  # vmov r4, r5, s2, s3
    data(2, 0xEC57, 0x6A13)  # vmov r6, r7, s6, s7
    str(r4, [r0, 16])
    str(r6, [r0, 20])
    str(r5, [r0, 24])
    str(r7, [r0, 28])
    add(r0, 32)
    sub(r3, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# 6 instructions and 8 cycles a sample; 96 bytes.
# r0 the frames, r1 src, r2 n; r4 to r7 four samples; s0 to s3 of src; s8 2**15.
@micropython.asm_thumb
def mono_to_pcm16(r0, r1, r2) -> object:
    cmp(r2, 0)
    ble(END)
    mov(r4, 0x47)
    lsl(r4, r4, 24)
    vmov(s8, r4)
    label(LOOP)
    data(2, 0xECB1, 0x0A04)  # vldmia r1!, {s0-s3}
    vmul(s0, s0, s8)
    vmul(s1, s1, s8)
    vmul(s2, s2, s8)
    vmul(s3, s3, s8)
    data(2, 0xEEBD, 0x0A40)  # vcvtr.s32.f32 s0, s0
    data(2, 0xEEFD, 0x0A60)  # vcvtr.s32.f32 s1, s1
    data(2, 0xEEBD, 0x1A41)  # vcvtr.s32.f32 s2, s2
    data(2, 0xEEFD, 0x1A61)  # vcvtr.s32.f32 s3, s3
    data(2, 0xEC55, 0x4A10)  # vmov r4, r5, s0, s1
    data(2, 0xEC57, 0x6A11)  # vmov r6, r7, s2, s3
    data(2, 0xF304, 0x040F)  # ssat r4, #16, r4
    data(2, 0xF305, 0x050F)  # ssat r5, #16, r5
    data(2, 0xF306, 0x060F)  # ssat r6, #16, r6
    data(2, 0xF307, 0x070F)  # ssat r7, #16, r7
    data(2, 0xF365, 0x441F)  # bfi r4, r5, #16, #16
    data(2, 0xF367, 0x461F)  # bfi r6, r7, #16, #16
    str(r4, [r0, 0])
    str(r6, [r0, 4])
    add(r0, 8)
    sub(r2, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# 5 instructions and 7 cycles a sample; 76 bytes. As mono_to_pcm16, but s8 2**31.
@micropython.asm_thumb
def mono_to_pcm32(r0, r1, r2) -> object:
    cmp(r2, 0)
    ble(END)
    mov(r4, 0x4F)
    lsl(r4, r4, 24)
    vmov(s8, r4)
    label(LOOP)
    data(2, 0xECB1, 0x0A04)  # vldmia r1!, {s0-s3}
    vmul(s0, s0, s8)
    vmul(s1, s1, s8)
    vmul(s2, s2, s8)
    vmul(s3, s3, s8)
    data(2, 0xEEBD, 0x0A40)  # vcvtr.s32.f32 s0, s0
    data(2, 0xEEFD, 0x0A60)  # vcvtr.s32.f32 s1, s1
    data(2, 0xEEBD, 0x1A41)  # vcvtr.s32.f32 s2, s2
    data(2, 0xEEFD, 0x1A61)  # vcvtr.s32.f32 s3, s3
    data(2, 0xEC55, 0x4A10)  # vmov r4, r5, s0, s1
    data(2, 0xEC57, 0x6A11)  # vmov r6, r7, s2, s3
    str(r4, [r0, 0])
    str(r5, [r0, 4])
    str(r6, [r0, 8])
    str(r7, [r0, 12])
    add(r0, 16)
    sub(r2, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# 3 instructions and 5 cycles a channel; 88 bytes. r0 left, r1 right, r2 the frames, r3 n; r4 and
# r5 two frames, r6 and r7 their right samples; s0 to s3 for left, s4 to s7 for right.
@micropython.asm_thumb
def from_pcm16(r0, r1, r2, r3) -> object:
    cmp(r3, 0)
    ble(END)
    label(LOOP)
    ldr(r4, [r2, 0])
    ldr(r5, [r2, 4])
    lsr(r6, r4, 16)
    lsr(r7, r5, 16)
    data(2, 0xEC45, 0x4A10)  # vmov s0, s1, r4, r5
    data(2, 0xEC47, 0x6A12)  # vmov s4, s5, r6, r7
    ldr(r4, [r2, 8])
    ldr(r5, [r2, 12])
    lsr(r6, r4, 16)
    lsr(r7, r5, 16)
    data(2, 0xEC45, 0x4A11)  # vmov s2, s3, r4, r5
    data(2, 0xEC47, 0x6A13)  # vmov s6, s7, r6, r7
    data(2, 0xEEBA, 0x0A60)  # vcvt.f32.s16 s0, s0, #15
    data(2, 0xEEFA, 0x0A60)  # vcvt.f32.s16 s1, s1, #15
    data(2, 0xEEBA, 0x1A60)  # vcvt.f32.s16 s2, s2, #15
    data(2, 0xEEFA, 0x1A60)  # vcvt.f32.s16 s3, s3, #15
    data(2, 0xEEBA, 0x2A60)  # vcvt.f32.s16 s4, s4, #15
    data(2, 0xEEFA, 0x2A60)  # vcvt.f32.s16 s5, s5, #15
    data(2, 0xEEBA, 0x3A60)  # vcvt.f32.s16 s6, s6, #15
    data(2, 0xEEFA, 0x3A60)  # vcvt.f32.s16 s7, s7, #15
    data(2, 0xECA0, 0x0A04)  # vstmia r0!, {s0-s3}
    data(2, 0xECA1, 0x2A04)  # vstmia r1!, {s4-s7}
    add(r2, 16)
    sub(r3, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# 3 instructions and 5 cycles a channel; 88 bytes. As from_pcm16, but r4 to r7 are two frames.
@micropython.asm_thumb
def from_pcm32(r0, r1, r2, r3) -> object:
    cmp(r3, 0)
    ble(END)
    label(LOOP)
    ldr(r4, [r2, 0])
    ldr(r5, [r2, 4])
    ldr(r6, [r2, 8])
    ldr(r7, [r2, 12])
    data(2, 0xEC46, 0x4A10)  # vmov s0, s1, r4, r6
    data(2, 0xEC47, 0x5A12)  # vmov s4, s5, r5, r7
    ldr(r4, [r2, 16])
    ldr(r5, [r2, 20])
    ldr(r6, [r2, 24])
    ldr(r7, [r2, 28])
    data(2, 0xEC46, 0x4A11)  # vmov s2, s3, r4, r6
    data(2, 0xEC47, 0x5A13)  # vmov s6, s7, r5, r7
    data(2, 0xEEBA, 0x0AE0)  # vcvt.f32.s32 s0, s0, #31
    data(2, 0xEEFA, 0x0AE0)  # vcvt.f32.s32 s1, s1, #31
    data(2, 0xEEBA, 0x1AE0)  # vcvt.f32.s32 s2, s2, #31
    data(2, 0xEEFA, 0x1AE0)  # vcvt.f32.s32 s3, s3, #31
    data(2, 0xEEBA, 0x2AE0)  # vcvt.f32.s32 s4, s4, #31
    data(2, 0xEEFA, 0x2AE0)  # vcvt.f32.s32 s5, s5, #31
    data(2, 0xEEBA, 0x3AE0)  # vcvt.f32.s32 s6, s6, #31
    data(2, 0xEEFA, 0x3AE0)  # vcvt.f32.s32 s7, s7, #31
    data(2, 0xECA0, 0x0A04)  # vstmia r0!, {s0-s3}
    data(2, 0xECA1, 0x2A04)  # vstmia r1!, {s4-s7}
    add(r2, 32)
    sub(r3, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# 4 instructions and 6 cycles a sample; 52 bytes. r0 dst, r1 the frames, r2 n; r4 to r7 four
# samples, s0 to s3 for dst.
@micropython.asm_thumb
def mono_from_pcm16(r0, r1, r2) -> object:
    cmp(r2, 0)
    ble(END)
    label(LOOP)
    ldr(r4, [r1, 0])
    ldr(r6, [r1, 4])
    lsr(r5, r4, 16)
    lsr(r7, r6, 16)
    data(2, 0xEC45, 0x4A10)  # vmov s0, s1, r4, r5
    data(2, 0xEC47, 0x6A11)  # vmov s2, s3, r6, r7
    data(2, 0xEEBA, 0x0A60)  # vcvt.f32.s16 s0, s0, #15
    data(2, 0xEEFA, 0x0A60)  # vcvt.f32.s16 s1, s1, #15
    data(2, 0xEEBA, 0x1A60)  # vcvt.f32.s16 s2, s2, #15
    data(2, 0xEEFA, 0x1A60)  # vcvt.f32.s16 s3, s3, #15
    data(2, 0xECA0, 0x0A04)  # vstmia r0!, {s0-s3}
    add(r1, 8)
    sub(r2, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)


# 4 instructions and 6 cycles a sample; 52 bytes. As mono_from_pcm16.
@micropython.asm_thumb
def mono_from_pcm32(r0, r1, r2) -> object:
    cmp(r2, 0)
    ble(END)
    label(LOOP)
    ldr(r4, [r1, 0])
    ldr(r5, [r1, 4])
    ldr(r6, [r1, 8])
    ldr(r7, [r1, 12])
    data(2, 0xEC45, 0x4A10)  # vmov s0, s1, r4, r5
    data(2, 0xEC47, 0x6A11)  # vmov s2, s3, r6, r7
    data(2, 0xEEBA, 0x0AE0)  # vcvt.f32.s32 s0, s0, #31
    data(2, 0xEEFA, 0x0AE0)  # vcvt.f32.s32 s1, s1, #31
    data(2, 0xEEBA, 0x1AE0)  # vcvt.f32.s32 s2, s2, #31
    data(2, 0xEEFA, 0x1AE0)  # vcvt.f32.s32 s3, s3, #31
    data(2, 0xECA0, 0x0A04)  # vstmia r0!, {s0-s3}
    add(r1, 16)
    sub(r2, 4)
    bgt(LOOP)
    label(END)
    mov(r0, 6)
