"""The sums of a voice bank to float blocks, in Thumb assembler; `portable` says what comes out.

drain_stereo(left, right, bank)  r0 left, r1 right, r2 the bank
drain_mono(left, right, bank)    r1 does not matter

The magnitude moves up until its top bit is bit 31, by bytes and then as a table in the bank says,
which has the zeros before the first one of a byte. As the implied bit of the mantissa adds 1 to
the exponent, that begins one lower. r2 is that table, r3 the sums, r5 a sum and then its float,
r4 the sign, r6 the top byte, r7 the exponent; r8 the other sum, r9 the exponent to begin with, r12
the end of the block. The top byte of three is looked for, and what has none is 0.
"""

import micropython


@micropython.asm_thumb
def drain_stereo(r0, r1, r2) -> object:
    mov(r4, r8)
    mov(r5, r9)
    push({r4, r5})
    ldr(r3, [r2, 28])  # SUMS
    lsl(r3, r3, 2)
    add(r3, r3, r2)
    ldr(r4, [r2, 0])  # FRAMES
    lsl(r4, r4, 2)
    add(r4, r4, r0)
    mov(r12, r4)
    ldr(r4, [r2, 20])  # EXPONENT
    sub(r4, 1)
    mov(r9, r4)
    mov(r4, 172)  # LENGTHS
    lsl(r4, r4, 2)
    add(r2, r2, r4)
    label(LOOP)
    ldr(r5, [r3, 0])
    ldr(r6, [r3, 4])
    mov(r8, r6)
    mov(r6, 0)
    mov(r7, 0)
    data(2, 0xC3C0)  # stm r3!, {r6, r7}
    asr(r4, r5, 31)
    eor(r5, r4)
    sub(r5, r5, r4)
    lsl(r4, r4, 31)
    mov(r7, r9)
    lsr(r6, r5, 24)
    bne(LEFT_TOP)
    lsl(r5, r5, 8)
    sub(r7, 8)
    lsr(r6, r5, 24)
    bne(LEFT_TOP)
    lsl(r5, r5, 8)
    sub(r7, 8)
    lsr(r6, r5, 24)
    beq(LEFT_ZERO)
    label(LEFT_TOP)
    data(2, 0x5D96)  # ldrb r6, [r2, r6]
    lsl(r5, r6)
    sub(r7, r7, r6)
    lsl(r7, r7, 23)
    lsr(r5, r5, 8)
    add(r5, r5, r7)
    orr(r5, r4)
    label(LEFT_DONE)
    data(2, 0xC020)  # stm r0!, {r5}
    mov(r5, r8)
    asr(r4, r5, 31)
    eor(r5, r4)
    sub(r5, r5, r4)
    lsl(r4, r4, 31)
    mov(r7, r9)
    lsr(r6, r5, 24)
    bne(RIGHT_TOP)
    lsl(r5, r5, 8)
    sub(r7, 8)
    lsr(r6, r5, 24)
    bne(RIGHT_TOP)
    lsl(r5, r5, 8)
    sub(r7, 8)
    lsr(r6, r5, 24)
    beq(RIGHT_ZERO)
    label(RIGHT_TOP)
    data(2, 0x5D96)  # ldrb r6, [r2, r6]
    lsl(r5, r6)
    sub(r7, r7, r6)
    lsl(r7, r7, 23)
    lsr(r5, r5, 8)
    add(r5, r5, r7)
    orr(r5, r4)
    label(RIGHT_DONE)
    data(2, 0xC120)  # stm r1!, {r5}
    data(2, 0x4560)  # cmp r0, r12
    bne(LOOP)
    pop({r4, r5})
    mov(r8, r4)
    mov(r9, r5)
    b(END)
    label(LEFT_ZERO)
    mov(r5, 0)
    b(LEFT_DONE)
    label(RIGHT_ZERO)
    mov(r5, 0)
    b(RIGHT_DONE)
    label(END)
    mov(r0, 6)


@micropython.asm_thumb
def drain_mono(r0, r1, r2) -> object:
    mov(r4, r8)
    mov(r5, r9)
    push({r4, r5})
    ldr(r3, [r2, 28])  # SUMS
    lsl(r3, r3, 2)
    add(r3, r3, r2)
    ldr(r4, [r2, 0])  # FRAMES
    lsl(r4, r4, 2)
    add(r4, r4, r0)
    mov(r12, r4)
    ldr(r4, [r2, 20])  # EXPONENT
    sub(r4, 1)
    mov(r9, r4)
    mov(r4, 172)  # LENGTHS
    lsl(r4, r4, 2)
    add(r2, r2, r4)
    label(LOOP)
    ldr(r5, [r3, 0])
    mov(r7, 0)
    data(2, 0xC380)  # stm r3!, {r7}
    asr(r4, r5, 31)
    eor(r5, r4)
    sub(r5, r5, r4)
    lsl(r4, r4, 31)
    mov(r7, r9)
    lsr(r6, r5, 24)
    bne(MONO_TOP)
    lsl(r5, r5, 8)
    sub(r7, 8)
    lsr(r6, r5, 24)
    bne(MONO_TOP)
    lsl(r5, r5, 8)
    sub(r7, 8)
    lsr(r6, r5, 24)
    beq(MONO_ZERO)
    label(MONO_TOP)
    data(2, 0x5D96)  # ldrb r6, [r2, r6]
    lsl(r5, r6)
    sub(r7, r7, r6)
    lsl(r7, r7, 23)
    lsr(r5, r5, 8)
    add(r5, r5, r7)
    orr(r5, r4)
    label(MONO_DONE)
    data(2, 0xC020)  # stm r0!, {r5}
    data(2, 0x4560)  # cmp r0, r12
    bne(LOOP)
    pop({r4, r5})
    mov(r8, r4)
    mov(r9, r5)
    b(END)
    label(MONO_ZERO)
    mov(r5, 0)
    b(MONO_DONE)
    label(END)
    mov(r0, 6)
