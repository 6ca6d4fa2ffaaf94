"""What the PIO's state machines run: the clocks and the data of I2S, two instructions a bit.

A frame is a left and a right sample of `bits` bits, most significant bit first. The word clock is
low for the left one and changes one bit before a sample begins (Philips I2S). Data change when the
bit clock falls and are read when it rises. A side-set value has the bits `sck` and `ws`: 1 or 2
each, as the two pins are numbered. Assembling allocates; the programs have no other owner, so
that one can be taken out of a PIO while another stream's plays on.

`asm_pio` empties the globals of the module while it assembles: nothing else may live here.
"""

import rp2
from rp2 import PIO


def transmitter(bits: int, words: int, sck: int, ws: int):
    """A program that makes both clocks and sends what comes in; 11 instructions.

    words: bits taken from the FIFO at once: `bits`, or 32 where a word is a frame. The word clock
    is high before the first frame, and low for one bit of no value, so that a frame is whole.
    """
    both = sck | ws
    rest = bits - 2

    @rp2.asm_pio(
        out_init=PIO.OUT_LOW,
        sideset_init=(PIO.OUT_LOW, PIO.OUT_LOW),
        out_shiftdir=PIO.SHIFT_LEFT,
        autopull=True,
        pull_thresh=words,
        fifo_join=PIO.JOIN_TX,
    )
    def send():
        set(x, rest).side(both)
        nop().side(0)
        nop().side(sck)
        wrap_target()
        label("left")
        out(pins, 1).side(0)
        jmp(x_dec, "left").side(sck)
        out(pins, 1).side(ws)
        set(x, rest).side(both)
        label("right")
        out(pins, 1).side(ws)
        jmp(x_dec, "right").side(both)
        out(pins, 1).side(0)
        set(x, rest).side(sck)
        wrap()

    return send


def receiver(bits: int, channels: int, sck: int, ws: int):
    """A program that makes both clocks and takes in the data; 15 instructions.

    channels: 2, or 1 for the left sample of a frame alone. A queue that is full would stop the
    clocks, and lose nothing.
    """
    both = sck | ws
    rest = bits - 3
    stereo = channels == 2

    @rp2.asm_pio(
        sideset_init=(PIO.OUT_LOW, PIO.OUT_LOW),
        in_shiftdir=PIO.SHIFT_LEFT,
        autopush=True,
        push_thresh=bits,
        fifo_join=PIO.JOIN_RX,
    )
    def receive():
        set(x, rest).side(both)
        nop().side(0)
        nop().side(sck)
        wrap_target()
        nop().side(0)
        label("left")
        in_(pins, 1).side(sck)
        jmp(x_dec, "left").side(0)
        in_(pins, 1).side(sck)
        set(x, rest).side(ws)
        in_(pins, 1).side(both)
        nop().side(ws)
        label("right")
        (in_(pins, 1) if stereo else nop()).side(both)
        jmp(x_dec, "right").side(ws)
        (in_(pins, 1) if stereo else nop()).side(both)
        set(x, rest).side(0)
        (in_(pins, 1) if stereo else nop()).side(sck)
        wrap()

    return receive


def follower(channels: int, sck_pin: int, ws_pin: int):
    """A program that takes in the data by the clocks of a transmitter; 15 instructions or 13.

    channels: 2, or 1 for the left sample of a frame alone. sck_pin, ws_pin: GPIO numbers; ws is
    also its `jmp_pin`. It needs three of its steps in each half of a bit. Start it before the
    transmitter: it begins with the first left sample, and stands still when the clocks do.

    A word ends with the bit at which the word clock changes: so whatever goes wrong, a disturbed
    clock or a full queue, the next frame is whole again, and no channel is taken for the other.
    But what a full queue could not take is lost, and all that follows is so much too early: the
    DMA must keep up, as it does.
    """
    stereo = channels == 2

    @rp2.asm_pio(in_shiftdir=PIO.SHIFT_LEFT, fifo_join=PIO.JOIN_RX)
    def follow():
        wait(1, gpio, ws_pin)
        wait(0, gpio, ws_pin)
        wait(0, gpio, sck_pin)
        wait(1, gpio, sck_pin)
        wrap_target()
        label("left")
        wait(0, gpio, sck_pin)
        wait(1, gpio, sck_pin)
        in_(pins, 1)
        jmp(pin, "left ends")
        jmp("left")
        label("left ends")
        push(block)
        label("right")
        wait(0, gpio, sck_pin)
        wait(1, gpio, sck_pin)
        if stereo:
            in_(pins, 1)
        jmp(pin, "right")
        if stereo:
            push(block)
        wrap()

    return follow
