"""The curve of a soft clip in Thumb assembler; `fixed_portable` says what is computed.

soft(state, q, n)  r0 to r2

r0 is the drive in parts of 2**24, r8 its step, r12 where the block ends, r7 what 1 is; a sample is
a magnitude in r3 and a sign in r4.
"""

import micropython


@micropython.asm_thumb
def soft(r0, r1, r2) -> object:
    mov(r4, r8)
    push({r4})
    lsl(r2, r2, 2)
    add(r2, r2, r1)
    mov(r12, r2)
    ldr(r4, [r0, 12])  # DRIVE + STEP
    mov(r8, r4)
    ldr(r0, [r0, 8])  # DRIVE
    lsl(r0, r0, 14)
    mov(r7, 1)
    lsl(r7, r7, 24)
    label(LOOP)
    ldr(r3, [r1, 0])
    asr(r4, r3, 31)
    eor(r3, r4)
    sub(r3, r3, r4)
    cmp(r3, r7)
    bcs(FULL)
    lsr(r2, r0, 14)
    lsr(r5, r3, 10)
    mul(r5, r2)
    lsl(r3, r3, 22)
    lsr(r3, r3, 22)
    mul(r3, r2)
    lsr(r3, r3, 10)
    add(r3, r3, r5)
    cmp(r3, r7)
    bcs(FULL)
    lsr(r5, r3, 9)
    mul(r5, r5)
    lsr(r5, r5, 15)
    lsr(r6, r7, 8)
    sub(r2, r6, r5)
    lsr(r5, r7, 9)
    add(r2, r2, r5)
    asr(r2, r2, 1)
    lsr(r5, r3, 15)
    mul(r5, r2)
    lsl(r3, r3, 17)
    lsr(r3, r3, 17)
    mul(r3, r2)
    lsr(r3, r3, 15)
    add(r3, r3, r5)
    cmp(r3, r7)
    bls(SIGN)
    label(FULL)
    mov(r3, r7)
    label(SIGN)
    eor(r3, r4)
    sub(r3, r3, r4)
    data(2, 0xC108)  # stm r1!, {r3}
    data(2, 0x4440)  # add r0, r8
    data(2, 0x4561)  # cmp r1, r12
    bne(LOOP)
    pop({r4})
    mov(r8, r4)
    mov(r0, 6)
