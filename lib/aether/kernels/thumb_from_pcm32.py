"""PCM of 32 bits to float32 in Thumb assembler; `thumb` says what is common to all.

from_pcm32(left, right, frames, n)  r0 left, r1 right, r2 frames, r3 n
mono_from_pcm32(dst, frames, n)     r0 dst, r1 frames, r2 n

As in `thumb_from_pcm16`, but for 32 bits that are rounded to 24. Shifting down by 8 leaves half a
unit as the carry, and adding that rounds half up. Where the seven bits below are zero it may have
been a tie, and then bit 0 is cleared: half to even.
"""

import micropython


# 24 instructions and 29 cycles a sample; 102 bytes.
# r5 sample, then the float; r3 magnitude, r4 exponent - 1, with the sign above; r2 and r12 the end
# of dst.
@micropython.asm_thumb
def mono_from_pcm32(r0, r1, r2) -> object:
    cmp(r2, 0)
    ble(END)
    lsl(r2, r2, 2)
    add(r2, r0, r2)
    mov(r12, r2)
    lsl(r3, r1, 30)
    bne(ODD)
    label(LOOP)
    data(2, 0xC920)  # ldm r1!, {r5}
    mov(r4, 126)
    add(r3, r5, 0)
    beq(STORE)
    bpl(PLUS)
    neg(r3, r3)
    add(r4, 128)
    add(r4, 128)
    label(PLUS)
    lsr(r5, r3, 28)
    bne(HIGH)
    label(FOURS)
    sub(r4, 4)
    lsl(r3, r3, 4)
    lsr(r5, r3, 28)
    beq(FOURS)
    label(HIGH)
    cmp(r3, 0)
    bmi(DONE)
    label(ONES)
    sub(r4, 1)
    lsl(r3, r3, 1)
    bpl(ONES)
    label(DONE)
    lsl(r4, r4, 23)
    lsr(r5, r3, 8)
    adc(r5, r4)
    lsl(r3, r3, 25)  # the carry is half a unit
    beq(NEAR_TIE)
    label(STORE)
    data(2, 0xC020)  # stm r0!, {r5}
    data(2, 0x4560)  # cmp r0, r12
    bne(LOOP)
    b(END)

    label(NEAR_TIE)
    bcc(STORE)
    lsr(r5, r5, 1)
    lsl(r5, r5, 1)
    b(STORE)
    label(ODD)
    mov(r4, r0)
    label(BYTES)
    ldrb(r3, [r1, 0])
    strb(r3, [r4, 0])
    add(r1, 1)
    add(r4, 1)
    cmp(r4, r2)
    bne(BYTES)
    mov(r1, r0)
    b(LOOP)
    label(END)
    mov(r0, 6)


# 25 instructions and 30 cycles a channel; 144 bytes.
# Registers as in mono_from_pcm32; lr the bytes from one sample to the next. Stack as in
# from_pcm16.
@micropython.asm_thumb
def from_pcm32(r0, r1, r2, r3) -> object:
    cmp(r3, 0)
    ble(END)
    lsl(r3, r3, 2)
    push({r1, r2, r3})
    mov(r1, r2)
    label(CHANNEL)
    add(r2, r0, r3)
    mov(r12, r2)
    mov(r3, 8)
    mov(lr, r3)
    lsl(r3, r1, 30)
    bne(ODD)
    label(LOOP)
    ldr(r5, [r1, 0])
    data(2, 0x4471)  # add r1, lr
    mov(r4, 126)
    add(r3, r5, 0)
    beq(STORE)
    bpl(PLUS)
    neg(r3, r3)
    add(r4, 128)
    add(r4, 128)
    label(PLUS)
    lsr(r5, r3, 28)
    bne(HIGH)
    label(FOURS)
    sub(r4, 4)
    lsl(r3, r3, 4)
    lsr(r5, r3, 28)
    beq(FOURS)
    label(HIGH)
    cmp(r3, 0)
    bmi(DONE)
    label(ONES)
    sub(r4, 1)
    lsl(r3, r3, 1)
    bpl(ONES)
    label(DONE)
    lsl(r4, r4, 23)
    lsr(r5, r3, 8)
    adc(r5, r4)
    lsl(r3, r3, 25)
    beq(NEAR_TIE)
    label(STORE)
    data(2, 0xC020)  # stm r0!, {r5}
    data(2, 0x4560)  # cmp r0, r12
    bne(LOOP)
    data(2, 0x9800)  # ldr r0, [sp, 0]
    cmp(r0, 0)
    beq(BOTH)
    mov(r3, 0)
    data(2, 0x9300)  # str r3, [sp, 0]
    data(2, 0x9901)  # ldr r1, [sp, 4]
    add(r1, 4)
    data(2, 0x9B02)  # ldr r3, [sp, 8]
    b(CHANNEL)
    label(BOTH)
    pop({r1, r2, r3})
    b(END)

    label(NEAR_TIE)
    bcc(STORE)
    lsr(r5, r5, 1)
    lsl(r5, r5, 1)
    b(STORE)
    label(ODD)
    mov(r4, r0)
    label(FRAMES)
    mov(r5, 4)
    label(BYTES)
    ldrb(r3, [r1, 0])
    strb(r3, [r4, 0])
    add(r1, 1)
    add(r4, 1)
    sub(r5, 1)
    bne(BYTES)
    add(r1, 4)
    cmp(r4, r2)
    bne(FRAMES)
    mov(r1, r0)
    mov(r3, 4)
    mov(lr, r3)
    b(LOOP)
    label(END)
    mov(r0, 6)
