"""The duplex pair on the emulated Pico: without a wire, its input hears what its output sends."""

import numpy as np
import pytest
from dma_kit import ECHO, on_chip
from emulated_host import needs_chip

pytestmark = needs_chip


@pytest.mark.parametrize(("sck", "ws"), [(16, 17), (17, 16), (20, 21), (1, 0)])
@pytest.mark.parametrize("channels", [2, 1])
@pytest.mark.parametrize("bits", [16, 32])
def test_what_is_sent_comes_in_sample_for_sample(bits, channels, sck, ws):
    size = 64 * channels * bits // 8
    run = on_chip(f"""{ECHO}
for rate in (8000, 16000, 44100, 48000, 96000):
    echo(rate, {sck}, {ws}, {bits}, {channels})
""")
    assert run.lines == [f"{rate} 6 {size} 0" for rate in (8000, 16000, 44100, 48000, 96000)]
    if (sck, ws) == (16, 17):
        assert [bus.bits for bus in run.buses] == [bits] * 5


def test_the_first_frame_that_is_sent_is_the_first_that_comes_in():
    run = on_chip(f"""{ECHO}
for bits in (16, 32):
    d = drivers.Rp2Duplex(16, 17, 18, 18, bits=bits)
    d.prepare(256, 4)
    d.open()
    noise(d.slots[0])
    sent = bytes(d.slots[0])
    d.run(nothing)
    while d.ended_in() < 1:
        pass
    d.close()
    print(sent == bytes(d.slots_in[0]), sent[:4] == bytes(4))
""")
    assert run.lines == ["True False"] * 2


TOO_FAST = (
    "ValueError: rate must be 125000 at most for 32 bits both ways with a clock of 48000000 Hz, "
    "not 192000"
)


def test_the_fastest_rate_that_a_clock_allows():
    # The bit clock is 192 kHz x 64; the follower has three cycles for each half of a bit.
    run = on_chip(f"""{ECHO}
import machine
echo(192000, bits=32)
refused(lambda: drivers.Rp2Duplex(16, 17, 18, 18, rate=192000, bits=32, clock=48000000))
machine.freq(48000000)
refused(lambda: drivers.Rp2Duplex(16, 17, 18, 18, rate=192000, bits=32))
echo(125000, bits=32, frames=128)
echo(192000, bits=16, frames=128)
machine.freq(125000000)
""")
    assert run.lines == [
        "192000 6 512 0",
        TOO_FAST,
        TOO_FAST,
        "125000 6 1024 0",
        "192000 6 512 0",
    ]


def test_a_pin_of_its_own_brings_what_is_on_it():
    run = on_chip("""
d = drivers.Rp2Duplex(16, 17, 18, 19)
d.prepare(64, 4)
d.open()
noise(d.slots[0])
d.run(nothing)
while d.ended_in() < 2:
    pass
print(bytes(d.slots_in[0]) == bytes(256))
Pin(19, Pin.OUT, value=1)
while d.ended_in() < 5:
    pass
print(bytes(d.slots_in[3]) == b"\\xff" * 256)
d.close()
""")
    assert run.lines == ["True", "True"]


# Plays a count of frames, rendered in the hard interrupt, and looks at what comes in of it.
LONG = """
import gc, machine

d = drivers.Rp2Duplex(16, 17, 18, 18, rate=44100)
d.prepare(64, 7)
out, inp = d._ring.memory, d._ring_in.memory
state = memoryview(bytearray(4 * 8))
OUT, IN, GOOD, SILENT, BAD, CALLS, LOST = range(7)

@micropython.viper
def ready(dma):
    s = ptr32(state)
    ended = int(dma.read) & 0x7fff
    s[5] += 1
    if int(s[0]) < ended + 2:
        s[0] = ended + 2
    while int(s[0]) < ended + 7:
        n = int(s[0])
        o = ptr32(out)
        at = (n & 7) * 64
        for i in range(64):
            o[at + i] = (n * 64 + i) * 0x10001
        s[0] = n + 1
    if int(s[1]) < ended - 7:
        s[6] += ended - 7 - int(s[1])
        s[1] = ended - 7
    while int(s[1]) < ended:
        n = int(s[1])
        p = ptr32(inp)
        at = (n & 7) * 64
        good = 0
        silent = 0
        for i in range(64):
            if p[at + i] == 0:
                silent += 1
            elif p[at + i] == (n * 64 + i) * 0x10001:
                good += 1
        if good == 64:
            s[2] += 1
        elif silent == 64:
            s[3] += 1
        else:
            s[4] += 1
        s[1] = n + 1

def counted():
    words = [int.from_bytes(state[i : i + 4], "little") for i in range(0, 28, 4)]
    return words[GOOD], words[SILENT], words[BAD], words[CALLS], words[LOST], d.ended_in()
"""


def test_hundreds_of_blocks_through_collections_and_masked_interrupts():
    run = on_chip(f"""{LONG}
d.open()
d.run(ready)
junk = []
while d.ended_in() < 200:
    junk.append(bytearray(200))
    if len(junk) > 100:
        junk.clear()
        gc.collect()
before = counted()
print(*before)
mask = machine.disable_irq()
until = d.ended_in() + 30
while d.ended_in() < until:
    pass
machine.enable_irq(mask)
time.sleep_ms(5)
between = counted()
while d.ended_in() < 420:
    pass
after = counted()
d.close()
print(*between)
print(*after)
""")
    before, between, after = [list(map(int, line.split())) for line in run.lines]
    good, silent, bad, calls, lost, ended = before
    # Nothing was rendered before the first block had come in, and then for the fourth.
    assert (silent, bad, lost) == (3, 0, 0)
    assert good >= ended - 3
    assert calls >= ended - 1
    # While nobody rendered, and then what the ring still held.
    good, silent, bad, _, lost, ended = between
    assert bad == 0
    assert 20 <= lost <= 30
    assert good + silent + lost >= ended - 1
    assert after[1:3] == [silent, 0]
    assert after[4] == lost
    assert after[0] >= 420 - 1 - silent - lost
    assert run.buses[0].rate == pytest.approx(44100, rel=1e-4)


def test_a_follower_that_missed_clocks_is_in_step_with_the_next_frame():
    run = on_chip("""
d = drivers.Rp2Duplex(16, 17, 18, 18)
d.prepare(64, 3)
d.open()
d.run(nothing)
pulse = bytes.fromhex("01400240") * 64
def fill():
    for slot in d.slots:
        slot[:] = pulse
for _ in range(30):
    fill()
follower = rp2.StateMachine(d._claim.machines[1])
for us in (13, 27, 101, 155):
    follower.active(0)
    time.sleep_us(us)
    follower.active(1)
    for _ in range(30):
        fill()
        time.sleep_us(100)
    block = d.slots_in[(d.ended_in() - 1) & 3]
    words = {bytes(block[i : i + 2]) for i in range(0, 256, 4)}
    others = {bytes(block[i : i + 2]) for i in range(2, 256, 4)}
    print(sorted(words), sorted(others))
d.close()
""")
    for line in run.lines:
        # Left is 0x4001 and right 0x4002, wherever something was rendered at all.
        left, right = line.replace("b'\\x00\\x00', ", "").split("] [")
        assert (left, right) == ("[b'\\x01@'", "b'\\x02@']"), line
    assert len(run.lines) == 4
    assert np.isin(run.buses[0].frames[:, 0], [0, 0x4001]).all()
