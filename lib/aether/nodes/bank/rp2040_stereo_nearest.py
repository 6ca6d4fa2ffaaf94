"""Mixes voices in stereo, without interpolation, on an RP2040; in Thumb assembler.

`rp2040` says how.
"""

import micropython


# 15.5 instructions and 21.2 cycles a voice and frame, in blocks of 64.
@micropython.asm_thumb
def mix_stereo_nearest(r0, r1, r2, r3):
    mov(r4, r8)
    mov(r5, r9)
    mov(r6, r10)
    mov(r7, r11)
    push({r3, r4, r5, r6, r7})
    ldr(r4, [r0, 0])  # FRAMES
    ldr(r5, [r0, 28])  # SUMS
    lsl(r5, r5, 2)
    add(r5, r5, r0)
    ldr(r6, [r2, 0])
    lsl(r6, r6, 2)
    add(r2, 4)
    add(r6, r6, r2)
    add(r3, 4)
    mov(r7, r3)
    push({r0, r1, r2, r4, r5, r6, r7})
    # What is the same for all voices: BASE1 of both, and the control words of the gain's.
    mov(r1, 0xD0)
    lsl(r1, r1, 24)
    add(r1, 0x80)
    mov(r8, r1)
    mov(r2, 0)
    str(r2, [r1, 0x0C])
    str(r2, [r1, 0x4C])
    mov(r2, 1)
    lsl(r2, r2, 18)
    str(r2, [r1, 0x6C])
    mov(r3, 0x4F)
    lsl(r3, r3, 10)
    add(r3, 15)
    str(r3, [r1, 0x70])
    sub(r3, 9)
    mov(r11, r3)
    mov(r3, 0x2C)
    lsl(r3, r3, 8)
    add(r3, 0x54)
    add(r2, r2, r3)
    mov(r9, r2)
    b(NEXT)
    label(EMPTY)
    ldr(r3, [r4, 24])  # STATE
    b(EITHER)
    label(SILENT)
    mov(r4, lr)
    ldr(r3, [r4, 4])  # AT, which is 0 where the block is full
    label(EITHER)
    cmp(r3, 0)
    beq(NEXT)
    data(2, 0x9900)  # ldr r1, [sp, 0]: into the list of those whose piece has ended
    mov(r0, lr)
    sub(r0, r0, r1)
    data(2, 0x9906)  # ldr r1, [sp, 24]
    data(2, 0xC101)  # stm r1!, {r0}
    data(2, 0x9106)  # str r1, [sp, 24]
    label(NEXT)
    data(2, 0x9902)  # ldr r1, [sp, 8]
    data(2, 0x9A05)  # ldr r2, [sp, 20]
    cmp(r1, r2)
    bne(VOICE)
    b(DONE)
    label(VOICE)
    data(2, 0xC910)  # ldm r1!, {r4}
    data(2, 0x9102)  # str r1, [sp, 8]
    data(2, 0x9800)  # ldr r0, [sp, 0]
    add(r4, r4, r0)
    mov(lr, r4)
    data(2, 0xCC0C)  # ldm r4!, {r2, r3}: LEFT, AT
    cmp(r2, 0)
    beq(EMPTY)
    data(2, 0x9F03)  # ldr r7, [sp, 12]
    data(2, 0x9804)  # ldr r0, [sp, 16]
    lsl(r1, r3, 3)
    add(r0, r0, r1)
    sub(r5, r7, r3)
    cmp(r5, r2)
    bls(WITHIN)
    mov(r5, r2)
    label(WITHIN)
    sub(r2, r2, r5)
    add(r3, r3, r5)
    cmp(r3, r7)
    bne(PARTLY)
    mov(r3, 0)
    label(PARTLY)
    sub(r4, 8)
    data(2, 0xC40C)  # stm r4!, {r2, r3}
    mov(r1, r8)
    data(2, 0xCC4C)  # ldm r4!, {r2, r3, r6}: PHASE, STEP, GAIN_STEP
    str(r2, [r1, 0x00])  # ACCUM0
    str(r3, [r1, 0x08])  # BASE0
    str(r6, [r1, 0x48])
    data(2, 0xCC8C)  # ldm r4!, {r2, r3, r7}: SIDES, TABLE, GAIN
    str(r7, [r1, 0x40])
    orr(r7, r6)
    beq(SILENT)
    data(2, 0xB294)  # uxth r4, r2
    mov(r10, r4)
    lsr(r7, r2, 16)
    data(2, 0x9E01)  # ldr r6, [sp, 4]
    add(r6, r6, r3)
    add(r6, 2)
    mov(r2, r9)
    lsr(r4, r3, 1)  # the carry is 1 if the table is short
    mov(r3, r11)
    bcc(LONG)
    sub(r6, 1)
    mov(r4, 0xFF)
    lsl(r4, r4, 3)
    add(r4, 6)
    sub(r2, r2, r4)
    add(r3, 2)
    label(LONG)
    str(r2, [r1, 0x2C])  # CTRL_LANE0
    str(r3, [r1, 0x30])  # CTRL_LANE1
    lsl(r2, r5, 3)
    add(r2, r2, r0)
    mov(r12, r2)
    neg(r3, r5)
    mov(r4, 3)
    and_(r3, r4)  # frames of four that the first turn leaves out
    mov(r2, 28)
    mul(r2, r3)
    data(2, 0x4497)  # add pc, r2
    nop()
    label(LOOP)
    ldr(r2, [r1, 0x34])  # ACCUM0_ADD, read: where in the table
    ldr(r3, [r1, 0x18])  # POP_LANE1: the phase goes on
    data(2, 0x5EB2)  # ldrsh r2, [r6, r2]
    ldr(r3, [r1, 0x58])  # POP_LANE1 of the other: the gain, which goes on
    mul(r2, r3)
    asr(r2, r2, 14)
    mov(r3, r10)
    mul(r3, r2)
    mul(r2, r7)
    ldr(r4, [r0, 0])
    ldr(r5, [r0, 4])
    add(r4, r4, r3)
    add(r5, r5, r2)
    data(2, 0xC030)  # stm r0!, {r4, r5}
    ldr(r2, [r1, 0x34])
    ldr(r3, [r1, 0x18])
    data(2, 0x5EB2)  # ldrsh r2, [r6, r2]
    ldr(r3, [r1, 0x58])
    mul(r2, r3)
    asr(r2, r2, 14)
    mov(r3, r10)
    mul(r3, r2)
    mul(r2, r7)
    ldr(r4, [r0, 0])
    ldr(r5, [r0, 4])
    add(r4, r4, r3)
    add(r5, r5, r2)
    data(2, 0xC030)  # stm r0!, {r4, r5}
    ldr(r2, [r1, 0x34])
    ldr(r3, [r1, 0x18])
    data(2, 0x5EB2)  # ldrsh r2, [r6, r2]
    ldr(r3, [r1, 0x58])
    mul(r2, r3)
    asr(r2, r2, 14)
    mov(r3, r10)
    mul(r3, r2)
    mul(r2, r7)
    ldr(r4, [r0, 0])
    ldr(r5, [r0, 4])
    add(r4, r4, r3)
    add(r5, r5, r2)
    data(2, 0xC030)  # stm r0!, {r4, r5}
    ldr(r2, [r1, 0x34])
    ldr(r3, [r1, 0x18])
    data(2, 0x5EB2)  # ldrsh r2, [r6, r2]
    ldr(r3, [r1, 0x58])
    mul(r2, r3)
    asr(r2, r2, 14)
    mov(r3, r10)
    mul(r3, r2)
    mul(r2, r7)
    ldr(r4, [r0, 0])
    ldr(r5, [r0, 4])
    add(r4, r4, r3)
    add(r5, r5, r2)
    data(2, 0xC030)  # stm r0!, {r4, r5}
    data(2, 0x4560)  # cmp r0, r12
    bne(LOOP)
    mov(r4, lr)
    ldr(r2, [r1, 0x00])
    ldr(r3, [r1, 0x40])
    str(r2, [r4, 8])  # PHASE
    str(r3, [r4, 28])  # GAIN
    b(SILENT)
    label(DONE)
    pop({r0, r1, r2, r4, r5, r6, r7})
    mov(r0, r7)
    pop({r3, r4, r5, r6, r7})
    sub(r0, r0, r3)
    lsr(r0, r0, 2)
    sub(r0, 1)
    str(r0, [r3, 0])
    mov(r8, r4)
    mov(r9, r5)
    mov(r10, r6)
    mov(r11, r7)
