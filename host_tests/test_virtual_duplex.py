"""Receiver and duplex pair of aether on the virtual board: what comes in, block by block."""

import numpy as np
import pytest
from dma_kit import ECHO, TOOLS
from virtual_run import Played, needs_micropython, play

pytestmark = needs_micropython

FORMATS = [(16, 2), (16, 1), (32, 2), (32, 1)]


def run(code: str, **options) -> Played:
    played = play(TOOLS + code, opened=False, **options)
    assert played.code == 0, played.err
    return played


def wired(frames: int, bits: int, channels: int) -> np.ndarray:
    """What `recorded` holds, n and -n, as samples in memory."""
    n = np.arange(1, frames + 1, dtype=np.int64) << (bits - 16)
    return np.stack([n, -n], 1)[:, :channels].astype(f"<i{bits // 8}")


@pytest.mark.parametrize("driver", ["Rp2DMAIn(16, 17, 18", "Rp2Duplex(16, 17, 18, 19"])
@pytest.mark.parametrize(("bits", "channels"), FORMATS)
def test_the_recording_comes_in_from_its_first_frame(driver, bits, channels, recorded):
    ended, counters = ("ended_in", "counters_in") if "Duplex" in driver else ("ended", "counters")
    slots = "slots_in" if "Duplex" in driver else "slots"
    played = run(
        f"""
from array import array
d = drivers.{driver}, bits={bits}, channels={channels})
d.prepare(64, 8)
got, seen, at = bytearray(20 * len(d.{slots}[0])), array("i", bytes(80)), array("i", bytes(80))
size, calls = len(d.{slots}[0]), 0
def ready(dma):
    global calls
    if calls < 20:
        seen[calls] = d.{ended}()
        at[calls] = time.ticks_us()
        got[calls * size : (calls + 1) * size] = d.{slots}[calls % len(d.{slots})]
        calls += 1
d.open()
print(d.{ended}())
d.run(ready)
while calls < 20:
    time.sleep_us(100)
print(0 < d.{counters}()[1].count <= size)
micropython.heap_lock()
d.close()
micropython.heap_unlock()
print(got.hex())
print(list(seen))
print(list(at))
print(channels(), running())
""",
        wav_in=recorded,
    )
    before, counts, data, seen, at, given_back = played.lines
    assert (before, counts) == ("32767", "True")
    expected = wired(20 * 64, bits, channels)
    frames = np.frombuffer(bytes.fromhex(data), f"<i{bits // 8}").reshape(-1, channels)
    np.testing.assert_array_equal(frames, expected)
    assert eval(seen) == list(range(1, 21))
    np.testing.assert_allclose(np.diff(eval(at)), 64e6 / 44100, atol=20)
    assert given_back == "12 []"
    assert played.report["received_rate"] == 44100


@pytest.mark.parametrize(("sck", "ws"), [(16, 17), (17, 16)])
@pytest.mark.parametrize(("bits", "channels"), FORMATS)
def test_a_pair_that_shares_its_data_pin_hears_what_it_sends(bits, channels, sck, ws, recorded):
    played = run(
        f"""{ECHO}
for rate in (8000, 44100, 96000):
    echo(rate, {sck}, {ws}, {bits}, {channels})
""",
        wav_in=recorded,
    )
    size = 64 * channels * bits // 8
    assert played.lines == [f"{rate} 6 {size} 0" for rate in (8000, 44100, 96000)]


@pytest.mark.parametrize("sd_in", [18, 19])
def test_a_pair_allocates_nothing_in_its_callbacks(sd_in):
    played = run(f"""
def ready(dma):
    global calls
    calls += 1
    if calls == 100:
        micropython.schedule(close, None)
def close(_):
    d.close()
calls = 0
d = drivers.Rp2Duplex(16, 17, 18, {sd_in})
d.prepare(64, 8)
d.open()
d.run(ready)
time.sleep_ms(200)
print(calls, channels(), running())
""")
    assert played.lines == ["100 12 []"]
    assert played.report["allocated_bytes"] == 0


def test_it_opens_again_in_step():
    assert (
        run(f"""{ECHO}
d = echo(48000)
for _ in range(3):
    time.sleep_us(777)
    d.open()
    noise(d.slots[0])
    sent = bytes(d.slots[0])
    d.run(nothing)
    while d.ended_in() < 2:
        pass
    d.close()
    print(sent == bytes(d.slots_in[0]), sent[:4] == bytes(4), channels(), running())
""").lines[1:]
        == ["True False 12 []"] * 3
    )


def test_a_follower_that_missed_clocks_is_in_step_with_the_next_frame():
    lines = run("""
d = drivers.Rp2Duplex(16, 17, 18, 18)
d.prepare(64, 3)
d.open()
d.run(nothing)
pulse = bytes.fromhex("01400240") * 64
def fill():
    for slot in d.slots:
        slot[:] = pulse
follower = rp2.StateMachine(d._claim.machines[1])
for us in (13, 27, 101, 155):
    follower.active(0)
    time.sleep_us(us)
    follower.active(1)
    for _ in range(60):
        fill()
        time.sleep_us(100)
    block = d.slots_in[(d.ended_in() - 1) & 3]
    print({bytes(block[i : i + 4]) for i in range(0, 256, 4)} == {b"\x01\x40\x02\x40"})
d.close()
""").lines
    assert lines == ["True"] * 4


def test_a_pair_hears_silence_without_a_recording():
    assert run("""
d = drivers.Rp2Duplex(16, 17, 18, 19)
d.prepare(64, 4)
d.open()
noise(d.slots[0])
d.slots_in[0][:] = b"x" * 256
d.run(nothing)
while d.ended_in() < 1:
    pass
print(bytes(d.slots_in[0]) == bytes(256), d.ended())
d.close()
""").lines == ["True 1"]
