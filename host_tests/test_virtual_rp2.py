"""The virtual I2S as the rp2 driver, in its non-blocking mode."""

import numpy as np
import pytest
from virtual_run import is_ramp, needs_micropython, play, sounding

pytestmark = needs_micropython

# Frames before the first write is heard: two DMA halves of 32, of which the first frame is lost.
LEAD = 63


def test_plays_what_is_written_after_two_silent_halves():
    p = play("""
        i2s = open_i2s()
        i2s.irq(lambda s: None)
        i2s.write(ramp(256))
        time.sleep_ms(20)
        i2s.deinit()
    """)
    assert not p.frames[:LEAD].any()
    assert is_ramp(p.frames[LEAD : LEAD + 256])
    assert not p.frames[LEAD + 256 :].any()


def test_callback_times_are_those_of_the_stock_firmware():
    # MicroPython v1.28 on an emulated RP2040 printed these for the same program.
    p = play("""
        def program(wires):
            bufs = [bytearray(1024) for _ in range(12)]
            times = []
            def ready(s):
                times.append(time.ticks_us())
                if len(times) < 12:
                    s.write(bufs[len(times)])
            i2s = I2S(0, **wires)
            start = time.ticks_us()
            i2s.irq(ready)
            i2s.write(bufs[0])
            time.sleep_ms(100)
            print([t - start for t in times])
        program(wires())
    """)
    firmware = [1729, 3178, 4629, 6080, 7531, 13337, 19142, 24947, 30752, 36557, 42362, 48167]
    assert np.allclose(eval(p.out), firmware, rtol=0, atol=15)


def test_the_callback_means_copied_not_played():
    p = play("""
        i2s = open_i2s(ibuf=8192)
        i2s.irq(lambda s: print(time.ticks_ms()))
        i2s.write(ramp(1024))
        time.sleep_ms(100)
    """)
    # 4096 bytes are in the ring after eight interrupts; they play for 23 ms.
    assert 5 <= int(p.lines[0]) <= 8


def test_a_second_write_abandons_the_first():
    p = play("""
        done = []
        i2s = open_i2s()
        i2s.irq(done.append)
        first, second = ramp(1024), ramp(256, 5001)
        print(i2s.write(first), i2s.write(second))
        time.sleep_ms(100)
        print(len(done))
    """)
    assert p.lines == ["4096 1024", "1"]
    assert is_ramp(sounding(p.frames), 5001)


def test_what_an_interrupt_has_copied_of_an_abandoned_write_is_heard():
    p = play("""
        i2s = open_i2s()
        i2s.irq(lambda s: None)
        first, second = ramp(1024), ramp(256, 5001)
        i2s.write(first)
        time.sleep_us(1000)
        i2s.write(second)
        time.sleep_ms(100)
    """)
    heard = sounding(p.frames)
    assert is_ramp(heard[:128])
    assert is_ramp(heard[128:], 5001)


def test_an_underrun_is_silence_in_whole_halves():
    p = play("""
        i2s = open_i2s()
        i2s.irq(lambda s: None)
        a, b = ramp(64), ramp(64, 65)
        i2s.write(a)
        time.sleep_ms(10)
        i2s.write(b)
        time.sleep_ms(10)
        i2s.deinit()
    """)
    heard = np.flatnonzero(p.frames[:, 0])
    gap = np.diff(heard).max() - 1
    assert is_ramp(sounding(p.frames))
    assert gap > 200 and gap % 32 == 0
    assert p.report["true_underruns"] == 1
    assert p.report["starved_frames"] >= gap


def test_a_tail_shorter_than_a_half_never_plays():
    p = play("""
        i2s = open_i2s()
        i2s.irq(lambda s: None)
        i2s.write(ramp(100))
        time.sleep_ms(50)
    """)
    assert is_ramp(sounding(p.frames))
    assert len(sounding(p.frames)) == 96


@pytest.mark.parametrize(("ibuf", "starts"), [(512, False), (513, True)])
def test_an_ibuf_that_never_takes_512_bytes_never_starts(ibuf, starts):
    p = play(f"""
        i2s = open_i2s(ibuf={ibuf})
        i2s.irq(lambda s: print("ready"))
        i2s.write(ramp(256))
        time.sleep_ms(50)
    """)
    assert ("ready" in p.out) is starts
    assert bool(len(sounding(p.frames))) is starts


@pytest.mark.parametrize(("ibuf", "starts"), [(100, False), (101, True)])
def test_a_short_write_needs_room_for_all_of_it(ibuf, starts):
    p = play(f"""
        i2s = open_i2s(ibuf={ibuf})
        i2s.irq(lambda s: print("ready"))
        i2s.write(ramp(25))
        time.sleep_ms(50)
    """)
    assert ("ready" in p.out) is starts


def test_a_full_queue_loses_the_callback_and_the_stream_stops():
    p = play("""
        import micropython
        n = 0
        def ready(s):
            global n
            n += 1
            s.write(buf)
        buf = ramp(256)
        i2s = open_i2s()
        i2s.irq(ready)
        i2s.write(buf)
        def hog(_):
            # A long callback: meanwhile eight others fill the queue.
            for _ in range(8):
                micropython.schedule(lambda _: None, 0)
            time.sleep_ms(30)
        micropython.schedule(hog, 0)
        time.sleep_ms(200)
        print(n)
    """)
    assert p.lines == ["0"]
    assert p.report["lost_callbacks"] == 1
    assert is_ramp(sounding(p.frames)) and len(sounding(p.frames)) == 256


def test_an_exception_in_the_callback_is_printed_and_the_stream_stops():
    p = play("""
        def ready(s):
            1 / 0
        i2s = open_i2s()
        i2s.irq(ready)
        i2s.write(ramp(256))
        time.sleep_ms(100)
        print("alive")
    """)
    assert p.code == 0
    assert p.out.count("ZeroDivisionError") == 1
    assert "virtual_board" not in p.out
    assert p.lines[-1] == "alive"
    assert p.report["callbacks"] == 1


def test_callbacks_do_not_nest():
    p = play("""
        depth = most = n = 0
        def ready(s):
            global depth, most, n
            depth += 1
            most = max(most, depth)
            n += 1
            s.write(buf)
            time.sleep_ms(2)
            depth -= 1
        buf = bytearray(64)
        i2s = open_i2s()
        i2s.irq(ready)
        i2s.write(buf)
        time.sleep_ms(100)
        print(most, n > 20)
    """)
    assert p.lines == ["1 True"]


def test_a_bus_opened_again_replays_the_last_256_bytes():
    p = play("""
        i2s = open_i2s()
        i2s.irq(lambda s: None)
        i2s.write(ramp(512))
        time.sleep_ms(8)
        i2s.deinit()
        i2s = open_i2s()
        time.sleep_ms(10)
        i2s.deinit()
    """)
    heard = sounding(p.frames)
    cut = int(np.flatnonzero(np.diff(heard[:, 0]) != 1)[0]) + 1
    assert is_ramp(heard[:cut])
    replayed = heard[cut:]
    # Two halves of what was on its way, not more than once; the first frame is not whole.
    assert len(replayed) == 63
    assert set(replayed[:, 0]) <= set(range(cut - 63, cut + 65))


def test_the_same_id_gives_the_same_object():
    p = play("""
        a = open_i2s()
        b = open_i2s(rate=22050)
        print(a is b, open_i2s(id=1, sck=20) is a)
    """)
    assert p.lines == ["True False"]
