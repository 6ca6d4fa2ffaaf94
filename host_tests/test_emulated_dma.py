"""The virtual board's DMA against the emulated Pico: sound, order and times of callbacks."""

import numpy as np
import pytest
from aether_tools import boards, layout
from emulated_run import BOARD, Both, needs_images, on_both

pytestmark = needs_images

# A soft callback waits on the chip for the next jump of the program, here for a call to the board.
TOLERANCE = 40
STREAM = """
import board, gc, machine, time
from array import array
from aether import I2SOut, SharedBufferPool, drivers
def ramps(step):
    store = memoryview(array("f", bytes(4 * 64 * 24)))
    for i in range(len(store)):
        store[i] = step * (i + 1) / 32768
    return [store[i:i + 64] for i in range(0, len(store), 64)]
ahead, back = ramps(1), ramps(-1)
def program(body, blocks=6, **options):
    when = array("i", bytes(4 * 80))
    n = 0
    ticks = time.ticks_us
    def stereo(left, right):
        nonlocal n
        when[n] = ticks()
        if n < 24:
            left[:] = ahead[n]
            right[:] = back[n]
        n += 1
    def mono(block):
        nonlocal n
        when[n] = ticks()
        if n < 24:
            block[:] = ahead[n]
        n += 1
    driver = drivers.from_board(board, driver="dma", **options)
    render = mono if options.get("channels") == 1 else stereo
    stream = I2SOut(driver, SharedBufferPool(2), render, blocks=blocks)
    gc.collect()
    stream.start()
    body(stream)
    stream.stop()
    return stream, [when[i] - when[blocks] for i in range(blocks, n)]
"""


def both(code: str) -> Both:
    files = layout.device_files(boards.load(BOARD), "tone")
    return on_both(STREAM + code, files=files, seconds=1)


def assert_same_sound(both: Both, frames: int) -> None:
    """Every sample the same; `frames`: how many more one of the two may have at the end."""
    assert not both.chip.error
    assert len(both.virtual.wavs) == len(both.chip.sounds) == 1
    (_, ours), (_, theirs) = both.virtual.wavs[0], both.chip.sounds[0]
    assert ours.dtype == theirs.dtype
    ours = np.repeat(ours, 3 - ours.shape[1], axis=1)[:, :2]
    n = min(len(ours), len(theirs))
    assert n > 1500
    np.testing.assert_array_equal(ours[:n], theirs[:n])
    assert theirs[:1500].all()
    assert abs(len(ours) - len(theirs)) <= frames


@pytest.mark.parametrize(
    "options",
    ["", "bits=32", "channels=1", "channels=1, bits=32", "rate=22050", "hard=True", "blocks=2"],
)
def test_what_a_stream_plays_and_when_it_is_called(options):
    # A stop on the chip comes later in the music: code takes time there.
    ran = both(
        "stream, times = program(lambda stream: time.sleep_ms(60)"
        f"{', ' if options else ''}{options})\n"
        "print(stream.stats()['underruns'], times[:20])\n"
    )
    assert_same_sound(ran, 3 * 64)
    ours, theirs = (line.split(" ", 1) for line in (ran.virtual.lines[0], ran.chip.lines[0]))
    assert ours[0] == theirs[0] == "0"
    np.testing.assert_allclose(eval(ours[1]), eval(theirs[1]), rtol=0, atol=TOLERANCE)
    rate = ran.virtual.report["frame_rate"]
    assert rate == pytest.approx(ran.chip.sounds[0][0], rel=2e-6)


@pytest.mark.parametrize("us", [5000, 12900, 14300])
def test_what_masked_interrupts_leave_of_a_stream(us):
    # Masked in the middle of a block: sleeping until then would end at another one on the chip.
    ran = both(f"""
def body(stream):
    while stream.blocks < 14:
        time.ticks_us()
    time.sleep_us(500)
    state = machine.disable_irq()
    time.sleep_us({us})
    machine.enable_irq(state)
    time.sleep_ms(30)
stream, times = program(body)
print(stream.stats()["underruns"])
""")
    assert ran.virtual.lines == ran.chip.lines
    assert (int(ran.chip.lines[0]) > 2) == (us > 10000)
    (_, ours), (_, theirs) = ran.virtual.wavs[0], ran.chip.sounds[0]
    n = min(len(ours), len(theirs))
    np.testing.assert_array_equal(ours[:n], theirs[:n])


def test_the_order_of_handlers_and_what_registers_say():
    ran = on_both("""
import machine, rp2, time
from uctypes import addressof
def program():
    told = []
    told.extend(range(16)); told.clear()
    source, target = bytearray(range(64)), bytearray(64)
    first, second = rp2.DMA(), rp2.DMA()
    second.irq(lambda dma: told.append("soft"))
    first.irq(lambda dma: told.append("hard"), hard=True)
    for each in (second, first):
        each.config(read=source, write=target, count=4, ctrl=each.pack_ctrl(irq_quiet=False))
    print(first.pack_ctrl(size=1, chain_to=5), second.unpack_ctrl(0x3f8839) == {}, first.count)
    state = machine.disable_irq()
    second.active(True)
    first.active(True)
    time.sleep_us(50)
    first.active(True)
    time.sleep_us(50)
    told.append("masked")
    machine.enable_irq(state)
    time.sleep_ms(2)
    print(told, first.read - addressof(source), first.write - addressof(target), first.count)
    first.config(count=2, trigger=True)
    time.sleep_ms(1)
    print(told, first.count, second.active(), target[:40])
    second.irq(lambda dma: told.append("again"))
    second.config(read=source, count=1, trigger=True)
    time.sleep_ms(1)
    print(told, second.irq().flags(), first.registers[2], hex(first.ctrl))
    def fail(dma):
        raise mistake
    mistake = ValueError("mine")
    first.irq(fail, hard=True)
    for _ in range(2):
        first.active(True)
        time.sleep_ms(1)
program()
""")
    assert not ran.chip.error
    assert [line for line in ran.virtual.lines if "File" not in line] == [
        line for line in ran.chip.lines if "File" not in line
    ]
    assert len(ran.chip.lines) > 5
