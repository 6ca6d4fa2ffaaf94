"""The virtual I2S as the esp32 driver over ESP-IDF."""

import numpy as np
import pytest
from virtual_run import is_ramp, needs_micropython, play, sounding

pytestmark = needs_micropython

ESP = "esp32_generic"


@pytest.mark.parametrize(("ibuf", "buffers"), [(1, 2), (2048, 2), (4095, 3), (8192, 8)])
def test_the_first_frame_comes_after_all_buffers(ibuf, buffers):
    p = play(
        f"""
        i2s = open_i2s(ibuf={ibuf})
        i2s.irq(lambda s: None)
        i2s.write(ramp(300))
        time.sleep_ms(100)
        """,
        ESP,
    )
    # Buffer 0 can be filled once it has been played, and comes round again after all others;
    # 512 frames are the least there is.
    assert np.flatnonzero(p.frames[:, 0])[0] == buffers * 256
    assert is_ramp(sounding(p.frames))


def test_rates_are_exact():
    assert len(play("open_i2s(rate=48000)", ESP, seconds=1).frames) == pytest.approx(48000, abs=50)


def test_a_second_write_waits_in_a_queue_of_one_and_a_third_is_dropped():
    p = play(
        """
        done = []
        i2s = open_i2s(ibuf=2048)
        i2s.irq(done.append)
        a, b, c = ramp(1024), ramp(256, 5001), ramp(256, 9001)
        time.sleep_ms(20)
        i2s.write(a)
        time.sleep_ms(1)      # the task has taken it
        print(i2s.write(b), i2s.write(c))
        time.sleep_ms(200)
        print(len(done))
        """,
        ESP,
    )
    assert p.lines == ["1024 1024", "2"]
    heard = sounding(p.frames)
    assert is_ramp(heard[:1024])
    assert is_ramp(heard[1024:], 5001)


def test_a_write_that_the_task_has_not_taken_drops_the_next():
    p = play(
        """
        i2s = open_i2s(ibuf=2048)
        i2s.irq(lambda s: None)
        a, b = ramp(256), ramp(256, 5001)
        print(i2s.write(a), i2s.write(b))
        time.sleep_ms(100)
        """,
        ESP,
    )
    assert p.lines == ["1024 1024"]
    assert is_ramp(sounding(p.frames))
    assert len(sounding(p.frames)) == 256


@pytest.mark.parametrize(("waits", "least"), [("time.sleep_ms(1)", 0), ("time.ticks_us()", 9000)])
def test_the_task_gets_the_processor_when_the_program_waits_or_at_a_tick(waits, least):
    p = play(
        f"""
        i2s = open_i2s(ibuf=16384)
        done = []
        i2s.irq(lambda s: done.append(time.ticks_us()))
        time.sleep_ms(50)
        start = time.ticks_us()
        i2s.write(bytearray(64))
        while not done:
            {waits}
        print(done[0] - start)
        """,
        ESP,
    )
    assert least <= int(p.out) <= least + 1500


def test_an_underrun_is_silence_not_old_sound():
    p = play(
        """
        i2s = open_i2s(ibuf=4096)
        i2s.irq(lambda s: None)
        i2s.write(ramp(1024))
        time.sleep_ms(200)
        """,
        ESP,
    )
    assert is_ramp(sounding(p.frames))
    assert len(sounding(p.frames)) == 1024
    assert p.report["starved_frames"] > 4000


def test_a_tail_is_played_with_silence_behind_it():
    p = play(
        """
        i2s = open_i2s()
        i2s.irq(lambda s: None)
        i2s.write(ramp(100))
        time.sleep_ms(200)
        """,
        ESP,
    )
    assert is_ramp(sounding(p.frames))
    assert len(sounding(p.frames)) == 100


