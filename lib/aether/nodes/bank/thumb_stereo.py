"""Mixes voices in stereo, with straight lines between the entries of a table; in Thumb assembler.

`thumb` says how.
"""

import micropython


# 24.4 instructions and 30.1 cycles a voice and frame, in blocks of 64.
@micropython.asm_thumb
def mix_stereo(r0, r1, r2, r3):
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
    data(2, 0xCCDE)  # ldm r4, {r1, r2, r3, r4, r6, r7}: PHASE to GAIN
    mov(r8, r2)
    mov(r9, r3)
    orr(r3, r7)
    beq(SILENT)
    data(2, 0xB2A2)  # uxth r2, r4
    mov(r10, r2)
    lsr(r4, r4, 16)
    mov(r11, r4)
    lsl(r2, r5, 3)
    add(r2, r2, r0)
    mov(r12, r2)
    neg(r3, r5)
    mov(r4, 3)
    and_(r3, r4)  # frames of four that the first turn leaves out
    data(2, 0x9A01)  # ldr r2, [sp, 4]
    add(r6, r6, r2)
    lsr(r4, r6, 1)  # the carry is 1 if the table is short
    bcc(LONG)
    b(SHORT)
    label(LONG)
    mov(r2, 46)
    mul(r2, r3)
    data(2, 0x4497)  # add pc, r2
    nop()
    label(LONG_LOOP)
    lsr(r2, r1, 22)  # where in the table
    lsl(r2, r2, 2)
    data(2, 0x58B2)  # ldr r2, [r6, r2]
    lsl(r3, r1, 10)  # and how far to the next entry
    lsr(r3, r3, 16)
    data(2, 0x4441)  # add r1, r8
    data(2, 0xB214)  # sxth r4, r2
    mul(r4, r3)
    add(r2, r2, r4)
    asr(r2, r2, 16)  # the sample
    lsr(r3, r7, 15)  # times the gain
    data(2, 0x444F)  # add r7, r9
    mul(r2, r3)
    asr(r2, r2, 14)
    mov(r3, r10)  # times those of the sides
    mul(r3, r2)
    mov(r4, r11)
    mul(r4, r2)
    ldr(r2, [r0, 0])
    ldr(r5, [r0, 4])
    add(r2, r2, r3)
    add(r5, r5, r4)
    data(2, 0xC024)  # stm r0!, {r2, r5}
    lsr(r2, r1, 22)
    lsl(r2, r2, 2)
    data(2, 0x58B2)  # ldr r2, [r6, r2]
    lsl(r3, r1, 10)
    lsr(r3, r3, 16)
    data(2, 0x4441)  # add r1, r8
    data(2, 0xB214)  # sxth r4, r2
    mul(r4, r3)
    add(r2, r2, r4)
    asr(r2, r2, 16)
    lsr(r3, r7, 15)
    data(2, 0x444F)  # add r7, r9
    mul(r2, r3)
    asr(r2, r2, 14)
    mov(r3, r10)
    mul(r3, r2)
    mov(r4, r11)
    mul(r4, r2)
    ldr(r2, [r0, 0])
    ldr(r5, [r0, 4])
    add(r2, r2, r3)
    add(r5, r5, r4)
    data(2, 0xC024)  # stm r0!, {r2, r5}
    lsr(r2, r1, 22)
    lsl(r2, r2, 2)
    data(2, 0x58B2)  # ldr r2, [r6, r2]
    lsl(r3, r1, 10)
    lsr(r3, r3, 16)
    data(2, 0x4441)  # add r1, r8
    data(2, 0xB214)  # sxth r4, r2
    mul(r4, r3)
    add(r2, r2, r4)
    asr(r2, r2, 16)
    lsr(r3, r7, 15)
    data(2, 0x444F)  # add r7, r9
    mul(r2, r3)
    asr(r2, r2, 14)
    mov(r3, r10)
    mul(r3, r2)
    mov(r4, r11)
    mul(r4, r2)
    ldr(r2, [r0, 0])
    ldr(r5, [r0, 4])
    add(r2, r2, r3)
    add(r5, r5, r4)
    data(2, 0xC024)  # stm r0!, {r2, r5}
    lsr(r2, r1, 22)
    lsl(r2, r2, 2)
    data(2, 0x58B2)  # ldr r2, [r6, r2]
    lsl(r3, r1, 10)
    lsr(r3, r3, 16)
    data(2, 0x4441)  # add r1, r8
    data(2, 0xB214)  # sxth r4, r2
    mul(r4, r3)
    add(r2, r2, r4)
    asr(r2, r2, 16)
    lsr(r3, r7, 15)
    data(2, 0x444F)  # add r7, r9
    mul(r2, r3)
    asr(r2, r2, 14)
    mov(r3, r10)
    mul(r3, r2)
    mov(r4, r11)
    mul(r4, r2)
    ldr(r2, [r0, 0])
    ldr(r5, [r0, 4])
    add(r2, r2, r3)
    add(r5, r5, r4)
    data(2, 0xC024)  # stm r0!, {r2, r5}
    data(2, 0x4560)  # cmp r0, r12
    bne(LONG_LOOP)
    b(STORE)
    label(SHORT)
    sub(r6, 1)
    mov(r2, 46)
    mul(r2, r3)
    data(2, 0x4497)  # add pc, r2
    nop()
    label(SHORT_LOOP)
    lsr(r2, r1, 24)
    lsl(r2, r2, 2)
    data(2, 0x58B2)  # ldr r2, [r6, r2]
    lsl(r3, r1, 8)
    lsr(r3, r3, 16)
    data(2, 0x4441)  # add r1, r8
    data(2, 0xB214)  # sxth r4, r2
    mul(r4, r3)
    add(r2, r2, r4)
    asr(r2, r2, 16)
    lsr(r3, r7, 15)
    data(2, 0x444F)  # add r7, r9
    mul(r2, r3)
    asr(r2, r2, 14)
    mov(r3, r10)
    mul(r3, r2)
    mov(r4, r11)
    mul(r4, r2)
    ldr(r2, [r0, 0])
    ldr(r5, [r0, 4])
    add(r2, r2, r3)
    add(r5, r5, r4)
    data(2, 0xC024)  # stm r0!, {r2, r5}
    lsr(r2, r1, 24)
    lsl(r2, r2, 2)
    data(2, 0x58B2)  # ldr r2, [r6, r2]
    lsl(r3, r1, 8)
    lsr(r3, r3, 16)
    data(2, 0x4441)  # add r1, r8
    data(2, 0xB214)  # sxth r4, r2
    mul(r4, r3)
    add(r2, r2, r4)
    asr(r2, r2, 16)
    lsr(r3, r7, 15)
    data(2, 0x444F)  # add r7, r9
    mul(r2, r3)
    asr(r2, r2, 14)
    mov(r3, r10)
    mul(r3, r2)
    mov(r4, r11)
    mul(r4, r2)
    ldr(r2, [r0, 0])
    ldr(r5, [r0, 4])
    add(r2, r2, r3)
    add(r5, r5, r4)
    data(2, 0xC024)  # stm r0!, {r2, r5}
    lsr(r2, r1, 24)
    lsl(r2, r2, 2)
    data(2, 0x58B2)  # ldr r2, [r6, r2]
    lsl(r3, r1, 8)
    lsr(r3, r3, 16)
    data(2, 0x4441)  # add r1, r8
    data(2, 0xB214)  # sxth r4, r2
    mul(r4, r3)
    add(r2, r2, r4)
    asr(r2, r2, 16)
    lsr(r3, r7, 15)
    data(2, 0x444F)  # add r7, r9
    mul(r2, r3)
    asr(r2, r2, 14)
    mov(r3, r10)
    mul(r3, r2)
    mov(r4, r11)
    mul(r4, r2)
    ldr(r2, [r0, 0])
    ldr(r5, [r0, 4])
    add(r2, r2, r3)
    add(r5, r5, r4)
    data(2, 0xC024)  # stm r0!, {r2, r5}
    lsr(r2, r1, 24)
    lsl(r2, r2, 2)
    data(2, 0x58B2)  # ldr r2, [r6, r2]
    lsl(r3, r1, 8)
    lsr(r3, r3, 16)
    data(2, 0x4441)  # add r1, r8
    data(2, 0xB214)  # sxth r4, r2
    mul(r4, r3)
    add(r2, r2, r4)
    asr(r2, r2, 16)
    lsr(r3, r7, 15)
    data(2, 0x444F)  # add r7, r9
    mul(r2, r3)
    asr(r2, r2, 14)
    mov(r3, r10)
    mul(r3, r2)
    mov(r4, r11)
    mul(r4, r2)
    ldr(r2, [r0, 0])
    ldr(r5, [r0, 4])
    add(r2, r2, r3)
    add(r5, r5, r4)
    data(2, 0xC024)  # stm r0!, {r2, r5}
    data(2, 0x4560)  # cmp r0, r12
    bne(SHORT_LOOP)
    label(STORE)
    mov(r4, lr)
    str(r1, [r4, 8])  # PHASE
    str(r7, [r4, 28])  # GAIN
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
