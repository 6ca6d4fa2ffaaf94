"""The line of a delay in Thumb assembler; `lines_portable` says what is computed.

A line is at r1; where it is read, or written, goes back to its beginning at its end.
"""

import micropython


@micropython.asm_thumb
def echo(r0, r1, r2, r3) -> object:
    mov(r4, r8)
    push({r4})
    lsl(r4, r3, 2)
    add(r2, r2, r4)
    ldr(r4, [r0, 56])  # LENGTH
    lsl(r5, r4, 1)
    mov(r12, r5)
    ldr(r5, [r0, 60])  # AT
    ldr(r6, [r0, 64])  # TAP
    ldr(r7, [r0, 68])  # TAP_NEXT
    str(r7, [r0, 64])
    sub(r7, r5, r7)
    bpl(NEW)
    add(r7, r7, r4)
    label(NEW)
    sub(r5, r5, r6)
    bpl(OLD)
    add(r5, r5, r4)
    label(OLD)
    lsl(r4, r5, 1)
    lsl(r7, r7, 1)
    ldr(r5, [r0, 4])  # INVERSE
    mov(r8, r5)
    mov(r0, 0)
    label(LOOP)
    data(2, 0x5F0D)  # ldrsh r5, [r1, r4]
    data(2, 0x5FCE)  # ldrsh r6, [r1, r7]
    sub(r6, r6, r5)
    mul(r6, r0)
    asr(r6, r6, 14)
    add(r5, r5, r6)
    lsl(r5, r5, 10)
    data(2, 0xC220)  # stm r2!, {r5}
    data(2, 0x4440)  # add r0, r8
    add(r4, 2)
    data(2, 0x4564)  # cmp r4, r12
    bne(OLD_ON)
    mov(r4, 0)
    label(OLD_ON)
    add(r7, 2)
    data(2, 0x4567)  # cmp r7, r12
    bne(NEW_ON)
    mov(r7, 0)
    label(NEW_ON)
    sub(r3, 1)
    bne(LOOP)
    pop({r4})
    mov(r8, r4)
    mov(r0, 6)


@micropython.asm_thumb
def feed(r0, r1, r2, r3) -> object:
    mov(r4, r8)
    mov(r5, r9)
    mov(r6, r10)
    mov(r7, r11)
    push({r4, r5, r6, r7})
    push({r0, r3})
    mov(r10, r1)
    lsl(r3, r3, 2)
    add(r3, r3, r2)
    mov(r12, r3)
    ldr(r4, [r0, 56])  # LENGTH
    lsl(r4, r4, 1)
    add(r4, r4, r1)
    mov(r9, r4)
    ldr(r4, [r0, 60])  # AT
    lsl(r4, r4, 1)
    add(r1, r1, r4)
    ldr(r4, [r0, 44])  # FEED + STEP
    mov(r8, r4)
    ldr(r0, [r0, 40])  # FEED
    lsl(r0, r0, 14)
    mov(r7, 0)
    mov(r11, r7)
    mov(r7, 1)
    lsl(r7, r7, 9)
    label(LOOP)
    data(2, 0xCA10)  # ldm r2!, {r4}
    add(r4, r4, r7)
    asr(r4, r4, 10)
    data(2, 0xB226)  # sxth r6, r4
    cmp(r6, r4)
    bne(CLIP)
    label(HEARD)
    data(2, 0xCB20)  # ldm r3!, {r5}
    asr(r5, r5, 10)
    lsr(r6, r0, 14)
    mul(r5, r6)
    asr(r6, r5, 31)
    lsr(r6, r6, 17)
    add(r5, r5, r6)
    asr(r5, r5, 15)
    add(r4, r4, r5)
    data(2, 0xB226)  # sxth r6, r4
    cmp(r6, r4)
    bne(CLIP_AGAIN)
    label(FED)
    strh(r4, [r1, 0])
    mov(r6, r11)
    orr(r6, r4)
    mov(r11, r6)
    data(2, 0x4440)  # add r0, r8
    add(r1, 2)
    data(2, 0x4549)  # cmp r1, r9
    bne(WITHIN)
    mov(r1, r10)
    label(WITHIN)
    data(2, 0x4562)  # cmp r2, r12
    bne(LOOP)
    mov(r7, r11)
    pop({r0, r2})
    mov(r4, r10)
    sub(r4, r1, r4)
    lsr(r4, r4, 1)
    str(r4, [r0, 60])  # AT
    ldr(r1, [r0, 56])  # LENGTH

    cmp(r7, 0)
    bne(SOUND)
    ldr(r3, [r0, 72])  # QUIET
    add(r2, r2, r3)
    cmp(r2, r1)
    bls(REST)
    mov(r2, r1)
    b(REST)
    label(SOUND)
    mov(r2, 0)
    label(REST)
    str(r2, [r0, 72])
    mov(r4, 1)
    cmp(r2, r1)
    beq(IDLE)
    mov(r4, 0)
    label(IDLE)
    str(r4, [r0, 0])

    pop({r4, r5, r6, r7})
    mov(r8, r4)
    mov(r9, r5)
    mov(r10, r6)
    mov(r11, r7)
    b(END)
    label(CLIP)
    asr(r4, r4, 31)
    lsl(r6, r7, 6)
    sub(r6, 1)
    eor(r4, r6)
    b(HEARD)
    label(CLIP_AGAIN)
    asr(r4, r4, 31)
    lsl(r6, r7, 6)
    sub(r6, 1)
    eor(r4, r6)
    b(FED)
    label(END)
    mov(r0, 6)
