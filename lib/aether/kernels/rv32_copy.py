"""Kernels in RISC-V assembler that only move and compare words; `rv32` says what is common to all.

clear(dst, n)      a0 dst, a1 n
copy(dst, src, n)  a0 dst, a1 src, a2 n
clip(dst, src, n)  a0 dst, a1 src, a2 n
"""

import micropython


# 1 instruction and 1 cycle a sample; 72 bytes.
# Eight words a turn; a block of an odd number of fours begins in the middle of the first one.
# a0 dst, t0 its end, t1 whatever is needed.
@micropython.asm_rv32
def clear(a0, a1) -> object:
    bge(zero, a1, END)
    slli(t0, a1, 2)
    add(t0, a0, t0)
    andi(t1, a1, 4)
    beq(t1, zero, LOOP)
    addi(a0, a0, -16)
    jal(zero, HALF)
    label(LOOP)
    sw(zero, 0(a0))
    sw(zero, 4(a0))
    sw(zero, 8(a0))
    sw(zero, 12(a0))
    label(HALF)
    sw(zero, 16(a0))
    sw(zero, 20(a0))
    sw(zero, 24(a0))
    sw(zero, 28(a0))
    addi(a0, a0, 32)
    bltu(a0, t0, LOOP)
    label(END)
    li(a0, 6)


# 2 instructions and 3 cycles a sample; 112 bytes.
# As clear. a0 dst, a1 src, t0 end of dst, t1 whatever is needed, a3 to a6 words.
@micropython.asm_rv32
def copy(a0, a1, a2) -> object:
    bge(zero, a2, END)
    slli(t0, a2, 2)
    add(t0, a0, t0)
    andi(t1, a2, 4)
    beq(t1, zero, LOOP)
    addi(a0, a0, -16)
    addi(a1, a1, -16)
    jal(zero, HALF)
    label(LOOP)
    lw(a3, 0(a1))
    lw(a4, 4(a1))
    lw(a5, 8(a1))
    lw(a6, 12(a1))
    sw(a3, 0(a0))
    sw(a4, 4(a0))
    sw(a5, 8(a0))
    sw(a6, 12(a0))
    label(HALF)
    lw(a3, 16(a1))
    lw(a4, 20(a1))
    lw(a5, 24(a1))
    lw(a6, 28(a1))
    sw(a3, 16(a0))
    sw(a4, 20(a0))
    sw(a5, 24(a0))
    sw(a6, 28(a0))
    addi(a1, a1, 32)
    addi(a0, a0, 32)
    bltu(a0, t0, LOOP)
    label(END)
    li(a0, 6)


# 7 instructions and 7 cycles a sample; 80 bytes.
# a0 dst, a1 src, a2 end of dst; a3 word, a4 the same doubled; t0 1.0 and t1 infinity, doubled.
@micropython.asm_rv32
def clip(a0, a1, a2) -> object:
    bge(zero, a2, END)
    slli(a2, a2, 2)
    add(a2, a0, a2)
    lui(t0, 0x7F000)
    lui(t1, 0xFF000)
    label(LOOP)
    lw(a3, 0(a1))
    addi(a1, a1, 4)
    slli(a4, a3, 1)
    bltu(t0, a4, LARGE)
    label(STORE)
    sw(a3, 0(a0))
    addi(a0, a0, 4)
    bne(a0, a2, LOOP)
    jal(zero, END)
    label(LARGE)
    bltu(t1, a4, STORE)  # NaN
    label(ONE)
    srli(a3, a3, 31)
    slli(a3, a3, 31)
    srli(a4, t0, 1)
    or_(a3, a3, a4)
    jal(zero, STORE)
    label(END)
    li(a0, 6)
