"""Float32 words into PCM, in RISC-V assembler; `rv32` says what is common to all.

to_pcm16, to_pcm32(out, left, right, n)   a0 out, a1 left, a2 right, a3 n
mono_to_pcm16, mono_to_pcm32(out, src, n) a0 out, a1 src, a2 n

Half a unit of a sample has the exponent 111 or, of 32 bits, 95. The mantissa, with its implied bit
at bit 31, times two to what a word's exponent is above that, is 64 bits long: the upper word is
the sample's magnitude, and the lower one, `lost`, is what falls out, in units of 2**-32. It is
rounded up if `lost` is half a unit or more, and down to even again if it is just half, 2**31.
OTHER are words that are too small, which give 0, and those that saturate, and NaN.

Both channels go through one loop: a1 steps from left to right by a2, then back by less 4.
"""

import micropython


# 21 instructions and 21 cycles a channel; 196 bytes.
# a0 out, a1 left and right, a2 step to the next word, a3 end of out; a4 word, a5 whatever is
# needed, a6 mantissa, later sample, a7 lost. t0 2**31; t1 the least word that is not too small,
# doubled, t2 how many there are, up to what rounds to 32768; t3 1, t4 the sum of two steps, t5
# whether out is at an odd address.
@micropython.asm_rv32
def to_pcm16(a0, a1, a2, a3) -> object:
    bge(zero, a3, END)
    slli(a3, a3, 2)
    add(a3, a0, a3)
    sub(a2, a2, a1)
    addi(t4, zero, 4)
    lui(t0, 0x80000)
    lui(t1, 0x6F000)
    lui(t2, 0x10000)
    addi(t2, t2, -512)
    addi(t3, zero, 1)
    andi(t5, a0, 1)
    label(LOOP)
    lw(a4, 0(a1))
    add(a1, a1, a2)
    slli(a5, a4, 1)
    sub(a5, a5, t1)
    bgeu(a5, t2, OTHER)
    srli(a5, a5, 24)
    sll(a5, t3, a5)
    slli(a6, a4, 8)
    or_(a6, a6, t0)
    mul(a7, a6, a5)
    mulhu(a6, a6, a5)
    srli(a5, a7, 31)
    add(a6, a6, a5)
    beq(a7, t0, TIE)
    label(SIGN)
    bge(a4, zero, STORE)
    sub(a6, zero, a6)
    label(STORE)
    bne(t5, zero, BYTES)
    sh(a6, 0(a0))
    label(NEXT)
    addi(a0, a0, 2)
    sub(a2, t4, a2)
    bne(a0, a3, LOOP)
    jal(zero, END)
    label(TIE)
    andi(a6, a6, -2)
    jal(zero, SIGN)
    label(OTHER)
    slli(a5, a4, 1)
    addi(a6, zero, 0)
    bltu(a5, t1, STORE)
    lui(a7, 0xFF000)
    bltu(a7, a5, STORE)  # NaN
    label(FULL)
    lui(a6, 0x00008)
    addi(a6, a6, -1)
    srai(a5, a4, 31)
    xor(a6, a6, a5)  # below zero, -1 less that
    label(BYTES)  # right at any address
    sb(a6, 0(a0))
    srli(a6, a6, 8)
    sb(a6, 1(a0))
    jal(zero, NEXT)
    label(END)
    li(a0, 6)


# 20 instructions and 20 cycles a sample; 184 bytes.
# a0 out, a1 src, a2 end of out; the others as in to_pcm16.
@micropython.asm_rv32
def mono_to_pcm16(a0, a1, a2) -> object:
    bge(zero, a2, END)
    slli(a2, a2, 1)
    add(a2, a0, a2)
    lui(t0, 0x80000)
    lui(t1, 0x6F000)
    lui(t2, 0x10000)
    addi(t2, t2, -512)
    addi(t3, zero, 1)
    andi(t5, a0, 1)
    label(LOOP)
    lw(a4, 0(a1))
    addi(a1, a1, 4)
    slli(a5, a4, 1)
    sub(a5, a5, t1)
    bgeu(a5, t2, OTHER)
    srli(a5, a5, 24)
    sll(a5, t3, a5)
    slli(a6, a4, 8)
    or_(a6, a6, t0)
    mul(a7, a6, a5)
    mulhu(a6, a6, a5)
    srli(a5, a7, 31)
    add(a6, a6, a5)
    beq(a7, t0, TIE)
    label(SIGN)
    bge(a4, zero, STORE)
    sub(a6, zero, a6)
    label(STORE)
    bne(t5, zero, BYTES)
    sh(a6, 0(a0))
    label(NEXT)
    addi(a0, a0, 2)
    bne(a0, a2, LOOP)
    jal(zero, END)
    label(TIE)
    andi(a6, a6, -2)
    jal(zero, SIGN)
    label(OTHER)
    slli(a5, a4, 1)
    addi(a6, zero, 0)
    bltu(a5, t1, STORE)
    lui(a7, 0xFF000)
    bltu(a7, a5, STORE)  # NaN
    label(FULL)
    lui(a6, 0x00008)
    addi(a6, a6, -1)
    srai(a5, a4, 31)
    xor(a6, a6, a5)  # below zero, -1 less that
    label(BYTES)  # right at any address
    sb(a6, 0(a0))
    srli(a6, a6, 8)
    sb(a6, 1(a0))
    jal(zero, NEXT)
    label(END)
    li(a0, 6)


