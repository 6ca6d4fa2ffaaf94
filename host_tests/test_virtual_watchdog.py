"""Programs on the virtual board that make no board calls."""

import time

import pytest
from virtual_run import needs_micropython, play

pytestmark = needs_micropython

STREAM = """
n = 0
def ready(s):
    global n
    n += 1
    s.write(buf)
buf = bytearray(b"\\1" * 1024)
i2s = open_i2s()
i2s.irq(ready)
i2s.write(buf)
"""


def test_a_loop_that_waits_for_a_callback_gets_it():
    p = play(STREAM + "while n < 50: pass\nprint(n)\ni2s.deinit()\n", seconds=5)
    assert p.code == 0
    assert p.lines == ["50"]
    assert p.report["deterministic"] is False


def test_a_program_that_refills_from_a_busy_loop_keeps_playing():
    p = play(
        """
        ready = False
        def done(s):
            global ready
            ready = True
        buf = bytearray(b"\\1" * 1024)
        i2s = open_i2s()
        i2s.irq(done)
        i2s.write(buf)
        for _ in range(30):
            while not ready: pass
            ready = False
            i2s.write(buf)
        print("ok")
        i2s.deinit()
        """,
        seconds=5,
    )
    assert p.lines == ["ok"]
    assert p.report["deterministic"] is False


def test_an_empty_loop_ends_with_the_seconds():
    began = time.monotonic()
    p = play(
        """
        try:
            while True: pass
        finally:
            print("bye")
        """,
        seconds=1,
    )
    assert p.code == 0
    assert (p.out, p.err) == ("bye\n", "")
    assert p.report["deterministic"] is False
    assert time.monotonic() - began < 10


def test_a_second_of_computing_is_not_taken_for_a_loop():
    p = play(
        """
        start = time.ticks_us()
        from host_clock import ticks_us
        t = ticks_us()
        while ticks_us() - t < 600_000: pass
        print(time.ticks_us() - start)
        """,
        seconds=1,
    )
    assert p.lines == ["5"]
    assert p.report["deterministic"] is True


@pytest.mark.parametrize("body", ["while True: pass", "spin()"])
def test_a_callback_that_never_ends_is_ended_by_the_host(body):
    began = time.monotonic()
    p = play(
        f"""
        import micropython
        @micropython.viper
        def spin():
            while True:
                pass
        def ready(s):
            {body}
        i2s = open_i2s()
        i2s.irq(ready)
        i2s.write(bytearray(1024))
        """,
        patience=2,
    )
    assert p.code == 1
    assert p.result.messages[0] == "the program made no progress for 2 s and was ended"
    assert time.monotonic() - began < 10
    assert p.report["deterministic"] is False
