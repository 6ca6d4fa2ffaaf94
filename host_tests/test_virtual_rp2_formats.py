"""The virtual I2S as the rp2 driver: formats, buffers, rates and what rendering costs."""

import math

import numpy as np
import pytest
from virtual_run import is_ramp, needs_micropython, play, sounding

pytestmark = needs_micropython


@pytest.mark.parametrize(
    ("bits", "form", "rate", "size", "firmware"),
    [
        (16, "MONO", 48000, 600, [1338, 2669, 4003, 5336, 6669, 8003, 13336, 20003, 26003, 32004]),
        (32, "STEREO", 32000, 2048, [2240, 5237, 13238, 21238, 29239, 37239, 45240, 53240, 61241]),
        (32, "MONO", 48000, 700, [741, 1405, 2071, 2738, 3405, 6730, 10396, 14063, 17729, 21395]),
    ],
)
def test_callback_times_of_other_formats(bits, form, rate, size, firmware):
    p = play(f"""
        def program(wires):
            times = []
            buf = bytearray({size})
            def ready(s):
                times.append(time.ticks_us())
                if len(times) < {len(firmware)}:
                    s.write(buf)
            i2s = I2S(0, **wires)
            start = time.ticks_us()
            i2s.irq(ready)
            i2s.write(buf)
            time.sleep_ms(80)
            print([t - start for t in times])
        program(wires(bits={bits}, format=I2S.{form}, rate={rate}, ibuf=3000))
    """)
    assert np.allclose(eval(p.out), firmware, rtol=0, atol=15)


@pytest.mark.parametrize(("bits", "tail"), [(16, 32), (32, 16)])
def test_mono_goes_into_a_mono_wav_once(bits, tail):
    p = play(f"""
        i2s = open_i2s(bits={bits}, format=I2S.MONO)
        i2s.irq(lambda s: None)
        i2s.write(ramp(256, width={bits // 8}, channels=1))
        time.sleep_ms(50)
    """)
    assert p.frames.dtype.itemsize * 8 == bits
    assert p.frames.shape[1] == 1
    # A half needs 128 bytes in the ring and takes 64 of them: 64 stay.
    assert np.array_equal(sounding(p.frames)[:, 0], np.arange(1, 257 - tail))


def test_thirty_two_bits():
    p = play("""
        i2s = open_i2s(bits=32)
        i2s.irq(lambda s: None)
        i2s.write(ramp(256, 100000, width=4))
        time.sleep_ms(50)
    """)
    assert is_ramp(sounding(p.frames), 100000)


def test_write_takes_a_count_and_an_offset():
    p = play("""
        i2s = open_i2s()
        i2s.irq(lambda s: None)
        buf = ramp(256)
        print(i2s.write(buf, 256), i2s.write(buf, 512, 128), i2s.write(buf, 1000, 500))
        i2s.write(buf, 512, 128)
        time.sleep_ms(50)
    """)
    assert p.lines == ["256 128 24"]
    assert is_ramp(sounding(p.frames), 129)
    assert len(sounding(p.frames)) == 32


def test_buffers_of_other_types():
    p = play("""
        import array
        i2s = open_i2s()
        i2s.irq(lambda s: None)
        words = array.array("h", (i if i & 1 else 1 for i in range(256)))
        print(i2s.write(words), i2s.write(memoryview(words)), i2s.write(bytes(12)))
        print(i2s.write(memoryview(words)[128:]))
        time.sleep_ms(50)
    """)
    assert p.lines == ["512 512 12", "256"]
    assert np.array_equal(sounding(p.frames)[:, 1], np.arange(129, 257, 2))


@pytest.mark.parametrize(
    ("board", "clock", "rate", "bits"),
    [
        ("rpi_pico", 125_000_000, 44100, 16),
        ("rpi_pico", 125_000_000, 48000, 32),
        ("rpi_pico", 200_000_000, 44100, 16),
        ("rpi_pico", 125_000_000, 8000, 16),
        ("rpi_pico2", 150_000_000, 44100, 16),
    ],
)
def test_the_rate_is_what_the_clock_divider_can_make(board, clock, rate, bits):
    p = play(
        f"""
        import machine
        if machine.freq() != {clock}:
            machine.freq({clock})
        open_i2s(rate={rate}, bits={bits})
        """,
        board,
        seconds=1,
    )
    steps = math.floor(clock * 256 / (rate * 4 * bits) + 0.5)
    real = clock * 256 / (steps * 4 * bits)
    assert p.report["frame_rate"] == pytest.approx(real)
    assert len(p.frames) == pytest.approx(real, abs=50)
    assert p.wavs[0][0] == rate


def test_the_rate_is_the_one_seen_on_the_pins():
    # What the pins of an emulated RP2040 did under the stock firmware.
    assert play("open_i2s()", seconds=0.1).report["frame_rate"] == pytest.approx(
        44099.488, abs=0.01
    )


def test_a_new_clock_changes_the_pace_of_an_open_bus():
    p = play(
        """
        import machine
        open_i2s()
        time.sleep_ms(500)
        machine.freq(250_000_000)
        time.sleep_ms(500)
        """,
        seconds=1,
    )
    assert len(p.frames) == pytest.approx(44100 * 1.5, rel=0.01)


def test_rendering_costs_what_it_is_said_to():
    code = """
        n = 0
        def ready(s):
            s.write(buf)
        buf = ramp(256)
        i2s = open_i2s(ibuf=2048)
        i2s.irq(ready)
        i2s.write(buf)
        time.sleep_ms(500)
        i2s.deinit()
    """
    # 256 frames are four blocks and last 5.8 ms.
    assert play(code, cost=1000).report["starved_frames"] == 0
    late = play(code, cost=1600).report
    assert late["true_underruns"] > 10
    assert late["deterministic"] is True
