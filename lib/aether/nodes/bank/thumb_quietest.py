"""Which voice gives way to a note, in Thumb assembler; `voices_portable` says which.

quietest(bank)  r0 the bank; the number of a voice

r1 is a voice's record, r2 how many there are, r3 the voice found and r4 how loud it is; r5 is how
loud this one is, r6 its number. It takes 30 cycles of an RP2040 a voice. The places are those of
`places`, times four.
"""

import micropython


@micropython.asm_thumb
def quietest(r0):
    ldr(r2, [r0, 4])  # VOICES
    ldr(r1, [r0, 12])  # RECORDS
    lsl(r1, r1, 2)
    add(r1, r1, r0)
    mov(r6, 0)
    mov(r3, 0)
    mov(r4, 1)
    lsl(r4, r4, 31)
    label(LOOP)
    ldr(r7, [r1, 32])  # STATE
    cmp(r7, 0)
    beq(IDLE)
    ldr(r5, [r1, 28])  # GAIN
    cmp(r7, 3)  # DECAY
    blt(BEGINS)
    cmp(r7, 5)  # FADE
    beq(BEGINS)
    ldr(r7, [r1, 48])  # EVENT
    cmp(r7, 5)
    bne(SOUNDS)
    label(BEGINS)
    ldr(r5, [r1, 76])  # PEAK
    label(SOUNDS)
    lsr(r5, r5, 1)
    ldr(r7, [r1, 56])  # GATE
    cmp(r7, 0)
    beq(FREE)
    mov(r7, 1)
    lsl(r7, r7, 30)
    add(r5, r5, r7)
    label(FREE)
    cmp(r5, r4)
    bcs(LOUDER)
    mov(r4, r5)
    mov(r3, r6)
    label(LOUDER)
    add(r1, 100)  # 4 * VOICE
    add(r6, 1)
    cmp(r6, r2)
    blt(LOOP)
    b(END)
    label(IDLE)
    mov(r3, r6)
    label(END)
    mov(r0, r3)
