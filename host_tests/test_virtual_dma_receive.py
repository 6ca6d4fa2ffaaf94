"""PIO receivers of aether's programs on the virtual board: what DMA puts into memory, and when."""

import numpy as np
import pytest
from virtual_run import Played, needs_micropython, play

pytestmark = needs_micropython

SETUP = """
import machine, rp2, time
import aether.drivers.rp2_programs as programs
from array import array
def take(machine_number, buf, bits, **fields):
    dma = rp2.DMA()
    ctrl = dma.pack_ctrl(size=1 if bits == 16 else 2, inc_read=False, irq_quiet=False,
                         treq_sel=4 + machine_number, **fields)
    dma.config(read=rp2.StateMachine(machine_number), write=buf, count=len(buf), ctrl=ctrl)
    return dma
def receiver(bits, channels=2, rate=44100):
    return rp2.StateMachine(0, programs.receiver(bits, channels, 1, 2), freq=rate * bits * 4,
                            sideset_base=machine.Pin(16), in_base=machine.Pin(18))
"""


def run(code: str, recorded) -> Played:
    played = play(SETUP + code, opened=False, wav_in=recorded)
    assert played.code == 0, played.err
    return played


@pytest.mark.parametrize("bits", [16, 32])
def test_a_receiver_of_the_left_channel_takes_in_one_word_a_frame(bits, recorded):
    played = run(
        f"""
buf = array("h" if {bits} == 16 else "i", bytes(200 * {bits // 8}))
machine_0 = receiver({bits}, channels=1)
dma = take(0, buf, {bits})
dma.active(True)
machine_0.active(1)
time.sleep_ms(2)
print(dma.count)
time.sleep_ms(3)
print(list(buf))
""",
        recorded,
    )
    assert int(played.lines[0]) == pytest.approx(200 - 88.2, abs=2)
    assert eval(played.lines[1]) == [n << (bits - 16) for n in range(1, 201)]


def test_what_a_follower_has_no_room_for_is_lost_by_whole_frames(recorded):
    played = run(
        """
buf = array("h", bytes(80))
follow = rp2.StateMachine(0, programs.follower(2, 16, 17), in_base=machine.Pin(19),
                          jmp_pin=machine.Pin(17))
send = rp2.StateMachine(1, programs.transmitter(16, 16, 1, 2), freq=44100 * 64,
                        sideset_base=machine.Pin(16), out_base=machine.Pin(18))
out = array("h", range(2000))
dma, feed = take(0, buf, 16), rp2.DMA()
ctrl = feed.pack_ctrl(size=1, inc_write=False, treq_sel=1)
feed.config(read=out, write=send, count=2000, ctrl=ctrl)
feed.active(True)
follow.active(1)
send.active(1)
time.sleep_ms(5)
dma.active(True)
time.sleep_ms(5)
print(list(buf))
""",
        recorded,
    )
    heard = eval(played.lines[0])
    assert heard[:8] == [1, -1, 2, -2, 3, -3, 4, -4]
    first = heard[8]
    assert 215 < first < 230
    assert heard[8:] == [s * n for n in range(first, first + 16) for s in (1, -1)]


def test_a_follower_needs_the_word_clock_as_its_jmp_pin(recorded):
    follower = "rp2.StateMachine(0, programs.follower(2, 16, 17), in_base=machine.Pin(19))"
    played = play(SETUP + follower, opened=False, wav_in=recorded)
    assert played.code == 1
    assert "a follower whose jmp_pin is not its word clock" in played.err


@pytest.mark.parametrize("bits", [16, 32])
def test_a_receiver_takes_in_what_is_on_the_wire(bits, recorded):
    played = run(
        f"""
buf = array("h" if {bits} == 16 else "i", bytes(400 * {bits // 8}))
machine_0 = receiver({bits})
dma = take(0, buf, {bits})
when = 0
def done(dma):
    global when
    when = time.ticks_us() - start
dma.irq(done)
dma.active(True)
start = time.ticks_us()
machine_0.active(1)
time.sleep_ms(2)
print(dma.count)
time.sleep_ms(8)
print(list(buf))
print(when, dma.count)
""",
        recorded,
    )
    n = np.repeat(np.arange(1, 201), 2) * np.tile([1, -1], 200) << (bits - 16)
    assert int(played.lines[0]) == pytest.approx(400 - 2 * 88.2, abs=3)
    assert eval(played.lines[1]) == n.tolist()
    when, left = map(int, played.lines[2].split())
    assert when == pytest.approx(200e6 / 44100, abs=50)
    assert left == 0
    assert played.report["received_rate"] == 44100


def test_a_receiver_waits_where_nobody_takes_its_words(recorded):
    played = run(
        """
machine_0 = receiver(16)
machine_0.active(1)
time.sleep_ms(5)
buf = array("h", bytes(40))
dma = take(0, buf, 16)
dma.active(True)
time.sleep_ms(1)
print(list(buf))
""",
        recorded,
    )
    assert eval(played.lines[0]) == [s * n for n in range(1, 11) for s in (1, -1)]


def test_a_follower_reads_by_the_clocks_of_a_transmitter(recorded):
    played = run(
        """
buf = array("h", bytes(1200))
follow = rp2.StateMachine(0, programs.follower(2, 16, 17), in_base=machine.Pin(19),
                          jmp_pin=machine.Pin(17))
send = rp2.StateMachine(1, programs.transmitter(16, 16, 1, 2), freq=44100 * 64,
                        sideset_base=machine.Pin(16), out_base=machine.Pin(18))
out = array("h", range(500))
dma, feed = take(0, buf, 16), rp2.DMA()
ctrl = feed.pack_ctrl(size=1, inc_write=False, treq_sel=1)
feed.config(read=out, write=send, count=500, ctrl=ctrl)
feed.active(True)
dma.active(True)
follow.active(1)
time.sleep_ms(3)
print(buf[0], dma.count)
send.active(1)
time.sleep_ms(20)
print(list(buf[:500]) == [s * n for n in range(1, 251) for s in (1, -1)], dma.count)
feed.active(True)
time.sleep_ms(20)
print(buf[599], dma.count, dma.active())
""",
        recorded,
    )
    # It stands still while the clocks do.
    assert played.lines == ["0 600", "True 100", "-300 0 False"]
    assert played.frames[:250].ravel().tolist() == list(range(500))
