"""The filters' inner loop in Thumb assembler; what it computes stands in `portable`.

render(w, src, dst, n)  r0 w, r1 src, r2 dst, r3 n

For Arm Cortex-M boards; elsewhere it cannot be imported. Any context, hard interrupts too;
allocates nothing. MicroPython saves r4 to r7 and lr; what is needed of r8 to r11 goes on the
stack, and r12 is the caller's to lose.

In the loop r0 is src, r1 what of it is not 0, r2 and r3 the integrators p and q, r8 g, r9 a, r10
h, r11 dst - src, r12 where the stride ends; lr has A_SHIFT, G_SHIFT << 8 and MIXED << 31; r4 to r7
are free. On the stack, from sp on: w, the end of src, G to M2 on their way, 8 to 28, the mix of
this stride, 32 to 40, a part of the mix, where p and q stand, and what r8 to r11 were.

A product of 32 bits and up to 19 is made of two, of the upper half and of the lower one, whose
last bits are dropped. Shifting down leaves half a unit as the carry, and adding that rounds; a
shift by 0 keeps the carry, which is 0 then. The places in memory are those of `places`, times
four. data(2, ...) is an instruction that the inline assembler lacks; beside it stands what it is.
"""

import micropython


# A sample of noise, in blocks of 64, takes an RP2040 104 cycles, a mix 142, entry and exit
# included; 10 or so more while the cutoff moves.
@micropython.asm_thumb
def render(r0, r1, r2, r3) -> object:
    data(2, 0xB091)  # sub sp, 68
    mov(r4, r8)
    data(2, 0x940D)  # str r4, [sp, 52]
    mov(r4, r9)
    data(2, 0x940E)  # str r4, [sp, 56]
    mov(r4, r10)
    data(2, 0x940F)  # str r4, [sp, 60]
    mov(r4, r11)
    data(2, 0x9410)  # str r4, [sp, 64]
    data(2, 0x9000)  # str r0, [sp, 0]
    sub(r2, r2, r1)
    mov(r11, r2)
    lsl(r3, r3, 2)
    add(r3, r1, r3)
    data(2, 0x9301)  # str r3, [sp, 4]
    mov(r4, r0)
    mov(r0, r1)
    ldr(r5, [r4, 16])  # G
    data(2, 0x9502)  # str r5, [sp, 8]
    ldr(r5, [r4, 20])  # A
    data(2, 0x9503)  # str r5, [sp, 12]
    ldr(r5, [r4, 24])  # H
    data(2, 0x9504)  # str r5, [sp, 16]
    ldr(r5, [r4, 28])  # M0
    data(2, 0x9505)  # str r5, [sp, 20]
    ldr(r5, [r4, 32])  # M1
    data(2, 0x9506)  # str r5, [sp, 24]
    ldr(r5, [r4, 36])  # M2
    data(2, 0x9507)  # str r5, [sp, 28]
    ldr(r5, [r4, 64])  # G_SHIFT
    lsl(r5, r5, 8)
    ldr(r6, [r4, 68])  # A_SHIFT
    orr(r5, r6)
    ldr(r6, [r4, 96])  # MIXED
    lsl(r6, r6, 31)
    orr(r5, r6)
    mov(lr, r5)
    ldr(r5, [r4, 4])  # CHANNEL
    add(r6, r5, 1)
    str(r6, [r4, 4])
    lsl(r5, r5, 3)
    add(r5, r5, r4)
    add(r5, 72)  # SUMS
    data(2, 0x950C)  # str r5, [sp, 48]
    ldr(r2, [r5, 0])
    ldr(r3, [r5, 4])
    mov(r1, 0)
    label(STRIDE)
    data(2, 0x9F00)  # ldr r7, [sp, 0]
    data(2, 0x9C02)  # ldr r4, [sp, 8]
    lsr(r5, r4, 10)
    mov(r8, r5)
    ldr(r6, [r7, 40])  # STEPS
    add(r4, r4, r6)
    data(2, 0x9402)  # str r4, [sp, 8]
    data(2, 0x9C03)  # ldr r4, [sp, 12]
    lsr(r5, r4, 10)
    mov(r9, r5)
    ldr(r6, [r7, 44])  # STEPS
    add(r4, r4, r6)
    data(2, 0x9403)  # str r4, [sp, 12]
    data(2, 0x9C04)  # ldr r4, [sp, 16]
    lsr(r5, r4, 10)
    mov(r10, r5)
    ldr(r6, [r7, 48])  # STEPS
    add(r4, r4, r6)
    data(2, 0x9404)  # str r4, [sp, 16]
    mov(r4, lr)
    cmp(r4, 0)
    bpl(UNMIXED)
    data(2, 0x9C05)  # ldr r4, [sp, 20]
    asr(r5, r4, 10)
    data(2, 0x9508)  # str r5, [sp, 32]
    ldr(r6, [r7, 52])
    add(r4, r4, r6)
    data(2, 0x9405)  # str r4, [sp, 20]
    data(2, 0x9C06)  # ldr r4, [sp, 24]
    asr(r5, r4, 10)
    data(2, 0x9509)  # str r5, [sp, 36]
    ldr(r6, [r7, 56])
    add(r4, r4, r6)
    data(2, 0x9406)  # str r4, [sp, 24]
    data(2, 0x9C07)  # ldr r4, [sp, 28]
    asr(r5, r4, 10)
    data(2, 0x950A)  # str r5, [sp, 40]
    ldr(r6, [r7, 60])
    add(r4, r4, r6)
    data(2, 0x9407)  # str r4, [sp, 28]
    label(UNMIXED)
    ldr(r4, [r7, 12])  # STRIDE
    lsl(r4, r4, 2)
    add(r4, r4, r0)
    mov(r12, r4)
    label(LOOP)
    ldr(r4, [r0, 0])
    lsl(r6, r4, 1)
    lsr(r6, r6, 24)
    lsl(r5, r4, 8)
    mov(r7, 128)
    lsl(r7, r7, 24)
    orr(r5, r7)
    mov(r7, 134)
    sub(r7, r7, r6)
    cmp(r7, 5)
    blt(FULL)
    lsr(r5, r7)
    label(SIGN)
    asr(r4, r4, 31)
    eor(r5, r4)
    sub(r5, r5, r4)
    orr(r1, r5)
    sub(r4, r5, r3)
    asr(r4, r4, 1)
    mov(r6, r10)
    asr(r7, r2, 16)
    mul(r7, r6)
    sub(r4, r4, r7)
    lsl(r7, r2, 16)
    lsr(r7, r7, 19)
    mul(r7, r6)
    lsr(r7, r7, 13)
    sub(r4, r4, r7)
    mov(r6, r9)
    data(2, 0xB2A7)  # uxth r7, r4
    asr(r4, r4, 16)
    mul(r4, r6)
    mul(r7, r6)
    lsr(r7, r7, 16)
    add(r4, r4, r7)
    mov(r6, lr)
    lsl(r7, r7, 1)  # the carry is 0
    asr(r4, r6)
    adc(r4, r2)
    lsl(r7, r4, 1)
    sub(r2, r7, r2)
    lsl(r7, r2, 4)
    asr(r7, r7, 4)
    cmp(r7, r2)
    bne(BAND_FULL)
    label(BAND)
    cmp(r6, 0)
    bmi(MIX)
    mov(r7, r8)
    asr(r5, r4, 16)
    mul(r5, r7)
    lsl(r4, r4, 16)
    lsr(r4, r4, 19)
    mul(r4, r7)
    lsr(r4, r4, 13)
    add(r5, r5, r4)
    lsr(r6, r6, 8)
    asr(r5, r6)
    adc(r5, r3)
    lsl(r7, r5, 1)
    sub(r3, r7, r3)
    lsl(r7, r3, 4)
    asr(r7, r7, 4)
    cmp(r7, r3)
    bne(LOW_FULL)
    label(LOW)
    mov(r6, 133)
    label(FLOAT)
    asr(r4, r5, 31)
    eor(r5, r4)
    sub(r5, r5, r4)
    beq(STORE)
    lsr(r7, r5, 24)
    bne(TOP)
    lsl(r5, r5, 8)
    sub(r6, 8)
    lsr(r7, r5, 24)
    bne(TOP)
    lsl(r5, r5, 8)
    sub(r6, 8)
    lsr(r7, r5, 24)
    bne(TOP)
    lsl(r5, r5, 8)
    sub(r6, 8)
    label(TOP)
    lsr(r7, r5, 28)
    bne(HIGH)
    lsl(r5, r5, 4)
    sub(r6, 4)
    label(HIGH)
    cmp(r5, 0)
    bmi(DONE)
    label(ONES)
    sub(r6, 1)
    lsl(r5, r5, 1)
    bpl(ONES)
    label(DONE)
    lsl(r6, r6, 23)
    lsr(r5, r5, 8)
    add(r5, r5, r6)
    lsl(r4, r4, 31)
    orr(r5, r4)
    label(STORE)
    mov(r7, r11)
    data(2, 0x51C5)  # str r5, [r0, r7]
    add(r0, 4)
    data(2, 0x4560)  # cmp r0, r12
    bne(LOOP)
    data(2, 0x9C01)  # ldr r4, [sp, 4]
    cmp(r0, r4)
    beq(END)
    b(STRIDE)
    label(END)
    data(2, 0x9C0C)  # ldr r4, [sp, 48]
    str(r2, [r4, 0])
    str(r3, [r4, 4])
    data(2, 0x9C00)  # ldr r4, [sp, 0]
    ldr(r5, [r4, 8])  # SEEN
    orr(r5, r1)
    str(r5, [r4, 8])
    cmp(r1, 0)
    beq(QUIET)
    mov(r5, 0)
    str(r5, [r4, 0])  # IDLE
    label(QUIET)
    data(2, 0x9C0D)  # ldr r4, [sp, 52]
    mov(r8, r4)
    data(2, 0x9C0E)  # ldr r4, [sp, 56]
    mov(r9, r4)
    data(2, 0x9C0F)  # ldr r4, [sp, 60]
    mov(r10, r4)
    data(2, 0x9C10)  # ldr r4, [sp, 64]
    mov(r11, r4)
    data(2, 0xB011)  # add sp, 68
    b(OUT)

    label(FULL)
    lsl(r5, r4, 9)
    beq(HELD)
    cmp(r6, 255)
    bne(HELD)
    mov(r5, 0)
    b(SIGN)
    label(HELD)
    mov(r5, 1)
    lsl(r5, r5, 27)
    sub(r5, 1)
    b(SIGN)
    label(BAND_FULL)
    asr(r2, r2, 31)
    mov(r7, 1)
    lsl(r7, r7, 27)
    sub(r7, 1)
    eor(r2, r7)
    b(BAND)
    label(LOW_FULL)
    asr(r3, r3, 31)
    mov(r7, 1)
    lsl(r7, r7, 27)
    sub(r7, 1)
    eor(r3, r7)
    b(LOW)
    label(MIXED_LOW_FULL)
    asr(r3, r3, 31)
    mov(r7, 1)
    lsl(r7, r7, 27)
    sub(r7, 1)
    eor(r3, r7)
    b(MIXED_LOW)

    label(MIX)
    data(2, 0x9F08)  # ldr r7, [sp, 32]
    asr(r6, r5, 16)
    mul(r6, r7)
    lsl(r5, r5, 16)
    lsr(r5, r5, 20)
    mul(r5, r7)
    asr(r5, r5, 12)
    add(r6, r6, r5)
    data(2, 0x9F09)  # ldr r7, [sp, 36]
    asr(r5, r4, 16)
    mul(r5, r7)
    add(r6, r6, r5)
    lsl(r5, r4, 16)
    lsr(r5, r5, 20)
    mul(r5, r7)
    asr(r5, r5, 12)
    add(r6, r6, r5)
    data(2, 0x960B)  # str r6, [sp, 44]
    mov(r7, r8)
    asr(r5, r4, 16)
    mul(r5, r7)
    lsl(r4, r4, 16)
    lsr(r4, r4, 19)
    mul(r4, r7)
    lsr(r4, r4, 13)
    add(r5, r5, r4)
    mov(r6, lr)
    lsr(r6, r6, 8)
    asr(r5, r6)
    adc(r5, r3)
    lsl(r7, r5, 1)
    sub(r3, r7, r3)
    lsl(r7, r3, 4)
    asr(r7, r7, 4)
    cmp(r7, r3)
    bne(MIXED_LOW_FULL)
    label(MIXED_LOW)
    data(2, 0x9F0A)  # ldr r7, [sp, 40]
    asr(r6, r5, 16)
    mul(r6, r7)
    lsl(r5, r5, 16)
    lsr(r5, r5, 20)
    mul(r5, r7)
    asr(r5, r5, 12)
    add(r5, r5, r6)
    data(2, 0x9E0B)  # ldr r6, [sp, 44]
    add(r5, r5, r6)
    mov(r6, 135)
    b(FLOAT)
    label(OUT)
    mov(r0, 6)


# A MicroPython of this arch without the inline assembler takes its machine code in a .mpy for
# bytecode, which must not be called.
if type(render) is type(lambda: 0):
    raise ImportError("no inline assembler")
