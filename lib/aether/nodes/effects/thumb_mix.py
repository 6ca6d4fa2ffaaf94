"""What comes before and behind the lines of an effect in Thumb assembler.

`fixed_portable` and `lines_portable` say what is computed. Gains are in parts of 2**29 as they
move, and of 2**15 where they are used.
"""

import micropython


@micropython.asm_thumb
def blend(r0, r1, r2) -> object:
    mov(r4, r8)
    mov(r5, r9)
    push({r4, r5})
    lsl(r2, r2, 2)
    add(r2, r2, r1)
    mov(r12, r2)
    ldr(r4, [r0, 12])  # DRY + STEP
    mov(r8, r4)
    ldr(r4, [r0, 28])  # WET + STEP
    mov(r9, r4)
    ldr(r5, [r0, 24])  # WET
    lsl(r5, r5, 14)
    ldr(r0, [r0, 8])  # DRY
    lsl(r0, r0, 14)
    label(LOOP)
    ldr(r3, [r1, 0])
    lsr(r4, r0, 14)
    asr(r6, r3, 15)
    mul(r6, r4)
    lsl(r3, r3, 17)
    lsr(r3, r3, 17)
    mul(r3, r4)
    lsr(r3, r3, 15)
    add(r6, r6, r3)
    data(2, 0xCA08)  # ldm r2!, {r3}
    lsr(r4, r5, 14)
    asr(r7, r3, 15)
    mul(r7, r4)
    lsl(r3, r3, 17)
    lsr(r3, r3, 17)
    mul(r3, r4)
    lsr(r3, r3, 15)
    add(r6, r6, r7)
    add(r6, r6, r3)
    data(2, 0xC140)  # stm r1!, {r6}
    data(2, 0x4440)  # add r0, r8
    data(2, 0x444D)  # add r5, r9
    data(2, 0x4561)  # cmp r1, r12
    bne(LOOP)
    pop({r4, r5})
    mov(r8, r4)
    mov(r9, r5)
    mov(r0, 6)


@micropython.asm_thumb
def spread(r0, r1, r2) -> object:
    mov(r4, r8)
    push({r0, r4})
    lsl(r2, r2, 2)
    add(r3, r1, r2)
    mov(r12, r3)
    add(r4, r3, r2)
    add(r5, r4, r2)
    mov(r6, 0)
    mov(r7, 0)
    label(CLEAR)
    data(2, 0xC3C0)  # stm r3!, {r6, r7}
    data(2, 0xC5C0)  # stm r5!, {r6, r7}
    cmp(r3, r4)
    bne(CLEAR)
    mov(r2, r4)
    mov(r3, r5)
    ldr(r4, [r0, 44])  # FEED + STEP
    mov(r8, r4)
    ldr(r0, [r0, 40])  # FEED
    lsl(r0, r0, 14)
    sub(r6, 1)
    lsr(r6, r6, 6)
    mov(r7, 1)
    lsl(r7, r7, 14)
    label(LOOP)
    data(2, 0xC910)  # ldm r1!, {r4}
    data(2, 0xCA20)  # ldm r2!, {r5}
    add(r4, r4, r5)
    asr(r4, r4, 1)
    cmp(r4, r6)
    bgt(HIGH)
    add(r5, r4, r6)
    bmi(LOW)
    label(HELD)
    asr(r4, r4, 10)
    lsr(r5, r0, 14)
    mul(r4, r5)
    add(r4, r4, r7)
    asr(r4, r4, 15)
    data(2, 0xC310)  # stm r3!, {r4}
    data(2, 0x4440)  # add r0, r8
    data(2, 0x4561)  # cmp r1, r12
    bne(LOOP)
    pop({r0, r4})
    mov(r8, r4)
    ldr(r4, [r0, 56])  # ROOM
    ldr(r5, [r0, 60])
    sub(r5, r5, r4)
    asr(r6, r5, 3)
    bne(ROOM)
    mov(r6, r5)
    label(ROOM)
    add(r4, r4, r6)
    str(r4, [r0, 56])
    ldr(r4, [r0, 64])  # DAMPING
    ldr(r5, [r0, 68])
    sub(r5, r5, r4)
    asr(r6, r5, 3)
    bne(DAMPING)
    mov(r6, r5)
    label(DAMPING)
    add(r4, r4, r6)
    str(r4, [r0, 64])
    b(END)
    label(HIGH)
    mov(r4, r6)
    b(HELD)
    label(LOW)
    neg(r4, r6)
    b(HELD)
    label(END)
    mov(r0, 6)


@micropython.asm_thumb
def sides(r0, r1, r2) -> object:
    push({r2})
    lsl(r4, r2, 2)
    add(r1, r1, r4)
    add(r2, r1, r4)
    mov(r12, r2)
    add(r2, r2, r4)
    add(r3, r2, r4)
    mov(r7, 0)
    label(LOOP)
    ldr(r4, [r1, 0])
    ldr(r5, [r2, 0])
    data(2, 0xCB40)  # ldm r3!, {r6}
    orr(r7, r4)
    orr(r7, r5)
    orr(r7, r6)
    add(r6, r4, r5)
    lsl(r6, r6, 10)
    data(2, 0xC140)  # stm r1!, {r6}
    sub(r4, r4, r5)
    lsl(r4, r4, 10)
    data(2, 0xC210)  # stm r2!, {r4}
    ldr(r4, [r1, 0])
    ldr(r5, [r2, 0])
    data(2, 0xCB40)  # ldm r3!, {r6}
    orr(r7, r4)
    orr(r7, r5)
    orr(r7, r6)
    add(r6, r4, r5)
    lsl(r6, r6, 10)
    data(2, 0xC140)  # stm r1!, {r6}
    sub(r4, r4, r5)
    lsl(r4, r4, 10)
    data(2, 0xC210)  # stm r2!, {r4}
    data(2, 0x4561)  # cmp r1, r12
    bne(LOOP)
    pop({r2})
    ldr(r1, [r0, 76])  # LONGEST

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

    mov(r0, 6)
