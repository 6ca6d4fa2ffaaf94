"""The sum of float32 words in Thumb assembler; `thumb` says what is common to all.

add(dst, src, n)  r0 dst, r1 src, r2 n

Let a be the operand of the greater exponent, d the difference of the exponents. Both mantissas
stand with their leading one at bit 31; b's is moved down by d. Of what falls out for d > 8 (FAR)
it only matters whether it is zero: if not, bit 0 is set ("jamming", as in Hauser's SoftFloat).

Equal signs: the sum, if it carries, moves down by one. Opposite signs: the difference (negated,
and with it the sign, where b is greater; then d = 0) moves up until its leading one is at bit 31.
By more than one place it moves for d < 2 only, and then it is exact.

Bits 31 to 8 are the mantissa, and adding the carry that shifting by 8 leaves rounds half up. Where
the seven bits below are zero it may have been a tie, and then bit 0 is cleared: half to even. The
mantissa's leading one makes up for the one that the exponent is given too little.

Where a's exponent is from 33 to 253 nothing can go wrong, and b may be zero: nothing is left of
it, so large is d. SPECIAL sorts the others. From 2 to 32, a difference may come out below 2**-126:
its exponent borrows from the sign, which shows it. With 1, every difference does. With 254, a sum
that carries is infinite.
"""

import micropython


# 40 instructions and 48 cycles a sample; 290 bytes.
# r2 a, then sign and exponent - 1; r3 b; r4 exponent, then mantissa of a, then the sum; r5 d, then
# whatever is needed; r6 below 0 if the signs differ; r7 2**31; r12 the end of dst.
@micropython.asm_thumb
def add(r0, r1, r2) -> object:
    cmp(r2, 0)
    bgt(START)
    b(END)
    label(START)
    lsl(r2, r2, 2)
    add(r2, r0, r2)
    mov(r12, r2)
    mov(r7, 1)
    lsl(r7, r7, 31)
    label(LOOP)
    ldr(r2, [r0, 0])
    data(2, 0xC908)  # ldm r1!, {r3}
    mov(r6, r2)
    eor(r6, r3)
    lsl(r4, r2, 1)
    lsr(r4, r4, 24)
    lsl(r5, r3, 1)
    lsr(r5, r5, 24)
    sub(r5, r4, r5)
    bcs(ORDERED)
    eor(r2, r6)
    eor(r3, r6)
    sub(r4, r4, r5)
    neg(r5, r5)
    label(ORDERED)
    sub(r4, 33)
    cmp(r4, 220)
    bhi(SPECIAL)
    label(NORMAL)
    lsl(r4, r2, 8)
    orr(r4, r7)
    lsl(r3, r3, 8)
    orr(r3, r7)
    cmp(r5, 8)
    bhi(FAR)
    lsr(r3, r5)
    label(ALIGNED)
    lsr(r5, r4, 8)
    sub(r2, r2, r5)
    cmp(r6, 0)
    bmi(DIFFERENCE)
    add(r4, r4, r3)
    bcs(CARRIED)
    label(ROUND)
    lsr(r3, r4, 8)
    adc(r3, r2)
    lsl(r5, r4, 25)  # the carry is half a unit
    beq(NEAR_TIE)
    label(STORE)
    data(2, 0xC008)  # stm r0!, {r3}
    data(2, 0x4560)  # cmp r0, r12
    bne(LOOP)
    b(END)

    label(CARRIED)
    lsr(r5, r7, 7)
    add(r2, r2, r5)
    lsr(r3, r4, 9)
    adc(r3, r2)
    lsl(r5, r4, 24)
    bne(STORE)
    label(NEAR_TIE)
    bcc(STORE)
    lsr(r3, r3, 1)
    lsl(r3, r3, 1)
    b(STORE)

    label(FAR)
    push({r2})
    mov(r2, r3)
    lsr(r3, r5)
    neg(r5, r5)
    add(r5, 32)
    lsl(r2, r5)
    pop({r2})
    beq(ALIGNED)
    mov(r5, 1)
    orr(r3, r5)
    b(ALIGNED)

    label(DIFFERENCE)
    sub(r4, r4, r3)
    bcc(NEGATIVE)
    bmi(ROUND)
    beq(ZERO)
    label(SHIFT)
    lsr(r5, r7, 8)
    sub(r2, r2, r5)
    lsl(r4, r4, 1)
    bmi(ROUND)
    mov(r6, r2)
    label(BYTES)
    lsr(r3, r4, 23)
    bne(BITS)
    lsl(r4, r4, 8)
    lsr(r3, r7, 5)
    sub(r2, r2, r3)
    b(BYTES)
    label(BITS)
    sub(r2, r2, r5)
    lsl(r4, r4, 1)
    bpl(BITS)
    lsr(r3, r4, 8)
    add(r3, r3, r2)
    eor(r6, r2)
    bpl(STORE)
    mvn(r2, r2)
    b(SIGNED_ZERO)
    label(NEGATIVE)
    neg(r4, r4)
    eor(r2, r7)
    b(SHIFT)

    label(SPECIAL)
    add(r4, 33)
    cmp(r4, 255)
    beq(TOP)
    cmp(r4, r5)
    beq(ALONE)
    cmp(r4, 254)
    beq(HUGE)
    cmp(r4, 1)
    bne(NORMAL)
    cmp(r6, 0)
    bpl(NORMAL)
    lsl(r4, r2, 1)
    lsl(r5, r3, 1)
    cmp(r4, r5)
    beq(ZERO)
    bhi(SIGNED_ZERO)
    mov(r2, r3)
    b(SIGNED_ZERO)
    label(ZERO)
    mov(r2, 0)
    label(SIGNED_ZERO)
    lsr(r3, r2, 31)
    lsl(r3, r3, 31)
    b(STORE)
    label(ALONE)  # b is zero
    cmp(r4, 0)
    bne(TAKE)
    and_(r2, r3)
    b(SIGNED_ZERO)
    label(HUGE)
    cmp(r6, 0)
    bmi(NORMAL)
    lsl(r4, r2, 8)
    orr(r4, r7)
    lsl(r6, r3, 8)
    orr(r6, r7)
    lsr(r6, r5)
    add(r4, r4, r6)
    bcc(NORMAL)  # d > 0, and r6 again not below 0
    lsr(r3, r2, 23)
    add(r3, 1)
    lsl(r3, r3, 23)
    b(STORE)
    label(TOP)  # a is infinite or NaN
    cmp(r5, 0)
    bne(TAKE)
    lsl(r4, r3, 9)
    bne(STORE)
    cmp(r6, 0)
    bpl(TAKE)
    mvn(r2, r5)  # opposite infinities
    label(TAKE)
    mov(r3, r2)
    b(STORE)
    label(END)
    mov(r0, 6)
