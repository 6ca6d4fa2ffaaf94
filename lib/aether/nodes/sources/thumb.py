"""The loops of oscillators and noise in assembler, for all Arm Cortex-M; see sources_viper.

Any context; allocates nothing.
"""

import micropython


@micropython.asm_thumb
def run(r0, r1, r2, r3):
    # r0 state, whose words are numbered in `words`, r1 tables, r2 out, r3 n.
    lsl(r3, r3, 2)
    add(r3, r2, r3)
    str(r3, [r0, 84])  # STOP
    ldr(r3, [r0, 52])  # TABLE
    lsr(r3, r3, 2)
    lsl(r3, r3, 2)
    add(r3, r1, r3)
    ldr(r1, [r0, 44])  # GAIN
    lsl(r1, r1, 12)
    ldr(r4, [r0, 40])  # PHASE
    b(TEST)
    # r1 gain, r2 out, r3 table, r4 phase.
    label(LOOP)
    mov(r6, r4)
    ldr(r5, [r0, 72])  # SHIFT
    lsr(r6, r5)
    lsl(r6, r6, 2)
    add(r6, r3, r6)
    ldr(r7, [r6, 0])
    # The part of the way to the next entry, in 16 bits.
    mov(r6, r4)
    ldr(r5, [r0, 76])  # UNSHIFT
    lsl(r6, r5)
    lsr(r6, r6, 16)
    lsl(r5, r7, 16)
    asr(r5, r5, 16)
    mul(r5, r6)
    add(r7, r7, r5)
    # Times the gain, the upper and the lower half by themselves.
    lsr(r6, r1, 12)
    asr(r5, r7, 16)
    mul(r5, r6)
    lsl(r7, r7, 16)
    lsr(r7, r7, 18)
    mul(r7, r6)
    lsr(r7, r7, 14)
    add(r5, r5, r7)
    str(r5, [r2, 0])
    add(r2, 4)
    ldr(r6, [r0, 80])  # SLIDE
    add(r4, r4, r6)
    ldr(r5, [r0, 56])  # BEND
    add(r6, r6, r5)
    str(r6, [r0, 80])
    ldr(r5, [r0, 60])  # RISE
    add(r1, r1, r5)
    label(TEST)
    ldr(r5, [r0, 84])
    cmp(r2, r5)
    bne(LOOP)
    str(r4, [r0, 40])
    mov(r4, 0)
    str(r4, [r0, 84])
    mov(r0, 0)


@micropython.asm_thumb
def noise(r0, r1, r2):
    # r0 state, r1 out, r2 n and then the end, r4 the number, r5 gain.
    lsl(r2, r2, 2)
    add(r2, r1, r2)
    ldr(r4, [r0, 40])  # PHASE
    ldr(r5, [r0, 44])  # GAIN
    lsl(r5, r5, 12)
    b(TEST)
    label(LOOP)
    lsl(r6, r4, 13)
    eor(r4, r6)
    lsr(r6, r4, 17)
    eor(r4, r6)
    lsl(r6, r4, 5)
    eor(r4, r6)
    lsr(r6, r5, 12)
    asr(r7, r4, 16)
    mul(r7, r6)
    lsl(r3, r4, 16)
    lsr(r3, r3, 18)
    mul(r3, r6)
    lsr(r3, r3, 14)
    add(r3, r3, r7)
    str(r3, [r1, 0])
    add(r1, 4)
    ldr(r6, [r0, 60])  # RISE
    add(r5, r5, r6)
    label(TEST)
    cmp(r1, r2)
    bne(LOOP)
    str(r4, [r0, 40])
    ldr(r4, [r0, 48])  # LEVEL
    str(r4, [r0, 44])
    cmp(r4, 0)
    bne(END)
    mov(r4, 1)
    str(r4, [r0, 0])  # IDLE
    label(END)
    mov(r0, 0)
