"""The receiver over PIO and DMA on the emulated Pico: what a slave on its bus sends, comes in."""

import numpy as np
import pytest
from dma_kit import on_chip
from emulated_host import needs_chip

pytestmark = needs_chip

# A slave in the sense of Philips: a sample begins one bit after the word clock changes, and bits
# change when the bit clock falls. send() has it send the words from the next left sample on.
SLAVE = """
def slave(sck, ws):
    @rp2.asm_pio(out_init=rp2.PIO.OUT_LOW, out_shiftdir=rp2.PIO.SHIFT_LEFT, autopull=True,
                 pull_thresh=32, fifo_join=rp2.PIO.JOIN_TX)
    def program():
        wait(1, gpio, ws)
        wait(0, gpio, ws)
        wait(1, gpio, sck)
        wrap_target()
        wait(0, gpio, sck)
        out(pins, 1)
        wait(1, gpio, sck)
        wrap()

    return program

def send(program, words):
    # Takes the pin, which a receiver makes an input when it starts.
    sm = rp2.StateMachine(7, program, out_base=Pin(18))
    for word in words:
        sm.put(word)
    sm.active(1)
    return sm

def receive(rate, bits, channels, sck, ws, words):
    d = drivers.Rp2DMAIn(sck, ws, 18, rate=rate, bits=bits, channels=channels)
    d.prepare(64, 16)
    d.open()
    program = slave(sck, ws)
    d.run(nothing)
    sm = send(program, words)
    while d.ended() < 14:
        pass
    d.close()
    sm.active(0)
    rp2.PIO(1).remove_program()
    print(b"".join(bytes(slot) for slot in d.slots[:14]).hex())
"""
# Eight words; the last bit is what the pin keeps.
FIRST = (0x80000001, 0x7FFFFFFF, 0x12345678, 0x9ABCDEF0)
WORDS = (*FIRST, 0xFFFF0001, 0x00018000, 0xA5A5C3C3, 0x00030002)
RATES = (8000, 44100, 48000, 96000)


def sent(bits: int) -> np.ndarray:
    """The frames of WORDS: words are left and right, or a frame each."""
    if bits == 32:
        return np.array(WORDS, "<u4").view("<i4").reshape(-1, 2)
    return np.array(WORDS, ">u4").view(">i2").astype("<i2").reshape(-1, 2)


def trimmed(frames: np.ndarray) -> np.ndarray:
    loud = np.flatnonzero(frames.reshape(len(frames), -1).any(axis=1))
    return frames[loud[0] : loud[-1] + 1]


@pytest.mark.parametrize(("sck", "ws"), [(16, 17), (17, 16), (21, 20)])
@pytest.mark.parametrize("channels", [2, 1])
@pytest.mark.parametrize("bits", [16, 32])
def test_what_a_slave_sends_comes_in_bit_for_bit(bits, channels, sck, ws):
    run = on_chip(f"""{SLAVE}
for rate in {RATES}:
    receive(rate, {bits}, {channels}, {sck}, {ws}, {WORDS})
""")
    assert len(run.lines) == len(RATES)
    for line in run.lines:
        samples = np.frombuffer(bytes.fromhex(line), f"<i{bits // 8}")
        # Mono is the left half of each frame.
        expected = sent(bits)[:, :channels]
        np.testing.assert_array_equal(trimmed(samples.reshape(-1, channels)), expected)
    if (sck, ws) == (16, 17):
        assert [bus.bits for bus in run.buses] == [bits] * len(RATES)
        for bus, rate in zip(run.buses, RATES, strict=True):
            # The divider counts in 256ths.
            assert bus.rate == pytest.approx(rate, rel=2e-4 if bits == 16 else 4e-4)
            np.testing.assert_array_equal(trimmed(bus.frames), sent(bits))


@pytest.mark.parametrize("bits", [16, 32])
def test_a_pin_held_high_is_all_ones_and_one_held_low_or_left_alone_silence(bits):
    run = on_chip(f"""
d = drivers.Rp2DMAIn(16, 17, 18, bits={bits})
d.prepare(64, 4)
d.open()
d.run(nothing)
def block():
    now = d.ended()
    while d.ended() < now + 3:
        pass
    return {{b for b in d.slots[(d.ended() - 1) & 3]}}
print(block())
Pin(18, Pin.OUT, value=1)
print(block())
Pin(18).value(0)
print(block())
d.close()
""")
    assert run.lines == ["{0}", "{255}", "{0}"]


def test_blocks_come_at_their_rate_and_one_by_one():
    run = on_chip("""
d = drivers.Rp2DMAIn(16, 17, 18, rate=48000)
d.prepare(64, 8)
d.open()
from array import array
ended, at = array("i", bytes(800)), array("i", bytes(800))
count, take = d.counters()
state = array("i", [0])
def ready(dma):
    i = state[0]
    if i < 200:
        ended[i] = d.ended()
        at[i] = time.ticks_us()
        state[0] = i + 1
d.run(ready)
while state[0] < 200:
    pass
print(count.read & 0x7fff, d.transfers, 0 < take.count <= d.transfers, d.period_us(64))
d.close()
print(*ended)
print(*at)
print(channels(), running())
""")
    first, ended, at, given_back = run.lines
    assert first.split()[1:3] == ["128", "True"]
    period = int(first.split()[3]) / 256
    assert period == pytest.approx(64e6 / 48000, rel=1e-3)
    assert list(map(int, ended.split())) == list(range(1, 201))
    times = np.array(at.split(), int)
    np.testing.assert_allclose(np.diff(times), period, atol=100)
    assert times[-1] - times[0] == pytest.approx(199 * period, abs=100)
    assert given_back == "12 []"


