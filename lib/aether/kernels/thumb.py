"""The 16-bit kernels in Thumb assembler: under a third of viper's time on an RP2040.

For Arm Cortex-M boards; elsewhere it cannot be imported. What each computes stands in `portable`.
Only instructions of ARMv6-M are used, the RP2040's set. Any context, hard interrupts too.

In assembler a buffer object becomes its address. Both functions take one channel:
    r0  the float32 words, aligned to 4     r1  the frames, at any address
    r2  samples; below 1 nothing is done    r3  byte of the first sample << 8 | bytes a frame
Registers inside: r0, r1 move on to the next sample, r2 counts down, r3 keeps the bytes a frame,
r4 to r7 are scratch (MicroPython saves them), r12 is the caller's to lose. Both return 0, as an
address might not be a small int, and then returning it would allocate.
"""

import micropython

backend = "thumb"


# r4 word, r5 exponent - 111, r6 the sample, r7 whatever is needed; r12 is 2**31.
@micropython.asm_thumb
def _to16(r0, r1, r2, r3):
    lsr(r4, r3, 8)
    add(r1, r1, r4)
    mov(r4, 255)
    and_(r3, r4)
    mov(r4, 1)
    lsl(r4, r4, 31)
    mov(r12, r4)
    cmp(r2, 0)
    ble(END)
    label(LOOP)
    ldr(r4, [r0, 0])
    lsl(r5, r4, 1)  # drops the sign
    lsr(r5, r5, 24)
    sub(r5, 111)  # exponents 111 to 126 are 2**-16 up to below 1: here 0 to 15
    cmp(r5, 15)
    bhi(OTHER)  # unsigned: those below 111 come out above too
    lsl(r6, r4, 8)
    mov(r7, r12)
    orr(r6, r7)  # mantissa, its implied bit at bit 31
    mov(r7, 32)
    sub(r7, r7, r5)
    lsr(r6, r7)  # by 17 to 32; the carry is the last bit to fall out, half a unit
    bcc(SIGN)  # below half
    add(r5, 9)
    mov(r7, r4)
    lsl(r7, r5)  # what fell out after that bit
    bne(UP)  # above half
    lsr(r7, r6, 1)  # just half: the carry is bit 0, and up goes what is odd
    bcc(SIGN)
    label(UP)
    add(r6, 1)
    lsr(r7, r6, 15)
    beq(SIGN)
    cmp(r4, 0)
    blt(SIGN)
    sub(r6, 1)  # 32768 is a sample only below zero
    label(SIGN)
    asr(r7, r4, 31)  # 0 or -1: v ^ -1 - -1 is -v
    eor(r6, r7)
    sub(r6, r6, r7)
    label(STORE)
    strb(r6, [r1, 0])  # bytes, as a halfword at an odd address faults
    lsr(r6, r6, 8)
    strb(r6, [r1, 1])
    add(r0, 4)
    add(r1, r1, r3)
    sub(r2, 1)
    bne(LOOP)
    b(END)
    label(OTHER)
    mov(r6, 0)
    cmp(r5, 0)
    blt(STORE)  # rounds to 0
    cmp(r5, 144)
    bne(FULL)
    lsl(r7, r4, 9)
    bne(STORE)  # exponent 255 with a mantissa: NaN, which is 0
    label(FULL)
    mov(r6, 1)
    lsl(r6, r6, 15)
    sub(r6, 1)
    asr(r7, r4, 31)
    eor(r6, r7)  # 32767, or ~32767 below zero
    b(STORE)
    label(END)
    mov(r0, 0)


# r4 the magnitude, moved up until its top bit is bit 31; r5 sign << 8 | exponent - 1, less one
# for each bit it moved; r6 whatever is needed. There is no clz: the bits are found by halves.
@micropython.asm_thumb
def _from16(r0, r1, r2, r3):
    lsr(r4, r3, 8)
    add(r1, r1, r4)
    mov(r4, 255)
    and_(r3, r4)
    cmp(r2, 0)
    ble(END)
    label(LOOP)
    ldrb(r6, [r1, 0])  # bytes, as a halfword at an odd address faults
    ldrb(r4, [r1, 1])
    lsl(r4, r4, 8)
    orr(r4, r6)
    mov(r5, 126)  # the implied bit adds the one to the exponent
    lsl(r4, r4, 16)  # last, as the flags are its: -32768 has its top bit at 31 now
    beq(STORE)
    bpl(PLUS)
    neg(r4, r4)
    mov(r5, 191)
    lsl(r5, r5, 1)  # 256 + 126
    label(PLUS)
    lsr(r6, r4, 24)
    bne(HAS8)
    lsl(r4, r4, 8)
    sub(r5, 8)
    label(HAS8)
    lsr(r6, r4, 28)
    bne(HAS4)
    lsl(r4, r4, 4)
    sub(r5, 4)
    label(HAS4)
    lsr(r6, r4, 30)
    bne(HAS2)
    lsl(r4, r4, 2)
    sub(r5, 2)
    label(HAS2)
    lsr(r6, r4, 31)
    bne(HAS1)
    lsl(r4, r4, 1)
    sub(r5, 1)
    label(HAS1)
    lsr(r4, r4, 8)
    lsl(r5, r5, 23)
    add(r4, r4, r5)
    label(STORE)
    str(r4, [r0, 0])
    add(r0, 4)
    add(r1, r1, r3)
    sub(r2, 1)
    bne(LOOP)
    label(END)
    mov(r0, 0)


def to_pcm16(out, left, right, n):
    """out: n frames of two 16-bit samples, each x * 32768 rounded half to even, saturated."""
    _to16(left, out, n, 0x004)
    _to16(right, out, n, 0x204)


def mono_to_pcm16(out, src, n):
    """As to_pcm16, one channel."""
    _to16(src, out, n, 0x002)


def from_pcm16(left, right, frames, n):
    """left, right: the samples of n 16-bit stereo frames / 32768, exactly."""
    _from16(left, frames, n, 0x004)
    _from16(right, frames, n, 0x204)


def mono_from_pcm16(dst, frames, n):
    """As from_pcm16, one channel."""
    _from16(dst, frames, n, 0x002)
