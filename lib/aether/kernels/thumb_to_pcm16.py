"""Float32 to PCM of 16 bits in Thumb assembler; `thumb` says what is common to all.

to_pcm16(out, left, right, n)  r0 out, r1 left, r2 right, r3 n
mono_to_pcm16(out, src, n)     r0 out, r1 src, r2 n

With its leading one at bit 31, a mantissa is the sample once it is moved down by 143 - exponent.
What falls out, moved up to bit 31, is compared with a half: the carry of that rounds half up; at a
tie the sample's bit 0 becomes the carry: half to even. With the sign z, 0 or -1, the signed sample
is (m + z + carry) ^ z. What is too small for a sample comes out as 0 by itself, as a shift by 32
or more leaves nothing. What is rounded to full scale, or beyond, goes to FULL, and NaN too.

Stereo is done one channel after the other. A sample cannot be stored to an odd address at once:
there the loop is made to end behind each, and writes it to the stack (ODD).
"""

import micropython


# 22 instructions and 26 cycles a sample; 140 bytes.
# r3 word, then z; r4 mantissa, then sample; r5, r6 whatever is needed; r2 the end of src, r7
# 2**31, r12 where the loop ends, lr twice the least word that saturates, 32767.5 / 32768. On the
# stack, for odd addresses: where the next sample goes, room for one.
@micropython.asm_thumb
def mono_to_pcm16(r0, r1, r2) -> object:
    cmp(r2, 0)
    ble(END)
    lsl(r2, r2, 2)
    add(r2, r1, r2)
    mov(r7, 1)
    lsl(r7, r7, 31)
    mov(r3, 127)
    lsl(r3, r3, 15)
    sub(r3, 1)
    lsl(r3, r3, 9)
    mov(lr, r3)
    push({r0, r1})
    mov(r12, r2)
    lsr(r3, r0, 1)
    bcc(LOOP)
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
    sub(r5, 111)
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
    strh(r4, [r0, 0])
    add(r0, 2)
    data(2, 0x4561)  # cmp r1, r12
    bne(LOOP)
    data(2, 0xAB01)  # add r3, sp, 4
    sub(r3, r0, r3)
    cmp(r3, 2)
    bne(DONE)
    data(2, 0x9800)  # ldr r0, [sp, 0]
    strb(r4, [r0, 0])
    lsr(r4, r4, 8)
    strb(r4, [r0, 1])
    add(r0, 2)
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
    lsr(r4, r7, 16)
    sub(r4, 1)
    eor(r4, r3)
    b(STORE)
    label(NAN)
    mov(r4, 0)
    b(STORE)
    label(END)
    mov(r0, 6)


# 22 instructions and 26 cycles a channel; 160 bytes.
# Registers as in mono_to_pcm16. On the stack: where the next sample goes, if that is an odd
# address; right, or 0 when it is its turn; the bytes of a block; room for one sample.
@micropython.asm_thumb
def to_pcm16(r0, r1, r2, r3) -> object:
    cmp(r3, 0)
    ble(END)
    lsl(r3, r3, 2)
    push({r0, r2, r3, r4})
    add(r2, r1, r3)
    mov(r7, 1)
    lsl(r7, r7, 31)
    mov(r3, 127)
    lsl(r3, r3, 15)
    sub(r3, 1)
    lsl(r3, r3, 9)
    mov(lr, r3)
    label(CHANNEL)
    mov(r12, r2)
    lsr(r3, r0, 1)
    bcc(LOOP)
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
    sub(r5, 111)
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
    strh(r4, [r0, 0])
    add(r0, 4)
    data(2, 0x4561)  # cmp r1, r12
    bne(LOOP)
    data(2, 0xAB03)  # add r3, sp, 12
    sub(r3, r0, r3)
    cmp(r3, 4)
    bne(DONE)
    data(2, 0x9800)  # ldr r0, [sp, 0]
    strb(r4, [r0, 0])
    lsr(r4, r4, 8)
    strb(r4, [r0, 1])
    add(r0, 4)
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
    sub(r0, r0, r3)
    add(r0, 2)
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
    lsr(r4, r7, 16)
    sub(r4, 1)
    eor(r4, r3)
    b(STORE)
    label(NAN)
    mov(r4, 0)
    b(STORE)
    label(END)
    mov(r0, 6)
