"""Receiver and duplex pair on the virtual board against the emulated Pico: samples and times."""

import numpy as np
import pytest
from aether_tools import boards, layout
from dma_kit import ECHO, TOOLS
from emulated_run import BOARD, Both, needs_images, on_both

pytestmark = needs_images

# Microseconds: an instruction of the chip's program ends before an interrupt is served.
TOLERANCE = 5
PROGRAM = f"""{TOOLS}{ECHO}
from array import array
def called(d, ended):
    # When ready was called, and how many blocks had ended then.
    seen, at = array("i", bytes(120)), array("i", bytes(120))
    n = 0
    def ready(dma):
        nonlocal n
        if n < 30:
            at[n] = time.ticks_us()
            seen[n] = ended()
            n += 1
    d.prepare(64, 8)
    d.open()
    d.run(ready)
    while n < 30:
        time.ticks_us()
    d.close()
    print(list(seen))
    print([at[i] - at[0] for i in range(30)])
    print(channels(), running())
"""


def both(code: str) -> Both:
    files = layout.device_files(boards.load(BOARD), "tone")
    ran = on_both(PROGRAM + code, files=files, seconds=2)
    assert not ran.chip.error
    assert ran.virtual.code == 0, ran.virtual.err
    return ran


@pytest.mark.parametrize(("bits", "channels"), [(16, 2), (16, 1), (32, 2), (32, 1)])
def test_when_blocks_come_in(bits, channels):
    ran = both(f"""
d = drivers.Rp2DMAIn(16, 17, 18, bits={bits}, channels={channels})
called(d, d.ended)
for sd in (18, 19):
    d = drivers.Rp2Duplex(16, 17, 18, sd, bits={bits}, channels={channels})
    called(d, d.ended_in)
    print(d.distance)
""")
    ours, theirs = ran.virtual.lines, ran.chip.lines
    times = [i for i, line in enumerate(theirs) if line.startswith("[0, 1")]
    assert len(times) == 3
    for i, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        if i in times:
            np.testing.assert_allclose(eval(our), eval(their), rtol=0, atol=TOLERANCE)
        else:
            assert our == their


@pytest.mark.parametrize("bits", [16, 32])
@pytest.mark.parametrize("channels", [2, 1])
def test_what_is_sent_comes_in(bits, channels):
    ran = both(f"""
for rate in (16000, 44100, 96000):
    echo(rate, bits={bits}, channels={channels})
""")
    size = 64 * channels * bits // 8
    assert ran.chip.lines == [f"{rate} 6 {size} 0" for rate in (16000, 44100, 96000)]
    assert ran.virtual.lines == ran.chip.lines


def test_what_dma_takes_out_of_a_queue():
    # The upper bits of a 16-bit word are zeros; a halfword is the lower one.
    ran = both("""
import machine
import aether.drivers.rp2_programs as programs
def take(bits, size, count):
    words = array("I", [0x80017FFE, 0x12348765, 0xFFFF0001, 0x0002FFFE] * 2)
    inp = bytearray(count << size)
    send, hear = programs.transmitter(bits, bits, 1, 2), programs.follower(2, 16, 17)
    hear = rp2.StateMachine(1, hear, in_base=machine.Pin(18, Pin.IN), jmp_pin=machine.Pin(17))
    send = rp2.StateMachine(0, send, freq=44100 * bits * 4, sideset_base=machine.Pin(16),
                            out_base=machine.Pin(18))
    feed, dma = rp2.DMA(), rp2.DMA()
    ctrl = feed.pack_ctrl(size=1 if bits == 16 else 2, inc_write=False, treq_sel=0)
    feed.config(read=words, write=send, count=8, ctrl=ctrl)
    dma.config(read=hear, write=inp, count=count,
               ctrl=dma.pack_ctrl(size=size, inc_read=False, treq_sel=5))
    dma.active(True)
    hear.active(1)
    feed.active(True)
    send.active(1)
    time.sleep_ms(3)
    print(inp.hex(), dma.count, feed.count)
    for each in (send, hear):
        each.active(0)
    for each in (feed, dma):
        each.close()
    rp2.PIO(0).remove_program()
for bits in (16, 32):
    for size in (0, 1, 2):
        take(bits, size, 8)
""")
    assert ran.virtual.lines == ran.chip.lines
    assert len(ran.chip.lines) == 6
