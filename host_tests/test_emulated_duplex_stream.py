"""A duplex stream on the emulated Pico: what its output sends comes in again, and when."""

import pytest
from dma_kit import on_chip
from emulated_host import needs_chip

pytestmark = needs_chip

# Each block of output says which block of input it was rendered of, so that when it comes in
# again one sees how much later that is. `seen` has a word for each block of input: 1 for silence,
# 2 for one that comes as late as it should, 4 for any other.
ECHO = """
import gc, machine
from array import array
from aether import I2SDuplex, SharedBufferPool, kernels

frames = memoryview(bytearray(array("H", range(1, 64 * 255 + 1))))
table = [frames[i : i + 128] for i in range(0, len(frames), 128)]
zeros = bytes(128)
heard = bytearray(128)
counts = [0] * 5

def mono(inp, out):
    k = (s._player._state[3] - s._player._blocks) & 0x7fff
    kernels.mono_to_pcm16(heard, inp, 64)
    kernels.mono_from_pcm16(out, table[k % 255], 64)
    if heard == zeros:
        counts[1] += 1
    elif heard == table[(k - LATE) % 255]:
        counts[2] += 1
    else:
        counts[4] += 1

def stereo(in_left, in_right, left, right):
    mono(in_left, left)
    kernels.copy(right, left, 64)

def make(render, blocks, **options):
    global LATE
    LATE = blocks
    driver = drivers.Rp2Duplex(16, 17, 18, 18, **options)
    return I2SDuplex(driver, SharedBufferPool(8), render, blocks=blocks)

def said():
    st = s.stats()
    print(*counts[1:3], counts[4], st["blocks"], st["underruns"], st["overruns"], st["fill_min"],
          st["latency_frames"], round(1000 * st["load_mean"]))
"""


def run(code: str) -> list[list[int]]:
    return [list(map(int, line.split())) for line in on_chip(ECHO + code).lines]


@pytest.mark.parametrize(
    ("bits", "channels", "hard"), [(16, 2, False), (16, 1, True), (32, 2, True), (32, 1, False)]
)
@pytest.mark.parametrize("blocks", [2, 6])
def test_the_latency_is_that_which_is_reported(bits, channels, hard, blocks):
    render = "stereo" if channels == 2 else "mono"
    ((silent, good, other, count, *missed, fill, latency, load),) = run(f"""
s = make({render}, {blocks}, bits={bits}, channels={channels}, hard={hard})
gc.collect()
s.start()
time.sleep_ms(150)
said()
s.stop()
""")
    # The first blocks of input are silence, and the first that is sent is faded in.
    assert (silent, other, missed) == (blocks, 1, [0, 0])
    # One may be rendered between one count and the other.
    assert 90 < count - blocks - 1 <= good <= count - blocks
    assert fill == 64 * (blocks - 2)
    assert latency == 64 * blocks
    assert 50 < load < 400


def test_collections_and_masked_interrupts_leave_it_as_it_is():
    before, after = run("""
s = make(mono, 3, channels=1)
s.start()
time.sleep_ms(50)
junk = [bytearray(100) for _ in range(300)]
for _ in range(4):
    gc.collect()
    time.sleep_ms(20)
mask = machine.disable_irq()
t = time.ticks_us()
while time.ticks_diff(time.ticks_us(), t) < 30000:
    pass
machine.enable_irq(mask)
time.sleep_ms(20)
said()
counts[:] = [0] * 5
first = s.stats()["blocks"]
time.sleep_ms(50)
said()
s.stop()
""")
    silent, good, other, blocks, underruns, overruns, fill, latency, _ = before
    assert 15 < overruns <= underruns <= overruns + 5
    assert fill == 0
    # A gap is heard again as silence, and after each a block that was faded in.
    assert 1 <= other <= 6
    assert blocks <= silent + good + other <= blocks + 1
    silent, good, other, _, underruns_after, _, _, latency_after, _ = after
    assert (silent, other, underruns_after) == (0, 0, underruns)
    assert good > 30
    assert latency == latency_after == 192
