"""PCM of 16 bits to float32 in Thumb assembler; `thumb` says what is common to all.

from_pcm16(left, right, frames, n)  r0 left, r1 right, r2 frames, r3 n
mono_from_pcm16(dst, frames, n)     r0 dst, r1 frames, r2 n

A sample's magnitude, moved up until its leading one is at bit 31, is the mantissa, and each place
takes one off the exponent. There is no clz: it goes by four places, then one by one, which is
quick for what is loud. The leading one makes up for the one that the exponent is given too little.

Stereo is done one channel after the other. A sample cannot be loaded from an odd address at once:
then the bytes of all are first copied to where the floats will be, one sample a word (ODD).
"""

import micropython


# 23 instructions and 28 cycles a sample; 104 bytes.
# r3 sample, then magnitude; r4 exponent - 1, with the sign above; r5 whatever is needed; r2 and
# r12 the end of dst, lr the bytes from one sample to the next.
@micropython.asm_thumb
def mono_from_pcm16(r0, r1, r2) -> object:
    cmp(r2, 0)
    ble(END)
    lsl(r2, r2, 2)
    add(r2, r0, r2)
    mov(r12, r2)
    mov(r3, 2)
    mov(lr, r3)
    lsr(r3, r1, 1)
    bcs(ODD)
    label(LOOP)
    ldrh(r3, [r1, 0])
    data(2, 0x4471)  # add r1, lr
    mov(r4, 126)
    lsl(r3, r3, 16)
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
    lsr(r3, r3, 8)
    add(r3, r3, r4)
    label(STORE)
    data(2, 0xC008)  # stm r0!, {r3}
    data(2, 0x4560)  # cmp r0, r12
    bne(LOOP)
    b(END)

    label(ODD)
    mov(r4, r0)
    label(BYTES)
    ldrb(r3, [r1, 0])
    strb(r3, [r4, 0])
    ldrb(r3, [r1, 1])
    strb(r3, [r4, 1])
    add(r1, 2)
    add(r4, 4)
    cmp(r4, r2)
    bne(BYTES)
    mov(r1, r0)
    mov(r3, 4)
    mov(lr, r3)
    b(LOOP)
    label(END)
    mov(r0, 6)


# 23 instructions and 28 cycles a channel; 120 bytes.
# Registers as in mono_from_pcm16. On the stack: right, or 0 when it is its turn; the frames; the
# bytes of a block.
@micropython.asm_thumb
def from_pcm16(r0, r1, r2, r3) -> object:
    cmp(r3, 0)
    ble(END)
    lsl(r3, r3, 2)
    push({r1, r2, r3})
    mov(r1, r2)
    label(CHANNEL)
    add(r2, r0, r3)
    mov(r12, r2)
    lsr(r3, r1, 1)
    bcs(ODD)
    label(LOOP)
    ldrh(r3, [r1, 0])
    add(r1, 4)
    mov(r4, 126)
    lsl(r3, r3, 16)
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
    lsr(r3, r3, 8)
    add(r3, r3, r4)
    label(STORE)
    data(2, 0xC008)  # stm r0!, {r3}
    data(2, 0x4560)  # cmp r0, r12
    bne(LOOP)
    data(2, 0x9800)  # ldr r0, [sp, 0]
    cmp(r0, 0)
    beq(BOTH)
    mov(r3, 0)
    data(2, 0x9300)  # str r3, [sp, 0]
    data(2, 0x9901)  # ldr r1, [sp, 4]
    add(r1, 2)
    data(2, 0x9B02)  # ldr r3, [sp, 8]
    b(CHANNEL)
    label(BOTH)
    pop({r1, r2, r3})
    b(END)

    label(ODD)
    mov(r4, r0)
    label(BYTES)
    ldrb(r3, [r1, 0])
    strb(r3, [r4, 0])
    ldrb(r3, [r1, 1])
    strb(r3, [r4, 1])
    add(r1, 4)
    add(r4, 4)
    cmp(r4, r2)
    bne(BYTES)
    mov(r1, r0)
    b(LOOP)
    label(END)
    mov(r0, 6)
