"""Float32 to PCM of 32 bits in Thumb assembler; `thumb` says what is common to all.

to_pcm32(out, left, right, n)  r0 out, r1 left, r2 right, r3 n
mono_to_pcm32(out, src, n)     r0 out, r1 src, r2 n

As in `thumb_to_pcm16`, with a mantissa moved down by 127 - exponent: it is rounded below 2**-8
only. Nothing below 1 is rounded to full scale. A sample cannot be stored at once but to an aligned
word.
"""

import micropython


# 21 instructions and 25 cycles a sample; 140 bytes.
# Registers and stack as in mono_to_pcm16; lr twice the word 1.0.
@micropython.asm_thumb
def mono_to_pcm32(r0, r1, r2) -> object:
    cmp(r2, 0)
    ble(END)
    lsl(r2, r2, 2)
    add(r2, r1, r2)
    mov(r7, 1)
    lsl(r7, r7, 31)
    mov(r3, 127)
    lsl(r3, r3, 24)
    mov(lr, r3)
    push({r0, r1})
    mov(r12, r2)
    lsl(r3, r0, 30)
    beq(LOOP)
    label(ODD)
    data(2, 0x9000)  # str r0, [sp, 0]
    data(2, 0xA801)  # add r0, sp, 4
    add(r3, r1, 4)
    mov(r12, r3)
    label(LOOP)
    data(2, 0xC908)  # ldm r1!, {r3}
    lsl(r4, r3, 1)
    data(2, 0x4574)  # cmp r4, lr
    bcs(FULL)
    lsr(r5, r4, 24)
    lsl(r4, r3, 8)
    orr(r4, r7)
    asr(r3, r3, 31)
    sub(r5, 95)
    mov(r6, r4)
    lsl(r6, r5)
    neg(r5, r5)
    add(r5, 32)
    lsr(r4, r5)
    cmp(r6, r7)
    beq(TIE)
    label(ROUND)
    adc(r4, r3)
    eor(r4, r3)
    label(STORE)
    data(2, 0xC010)  # stm r0!, {r4}
    data(2, 0x4561)  # cmp r1, r12
    bne(LOOP)
    data(2, 0xAB01)  # add r3, sp, 4
    sub(r3, r0, r3)
    cmp(r3, 4)
    bne(DONE)
    data(2, 0x9800)  # ldr r0, [sp, 0]
    strb(r4, [r0, 0])
    lsr(r3, r4, 8)
    strb(r3, [r0, 1])
    lsr(r3, r4, 16)
    strb(r3, [r0, 2])
    lsr(r3, r4, 24)
    strb(r3, [r0, 3])
    add(r0, 4)
    cmp(r1, r2)
    bne(ODD)
    label(DONE)
    pop({r0, r1})
    b(END)

    label(TIE)
    lsr(r6, r4, 1)
    b(ROUND)
    label(FULL)
    mov(r5, 255)
    lsl(r5, r5, 24)
    cmp(r4, r5)
    bhi(NAN)
    asr(r3, r3, 31)
    mvn(r4, r7)
    eor(r4, r3)
    b(STORE)
    label(NAN)
    mov(r4, 0)
    b(STORE)
    label(END)
    mov(r0, 6)


# 22 instructions and 26 cycles a channel; 164 bytes.
# Registers and stack as in to_pcm16; lr twice the word 1.0.
@micropython.asm_thumb
def to_pcm32(r0, r1, r2, r3) -> object:
    cmp(r3, 0)
    ble(END)
    lsl(r3, r3, 2)
    push({r0, r2, r3, r4})
    add(r2, r1, r3)
    mov(r7, 1)
    lsl(r7, r7, 31)
    mov(r3, 127)
    lsl(r3, r3, 24)
    mov(lr, r3)
    label(CHANNEL)
    mov(r12, r2)
    lsl(r3, r0, 30)
    beq(LOOP)
    label(ODD)
    data(2, 0x9000)  # str r0, [sp, 0]
    data(2, 0xA803)  # add r0, sp, 12
    add(r3, r1, 4)
    mov(r12, r3)
    label(LOOP)
    data(2, 0xC908)  # ldm r1!, {r3}
    lsl(r4, r3, 1)
    data(2, 0x4574)  # cmp r4, lr
    bcs(FULL)
    lsr(r5, r4, 24)
    lsl(r4, r3, 8)
    orr(r4, r7)
    asr(r3, r3, 31)
    sub(r5, 95)
    mov(r6, r4)
    lsl(r6, r5)
    neg(r5, r5)
    add(r5, 32)
    lsr(r4, r5)
    cmp(r6, r7)
    beq(TIE)
    label(ROUND)
    adc(r4, r3)
    eor(r4, r3)
    label(STORE)
    str(r4, [r0, 0])
    add(r0, 8)
    data(2, 0x4561)  # cmp r1, r12
    bne(LOOP)
    data(2, 0xAB03)  # add r3, sp, 12
    sub(r3, r0, r3)
    cmp(r3, 8)
    bne(DONE)
    data(2, 0x9800)  # ldr r0, [sp, 0]
    strb(r4, [r0, 0])
    lsr(r3, r4, 8)
    strb(r3, [r0, 1])
    lsr(r3, r4, 16)
    strb(r3, [r0, 2])
    lsr(r3, r4, 24)
    strb(r3, [r0, 3])
    add(r0, 8)
    cmp(r1, r2)
    bne(ODD)
    label(DONE)
    data(2, 0x9901)  # ldr r1, [sp, 4]
    cmp(r1, 0)
    beq(BOTH)
    mov(r3, 0)
    data(2, 0x9301)  # str r3, [sp, 4]
    data(2, 0x9B02)  # ldr r3, [sp, 8]
    add(r2, r1, r3)
    lsl(r3, r3, 1)
    sub(r0, r0, r3)
    add(r0, 4)
    b(CHANNEL)
    label(BOTH)
    pop({r0, r1, r2, r3})
    b(END)

    label(TIE)
    lsr(r6, r4, 1)
    b(ROUND)
    label(FULL)
    mov(r5, 255)
    lsl(r5, r5, 24)
    cmp(r4, r5)
    bhi(NAN)
    asr(r3, r3, 31)
    mvn(r4, r7)
    eor(r4, r3)
    b(STORE)
    label(NAN)
    mov(r4, 0)
    b(STORE)
    label(END)
    mov(r0, 6)
