"""The fade-out behind the last block of a ring, in Thumb assembler: it is written at every block.

end(state): the slot of the block that comes next begins with the last frame of the one before,
fading over 32 frames; it is nothing, where that frame is. `fades_portable` has the numbers, and
`ring_state` the words of the state: the numbers in `ldr` are four times theirs. r0 is the state,
then the slot; r1 the last frame. It takes 60 cycles of an RP2040 and 12 or 13 a frame.
"""

import micropython


# 16 bits, 2 channels. Samples are worked on in the upper half of a register, so that the sign is
# where arithmetic has it.
@micropython.asm_thumb
def _end_stereo16(r0):
    ldr(r4, [r0, 12])  # WRITE
    ldr(r5, [r0, 60])  # MASK
    ldr(r6, [r0, 80])  # SIZE
    mov(r1, r4)
    sub(r1, 1)
    and_(r1, r5)
    mul(r1, r6)
    and_(r4, r5)
    mul(r4, r6)
    ldr(r7, [r0, 76])  # ADDRESS
    ldr(r2, [r0, 84])  # LAST
    add(r1, r1, r7)
    add(r1, r1, r2)
    add(r0, r4, r7)
    ldr(r1, [r1, 0])
    cmp(r1, 0)
    beq(END)
    lsl(r2, r1, 16)
    asr(r2, r2, 16)
    lsl(r2, r2, 11)  # a 32nd of the left sample
    asr(r1, r1, 16)
    lsl(r1, r1, 11)
    lsl(r3, r2, 5)
    sub(r3, r3, r2)
    lsl(r4, r1, 5)
    sub(r4, r4, r1)
    mov(r7, 32)
    label(LOOP)
    lsr(r5, r3, 16)
    lsr(r6, r4, 16)
    lsl(r6, r6, 16)
    orr(r5, r6)
    str(r5, [r0, 0])
    add(r0, 4)
    sub(r3, r3, r2)
    sub(r4, r4, r1)
    sub(r7, 1)
    bne(LOOP)
    label(END)
    mov(r0, 0)


# 16 bits, 1 channel.
@micropython.asm_thumb
def _end_mono16(r0):
    ldr(r4, [r0, 12])  # WRITE
    ldr(r5, [r0, 60])  # MASK
    ldr(r6, [r0, 80])  # SIZE
    mov(r1, r4)
    sub(r1, 1)
    and_(r1, r5)
    mul(r1, r6)
    and_(r4, r5)
    mul(r4, r6)
    ldr(r7, [r0, 76])  # ADDRESS
    ldr(r2, [r0, 84])  # LAST
    add(r1, r1, r7)
    add(r1, r1, r2)
    add(r0, r4, r7)
    ldrh(r1, [r1, 0])
    cmp(r1, 0)
    beq(END)
    lsl(r1, r1, 16)
    asr(r1, r1, 5)  # a 32nd
    lsl(r3, r1, 5)
    sub(r3, r3, r1)
    mov(r7, 32)
    label(LOOP)
    lsr(r5, r3, 16)
    strh(r5, [r0, 0])
    add(r0, 2)
    sub(r3, r3, r1)
    sub(r7, 1)
    bne(LOOP)
    label(END)
    mov(r0, 0)


# 32 bits, 2 channels.
@micropython.asm_thumb
def _end_stereo32(r0):
    ldr(r4, [r0, 12])  # WRITE
    ldr(r5, [r0, 60])  # MASK
    ldr(r6, [r0, 80])  # SIZE
    mov(r1, r4)
    sub(r1, 1)
    and_(r1, r5)
    mul(r1, r6)
    and_(r4, r5)
    mul(r4, r6)
    ldr(r7, [r0, 76])  # ADDRESS
    ldr(r2, [r0, 84])  # LAST
    add(r1, r1, r7)
    add(r1, r1, r2)
    add(r0, r4, r7)
    ldr(r3, [r1, 0])
    ldr(r4, [r1, 4])
    mov(r5, r3)
    orr(r5, r4)
    cmp(r5, 0)
    beq(END)
    asr(r1, r3, 5)
    asr(r2, r4, 5)
    mov(r7, 32)
    label(LOOP)
    sub(r3, r3, r1)
    sub(r4, r4, r2)
    str(r3, [r0, 0])
    str(r4, [r0, 4])
    add(r0, 8)
    sub(r7, 1)
    bne(LOOP)
    label(END)
    mov(r0, 0)


def ending(bits: int, lanes: int):
    """end(state) for slots of 32 frames or more, of 1 or 2 samples (lanes); None for others."""
    if bits == 32:
        return _end_stereo32 if lanes == 2 else None
    return _end_stereo16 if lanes == 2 else _end_mono16


# A MicroPython of this arch without the inline assembler takes its machine code in a .mpy for
# bytecode, which must not be called.
if type(_end_mono16) is type(lambda: 0):
    raise ImportError("no inline assembler")