def test_nothing_stops_it_and_nothing_is_allocated():
    run = on_chip(f"""{SLAVE}
import gc, machine
d = drivers.Rp2DMAIn(16, 17, 18, bits=32)
d.prepare(64, 8)
d.open()
program = slave(16, 17)
d.run(nothing)
micropython.heap_lock()
while d.ended() < 100:
    pass
micropython.heap_unlock()
gc.collect()
mask = machine.disable_irq()
while d.ended() < 200:
    pass
machine.enable_irq(mask)
sm = send(program, {WORDS})
last = d.ended()
while d.ended() < last + 3:
    pass
micropython.heap_lock()
d.close()
micropython.heap_unlock()
sm.active(0)
print(bytes(d._ring.memory).hex())
print(channels(), running())
""")
    samples = np.frombuffer(bytes.fromhex(run.lines[0]), "<i4").reshape(-1, 2)
    loud = np.flatnonzero(samples.any(axis=1))
    # The ring may come round in the middle of them.
    if loud[-1] - loud[0] > 10:
        samples = np.roll(samples, 16, axis=0)
    np.testing.assert_array_equal(trimmed(samples), sent(32))
    assert run.lines[1] == "12 []"


def test_it_opens_again_from_its_first_block():
    run = on_chip("""
d = drivers.Rp2DMAIn(16, 17, 18)
d.prepare(64, 4)
for _ in range(3):
    d.open()
    print(d.slots[0][0], d.ended())
    d.run(nothing)
    Pin(18, Pin.OUT, value=1)
    while d.ended() < 1:
        pass
    print(d.slots[0][200], channels(), len(running()))
    d.close()
    Pin(18, Pin.IN)
    print(channels(), running())
""")
    assert run.lines == ["0 32767", "255 10 1", "12 []"] * 3


def test_it_stands_beside_a_transmitter_on_other_pins():
    run = on_chip("""
out = drivers.Rp2DMA(16, 17, 18)
inp = drivers.Rp2DMAIn(20, 21, 22)
for d in (out, inp):
    d.prepare(64, 4)
    d.open()
    d.run(nothing)
while inp.ended() < 10:
    pass
print(9 <= out.ended() <= 11, channels(), len(running()))
refused(lambda: drivers.Rp2DMAIn(2, 3, 18))
out.close()
before = inp.ended()
time.sleep_ms(5)
print(inp.ended() > before + 2)
inp.close()
print(channels(), running())
""")
    assert run.lines == [
        "True 7 2",
        "RuntimeError: pin 18 (sd) belongs to another stream: stop it first",
        "True",
        "12 []",
    ]


BAD = [
    ("16, 18, 19", "ValueError: ws must be the pin next to sck (16), not 18"),
    ("16, 16, 19", "ValueError: ws must be the pin next to sck (16), not 16"),
    ("16, 17, 16", "ValueError: sd must be a pin of its own, not 16"),
    ("-1, 0, 16", "ValueError: sck must be 0 to 29, not -1"),
    ("True, 2, 16", "TypeError: sck must be an int, not bool"),
    ("16, 17, 18, bits=8", "ValueError: bits must be 16 or 32, not 8"),
    ("16, 17, 18, channels=0", "ValueError: channels must be 1 or 2, not 0"),
    ("16, 17, 18, rate=44100.0", "TypeError: rate must be an int, not float"),
    ("16, 17, 18, rate=200000", "ValueError: rate must be 1000 to 192000, not 200000"),
]


def test_bad_arguments_are_refused_in_a_line():
    calls = "".join(f"refused(lambda: drivers.Rp2DMAIn({arguments}))\n" for arguments, _ in BAD)
    assert on_chip(calls + "print(channels())\n").lines == [*(error for _, error in BAD), "12"]


@pytest.mark.parametrize(
    ("frames", "blocks", "error"),
    [
        (48, 4, "the pool's buffers must have a power of two of samples for DMA, not 48"),
        (1024, 9, "blocks must be 8 at most with 4096 bytes each, not 9"),
    ],
)
def test_a_ring_that_no_dma_can_go_round_is_refused(frames, blocks, error):
    run = on_chip(f"""
d = drivers.Rp2DMAIn(16, 17, 18)
refused(lambda: d.prepare({frames}, {blocks}))
d.deinit()
print(channels())
""")
    assert run.lines == [f"ValueError: {error}", "12"]


def test_a_rate_that_the_divider_cannot_reach_is_refused_with_the_nearest():
    run = on_chip("""
import machine
machine.freq(18000000)
refused(lambda: drivers.Rp2DMAIn(16, 17, 18, rate=192000, bits=32))
machine.freq(125000000)
print(channels())
""")
    assert run.lines == [
        "ValueError: rate must be another with a clock of 18000000 Hz: 192000 cannot be had, "
        "the nearest is 140625",
        "12",
    ]
