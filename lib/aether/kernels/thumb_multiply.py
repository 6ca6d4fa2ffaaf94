"""The product of float32 words in Thumb assembler; `thumb` says what is common to all.

multiply(dst, src, n)  r0 dst, r1 src, r2 n

Two mantissas of 24 bits have a product of 48. Its bits 16 to 47 are put together from three
partial products (Knuth's Algorithm M): with m = h << 16 | l, m' = h' << 16 | l',

    m * h' + h * l' + (l * l' >> 16)        and below it, the lower half of l * l' tells a tie

The leading one is at bit 31, or at 30: then all moves up by one (LED). Shifted down by 8 it is the
mantissa, and adding the carry that this leaves rounds half up. Where the seven bits below are zero
it may have been a tie, and then bit 0 is cleared: half to even.

Sign and exponent are added as one number, as word >> 23 is sign << 8 | exponent: the sum less 127,
moved up by 23, loses the carry of the signs, and to it comes the mantissa's leading one.

The sum of both exponents, e, tells what is to be done. From 128 to 380 the product is normal;
below 127 it is zero, above 381 infinite. LOOP lets pass what is from 128 to 255, with no zero
among the operands, so that neither is infinite; SPECIAL sorts the others. As LOOP adds doubled
words, the mantissas may carry into e: 127 passes if 1.x + 1.y is 3 or more, but 1.x * 1.y is then
2 or more, and the product normal.

At 127 and 381 the mantissas decide: such a product is computed as any other, but the loop is made
to end behind it, where an exponent of 0 or 255 loses its mantissa. There a NaN has all bits set,
as no such product can.
"""

import micropython


# 40 instructions and 45 cycles a sample; 236 bytes.
# r2 a, r3 b, r4 sign and exponent, r5 and r6 whatever is needed; r7 the end of dst, r12 where the
# loop ends, lr 2**23.
@micropython.asm_thumb
def multiply(r0, r1, r2) -> object:
    cmp(r2, 0)
    ble(END)
    mov(r3, 1)
    lsl(r3, r3, 23)
    mov(lr, r3)
    lsl(r2, r2, 2)
    add(r7, r0, r2)
    label(AGAIN)
    mov(r12, r7)
    label(LOOP)
    ldr(r2, [r0, 0])
    data(2, 0xC908)  # ldm r1!, {r3}
    lsl(r4, r2, 1)
    lsr(r5, r4, 24)
    beq(SPECIAL)  # a zero
    lsl(r6, r3, 1)
    lsr(r5, r6, 24)
    beq(SPECIAL)
    add(r4, r4, r6)
    bcs(SPECIAL)  # e may be 256: an infinity, or large
    bpl(SPECIAL)  # e is at most 127
    label(PRODUCT)
    lsr(r4, r2, 23)
    lsr(r5, r3, 23)
    add(r4, r4, r5)
    sub(r4, 127)
    lsl(r5, r2, 9)
    lsr(r5, r5, 9)
    data(2, 0x4475)  # add r5, lr: m
    lsl(r6, r3, 9)
    lsr(r6, r6, 25)
    add(r6, 128)  # h'
    data(2, 0xB29B)  # uxth r3, r3: l'
    data(2, 0xB292)  # uxth r2, r2: l
    mul(r6, r5)
    lsr(r5, r5, 16)
    mul(r5, r3)
    mul(r2, r3)
    add(r5, r5, r6)
    lsr(r6, r2, 16)
    add(r5, r5, r6)
    bmi(LED)
    sub(r4, 1)
    lsl(r5, r5, 1)
    label(LED)
    lsl(r4, r4, 23)
    lsr(r3, r5, 8)
    adc(r3, r4)
    lsl(r5, r5, 25)  # the carry is half a unit
    beq(NEAR_TIE)
    label(STORE)
    data(2, 0xC008)  # stm r0!, {r3}
    data(2, 0x4560)  # cmp r0, r12
    bne(LOOP)
    # The last one, or one that may have left the normal numbers.
    sub(r0, 4)
    lsl(r4, r3, 1)
    lsr(r5, r4, 24)
    beq(CUT)
    add(r4, 2)
    beq(WHOLE)  # NaN
    cmp(r5, 255)
    bne(WHOLE)
    label(CUT)
    lsr(r3, r3, 23)
    lsl(r3, r3, 23)
    label(WHOLE)
    data(2, 0xC008)  # stm r0!, {r3}
    cmp(r0, r7)
    bne(AGAIN)
    b(END)

    label(NEAR_TIE)
    bcc(STORE)
    lsl(r2, r2, 16)
    bne(STORE)
    lsr(r3, r3, 1)
    lsl(r3, r3, 1)
    b(STORE)

    label(SPECIAL)
    lsl(r4, r2, 1)
    lsr(r4, r4, 24)
    lsl(r5, r3, 1)
    lsr(r5, r5, 24)
    cmp(r4, 255)
    beq(TOP)
    cmp(r5, 255)
    beq(TOP)
    cmp(r4, 0)
    beq(ZERO)
    cmp(r5, 0)
    beq(ZERO)
    add(r4, r4, r5)
    sub(r4, 127)
    bcc(ZERO)
    beq(EDGE)
    sub(r4, 254)
    bhi(INFINITE)
    bne(PRODUCT)
    label(EDGE)
    add(r4, r0, 4)
    mov(r12, r4)
    b(PRODUCT)
    label(TOP)  # r4 or r5 is 255
    cmp(r4, 0)
    beq(NAN)
    cmp(r5, 0)
    beq(NAN)
    cmp(r4, 255)
    bne(OTHER)
    lsl(r4, r2, 9)
    bne(NAN)
    label(OTHER)
    cmp(r5, 255)
    bne(INFINITE)
    lsl(r5, r3, 9)
    bne(NAN)
    label(INFINITE)
    mov(r4, 255)
    b(SIGN)
    label(ZERO)
    mov(r4, 0)
    label(SIGN)
    eor(r3, r2)
    lsr(r3, r3, 31)
    lsl(r3, r3, 8)
    orr(r3, r4)
    lsl(r3, r3, 23)
    b(STORE)
    label(NAN)
    mov(r3, 0)
    mvn(r3, r3)
    b(STORE)
    label(END)
    mov(r0, 6)
