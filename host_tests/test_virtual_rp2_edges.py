"""The virtual I2S as the rp2 driver: interrupts that come late, the ends of the sound."""

import numpy as np
import pytest
from virtual_run import is_ramp, needs_micropython, play, sounding

pytestmark = needs_micropython


def test_interrupts_masked_longer_than_a_half_replay_old_data():
    p = play("""
        from machine import disable_irq, enable_irq
        buf = ramp(4096)
        i2s = open_i2s(ibuf=20000)
        i2s.irq(lambda s: None)
        i2s.write(buf)
        time.sleep_ms(30)
        state = disable_irq()
        time.sleep_us(3000)
        enable_irq(state)
        time.sleep_ms(30)
        i2s.deinit()
    """)
    n = sounding(p.frames)[:, 0].astype(int)
    odd = np.flatnonzero(np.diff(n) != 1)
    assert len(odd) >= 2
    assert is_ramp(sounding(p.frames)[: odd[0] + 1])
    garbage = n[odd[0] + 1 : odd[-1] + 1]
    assert len(set(garbage)) < len(garbage)
    assert len(garbage) <= 6 * 32
    assert set(np.diff(n[odd[-1] + 1 :])) == {1}


def test_interrupts_masked_shorter_than_a_half_do_no_harm():
    p = play("""
        from machine import disable_irq, enable_irq
        i2s = open_i2s(ibuf=20000)
        i2s.irq(lambda s: None)
        i2s.write(ramp(4096))
        time.sleep_ms(30)
        for _ in range(20):
            state = disable_irq()
            time.sleep_us(500)
            enable_irq(state)
            time.sleep_us(900)
        i2s.deinit()
    """)
    assert is_ramp(sounding(p.frames))


def test_nothing_plays_after_deinit():
    p = play("""
        i2s = open_i2s()
        i2s.irq(lambda s: print("ready"))
        i2s.deinit()
        print(i2s.write(bytearray(1000)))
        time.sleep_ms(50)
        i2s.deinit()
    """)
    assert p.lines == ["1000"]
    assert len(p.frames) < 16


@pytest.mark.parametrize(("ibuf", "us", "frames"), [(4096, 5000, 220), (20000, 5000, 220)])
def test_the_sound_ends_where_deinit_begins(ibuf, us, frames):
    # As many as left the pins of an emulated RP2040; giving a large ring back takes 300 us more.
    p = play(f"""
        i2s = open_i2s(ibuf={ibuf})
        time.sleep_us({us})
        i2s.deinit()
    """)
    assert len(p.frames) == frames


@pytest.mark.parametrize(("us", "silent"), [(520, 63), (560, 95)])
def test_an_interrupt_finds_what_a_blocking_write_has_copied_by_then(us, silent):
    # 623 us after the opening; a half takes 73 us to copy. The same on an emulated RP2040.
    p = play(f"""
        data = ramp(200)
        i2s = open_i2s(ibuf=8000)
        time.sleep_us({us})
        i2s.write(data)
        time.sleep_us(9000)
    """)
    assert np.flatnonzero(p.frames[:, 0])[0] == silent
    assert is_ramp(sounding(p.frames))