def test_a_steady_stream_has_no_gaps():
    p = play(
        """
        n = 1
        bufs = [bytearray(1024), bytearray(1024)]
        def ready(s):
            global n
            buf = bufs[n // 256 & 1]
            for i in range(256):
                x = (n + i) % 30000 + 1
                buf[4 * i] = buf[4 * i + 2] = x & 255
                buf[4 * i + 1] = buf[4 * i + 3] = x >> 8
            n += 256
            s.write(buf)
        i2s = open_i2s(ibuf=4096)
        i2s.irq(ready)
        ready(i2s)
        time.sleep_ms(500)
        """,
        ESP,
    )
    steps = set(np.diff(sounding(p.frames)[:, 0].astype(int)))
    assert steps <= {1, 1 - 30000}
    assert p.report["true_underruns"] == 0


def test_mono_has_frames_of_one_channel():
    p = play(
        """
        i2s = open_i2s(format=I2S.MONO, ibuf=1024)
        i2s.irq(lambda s: None)
        i2s.write(ramp(256, channels=1))
        time.sleep_ms(100)
        """,
        ESP,
    )
    assert p.frames.shape[1] == 1
    assert np.array_equal(sounding(p.frames)[:, 0], np.arange(1, 257))


def test_blocking_writes():
    p = play(
        """
        i2s = open_i2s(ibuf=4096)
        start = time.ticks_ms()
        print(i2s.write(ramp(4096)))
        print(time.ticks_ms() - start)
        time.sleep_ms(100)
        """,
        ESP,
    )
    assert p.lines[0] == "16384"
    assert is_ramp(sounding(p.frames))
    # All but what the buffers hold has been played.
    assert int(p.lines[1]) == pytest.approx(16 * 256 / 44.1, abs=2)


def test_constructor_errors_and_what_is_no_error_here():
    p = play(
        """
        def attempt(**change):
            options = dict(sck=26, ws=25, sd=22, mode=I2S.TX, bits=16, format=I2S.STEREO,
                           rate=44100, ibuf=4096)
            options.update(change)
            try:
                I2S(options.pop("id", 0), **options).deinit()
                print("ok")
            except (ValueError, OSError) as error:
                print(error)
        attempt(id=2)
        attempt(mode=0)
        attempt(bits=24)
        attempt(format=7)
        attempt(ws=99)
        attempt(ibuf=-5)
        attempt(ibuf=1 << 24)
        """,
        ESP,
    )
    assert p.lines == [
        "invalid id",
        "invalid mode",
        "invalid bits",
        "invalid format",
        "invalid pin",
        "ok",
        "(-257, 'ESP_ERR_NO_MEM')",
    ]


def test_receiving():
    p = play(
        """
        i2s = open_i2s(mode=I2S.RX, ibuf=8192)
        buf = bytearray(1024)
        done = []
        start = time.ticks_us()
        i2s.irq(lambda s: done.append(time.ticks_us() - start))
        i2s.readinto(buf)
        time.sleep_ms(30)
        print(done[0], len(done), list(buf[:8]))
        """,
        ESP,
    )
    took, rest = p.out.split(" ", 1)
    # A buffer of 256 frames comes in whole.
    assert int(took) == pytest.approx(256 / 44100 * 1e6, abs=50)
    assert rest == "1 [0, 0, 0, 0, 0, 0, 0, 0]\n"


def test_writing_to_a_bus_that_is_closed():
    p = play(
        """
        i2s = open_i2s()
        i2s.deinit()
        for handler in (None, print):
            i2s.irq(handler)
            try:
                i2s.write(bytearray(100))
            except OSError as error:
                print(error)
        """,
        ESP,
    )
    assert p.lines == ["(-258, 'ESP_ERR_INVALID_ARG')"] * 2


def test_a_timer_made_again_is_the_same_and_there_are_four():
    p = play(
        """
        from machine import Timer
        first, second = [], []
        timer = Timer(3, mode=Timer.PERIODIC, period=5, callback=first.append)
        time.sleep_ms(12)
        again = Timer(3)
        time.sleep_ms(10)
        print(again is timer, len(first))
        again.init(mode=Timer.PERIODIC, period=5, callback=second.append)
        time.sleep_ms(12)
        timer.deinit()
        time.sleep_ms(12)
        print(len(first), len(second))
        for number in (-1, 4):
            try:
                Timer(number)
            except ValueError as error:
                print(error)
        """,
        ESP,
    )
    assert p.lines == ["True 4", "4 2", "invalid Timer number", "invalid Timer number"]
