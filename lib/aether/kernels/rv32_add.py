"""The sum of float32 words in RISC-V assembler; `rv32` says what is common to all.

add(dst, src, n)  a0 dst, a1 src, a2 n

x is the operand of greater magnitude, y the other one, with its sign made that of x. The mantissa
of y, negated where it is to be subtracted, is shifted right by the distance of the exponents; what
falls out is kept in a word of its own, `lost`, in units of 2**-32. As the shift is arithmetic,
both are right for a negative mantissa too. It is added to the whole word x. If that left sign and
exponent as they were, the sum only has to be rounded: up if `lost` is half a unit or more, and
then down to even if it is just half, 2**31. Otherwise
- mantissas were added, and the sum, which has one bit too many, is shifted right: the bit that
  falls out is half a unit, `lost` only tells whether there is more;
- or subtracted (BORROW), and the difference is shifted left, together with `lost`. If that is not
  enough, the distance was 0 or 1, and nothing is left to be lost: NORMALISE shifts on.
A rounding that carries out of the mantissa goes into the exponent, as it should. As RARE comes
back to BOTH with whatever is normal, an exponent that moves is watched at both ends.
"""

import micropython


# 41 instructions and 44 cycles a sample; 432 bytes.
# a0 dst, a1 src, a2 end of dst; a3 x, a4 y, later its mantissa, a5 sign and exponent of x, a6 the
# distance of exponents, a7 lost, t0 the sum, t1 below 0 if signs differ, later whatever is needed.
# t2 2**31, t3 2**23, t4 2**23 - 1; t5 the least word that is common, doubled, t6 how many there
# are; s0 the distance from which on y is nothing; s1 infinity, doubled.
@micropython.asm_rv32
def add(a0, a1, a2) -> object:
    bge(zero, a2, END)
    addi(sp, sp, -16)
    sw(s0, 0(sp))
    sw(s1, 4(sp))
    slli(a2, a2, 2)
    add(a2, a0, a2)
    lui(t2, 0x80000)
    lui(t3, 0x00800)
    addi(t4, t3, -1)
    lui(t5, 0x40000)
    lui(t6, 0x7F000)
    addi(s0, zero, 26)
    lui(s1, 0xFF000)
    label(LOOP)
    lw(a3, 0(a0))
    lw(a4, 0(a1))
    addi(a1, a1, 4)
    xor(t1, a3, a4)
    and_(a5, t1, t2)
    xor(a4, a4, a5)  # of one sign, words compare like magnitudes
    bgeu(a3, a4, ORDERED)
    xor(a4, a3, a5)  # x, with the sign that src has
    xor(a3, a3, t1)  # src
    label(ORDERED)
    slli(t0, a3, 1)
    sub(t0, t0, t5)
    bgeu(t0, t6, RARE)
    label(BOTH)
    srli(a5, a3, 23)
    srli(a6, a4, 23)
    sub(a6, a5, a6)
    bgeu(a6, s0, ALONE)
    and_(a4, a4, t4)
    or_(a4, a4, t3)
    bge(t1, zero, SHIFT)
    sub(a4, zero, a4)
    label(SHIFT)
    sra(t0, a4, a6)
    xori(t1, a6, 31)  # 31 - distance, and one more then: a shift by 32 would be none
    sll(a7, a4, t1)
    slli(a7, a7, 1)
    add(t0, a3, t0)
    srli(t1, t0, 23)
    beq(t1, a5, ROUND)
    blt(a4, zero, BORROW)
    label(CARRY)
    addi(a5, a5, 1)
    slli(a5, a5, 23)
    sub(t0, t0, a5)
    andi(t1, t0, 1)
    srli(t0, t0, 1)
    add(t0, t0, a5)
    beq(t1, zero, HALVED)
    addi(t0, t0, 1)
    bne(a7, zero, HALVED)
    andi(t0, t0, -2)
    label(HALVED)
    slli(t1, t0, 1)
    bltu(t1, s1, STORE)
    addi(t0, a5, 0)  # exponent 255, mantissa 0: infinity
    jal(zero, STORE)
    label(BORROW)
    addi(a5, a5, -2)  # one for the shift, one for the implied bit, which is added at last
    slli(a5, a5, 23)
    sub(t0, t0, a5)
    sub(t0, t0, t3)
    slli(t0, t0, 1)
    srli(t1, a7, 31)
    add(t0, t0, t1)
    slli(a7, a7, 1)
    bltu(t0, t3, NORMALISE)
    label(NORMAL)
    xor(t1, a5, a3)
    blt(t1, zero, TINY)  # the exponent went below 0, and borrowed the sign
    add(t0, t0, a5)
    label(ROUND)
    srli(t1, a7, 31)
    add(t0, t0, t1)
    beq(a7, t2, TIE)
    label(STORE)
    sw(t0, 0(a0))
    addi(a0, a0, 4)
    bne(a0, a2, LOOP)
    lw(s0, 0(sp))
    lw(s1, 4(sp))
    addi(sp, sp, 16)
    jal(zero, END)
    label(TIE)
    andi(t0, t0, -2)
    jal(zero, STORE)
    label(NORMALISE)
    beq(t0, zero, STORE)  # x - x is +0
    lui(t1, 0x00008)
    bgeu(t0, t1, STEP)
    lui(t1, 0x04000)  # 8 in the exponent
    slli(t0, t0, 8)
    sub(a5, a5, t1)
    jal(zero, NORMALISE)
    label(STEP)
    slli(t0, t0, 1)
    sub(a5, a5, t3)
    bltu(t0, t3, STEP)
    jal(zero, NORMAL)
    label(RARE)
    slli(t0, a3, 1)
    bgeu(t0, s1, SPECIAL)
    slli(t0, a4, 1)
    srli(t0, t0, 24)
    bne(t0, zero, BOTH)
    slli(t0, a3, 1)  # y is a zero
    srli(t0, t0, 24)
    bne(t0, zero, ALONE)
    blt(t1, zero, STORE)  # so is x: of opposite signs they give +0
    label(TINY)
    and_(t0, a3, t2)
    jal(zero, STORE)
    label(SPECIAL)
    bge(t1, zero, ALONE)
    bne(a3, a4, ALONE)  # else infinity less infinity
    lui(t0, 0x7FC00)
    jal(zero, STORE)
    label(ALONE)
    addi(t0, a3, 0)
    jal(zero, STORE)
    label(END)
    li(a0, 6)