# 21 instructions and 21 cycles a channel; 204 bytes.
# As to_pcm16; t2 how many words there are up to 1.0, t5 whether out is at no multiple of 4. Only
# words below 2**-7 lose something, so none rounds to 1.0.
@micropython.asm_rv32
def to_pcm32(a0, a1, a2, a3) -> object:
    bge(zero, a3, END)
    slli(a3, a3, 3)
    add(a3, a0, a3)
    sub(a2, a2, a1)
    addi(t4, zero, 4)
    lui(t0, 0x80000)
    lui(t1, 0x5F000)
    lui(t2, 0x20000)
    addi(t3, zero, 1)
    andi(t5, a0, 3)
    label(LOOP)
    lw(a4, 0(a1))
    add(a1, a1, a2)
    slli(a5, a4, 1)
    sub(a5, a5, t1)
    bgeu(a5, t2, OTHER)
    srli(a5, a5, 24)
    sll(a5, t3, a5)
    slli(a6, a4, 8)
    or_(a6, a6, t0)
    mul(a7, a6, a5)
    mulhu(a6, a6, a5)
    srli(a5, a7, 31)
    add(a6, a6, a5)
    beq(a7, t0, TIE)
    label(SIGN)
    bge(a4, zero, STORE)
    sub(a6, zero, a6)
    label(STORE)
    bne(t5, zero, BYTES)
    sw(a6, 0(a0))
    label(NEXT)
    addi(a0, a0, 4)
    sub(a2, t4, a2)
    bne(a0, a3, LOOP)
    jal(zero, END)
    label(TIE)
    andi(a6, a6, -2)
    jal(zero, SIGN)
    label(OTHER)
    slli(a5, a4, 1)
    addi(a6, zero, 0)
    bltu(a5, t1, STORE)
    lui(a7, 0xFF000)
    bltu(a7, a5, STORE)  # NaN
    label(FULL)
    addi(a6, t0, -1)
    srai(a5, a4, 31)
    xor(a6, a6, a5)  # below zero, -1 less that
    label(BYTES)  # right at any address
    sb(a6, 0(a0))
    srli(a6, a6, 8)
    sb(a6, 1(a0))
    srli(a6, a6, 8)
    sb(a6, 2(a0))
    srli(a6, a6, 8)
    sb(a6, 3(a0))
    jal(zero, NEXT)
    label(END)
    li(a0, 6)


# 20 instructions and 20 cycles a sample; 192 bytes.
# a0 out, a1 src, a2 end of out; the others as in to_pcm32.
@micropython.asm_rv32
def mono_to_pcm32(a0, a1, a2) -> object:
    bge(zero, a2, END)
    slli(a2, a2, 2)
    add(a2, a0, a2)
    lui(t0, 0x80000)
    lui(t1, 0x5F000)
    lui(t2, 0x20000)
    addi(t3, zero, 1)
    andi(t5, a0, 3)
    label(LOOP)
    lw(a4, 0(a1))
    addi(a1, a1, 4)
    slli(a5, a4, 1)
    sub(a5, a5, t1)
    bgeu(a5, t2, OTHER)
    srli(a5, a5, 24)
    sll(a5, t3, a5)
    slli(a6, a4, 8)
    or_(a6, a6, t0)
    mul(a7, a6, a5)
    mulhu(a6, a6, a5)
    srli(a5, a7, 31)
    add(a6, a6, a5)
    beq(a7, t0, TIE)
    label(SIGN)
    bge(a4, zero, STORE)
    sub(a6, zero, a6)
    label(STORE)
    bne(t5, zero, BYTES)
    sw(a6, 0(a0))
    label(NEXT)
    addi(a0, a0, 4)
    bne(a0, a2, LOOP)
    jal(zero, END)
    label(TIE)
    andi(a6, a6, -2)
    jal(zero, SIGN)
    label(OTHER)
    slli(a5, a4, 1)
    addi(a6, zero, 0)
    bltu(a5, t1, STORE)
    lui(a7, 0xFF000)
    bltu(a7, a5, STORE)  # NaN
    label(FULL)
    addi(a6, t0, -1)
    srai(a5, a4, 31)
    xor(a6, a6, a5)  # below zero, -1 less that
    label(BYTES)  # right at any address
    sb(a6, 0(a0))
    srli(a6, a6, 8)
    sb(a6, 1(a0))
    srli(a6, a6, 8)
    sb(a6, 2(a0))
    srli(a6, a6, 8)
    sb(a6, 3(a0))
    jal(zero, NEXT)
    label(END)
    li(a0, 6)
