"""How a run on the virtual board ends, and what it leaves."""

import json

import numpy as np
import pytest
from virtual_run import needs_micropython, play, sounding

pytestmark = needs_micropython

# Plays a constant for ever.
STREAM = """
buf = bytearray(b"\\1" * 1024)
i2s = open_i2s()
i2s.irq(lambda s: s.write(buf))
i2s.write(buf)
"""


@pytest.mark.parametrize("board", ["rpi_pico", "esp32_generic"])
def test_the_wav_is_cut_at_exactly_the_seconds_given(board):
    p = play(STREAM + "start = time.ticks_us()\nprint(start)\n", board, seconds=0.5)
    assert p.code == 0
    assert p.report["seconds"] == 0.5
    # On rp2 the first frame after an opening is not whole.
    frames = len(p.frames) + (board == "rpi_pico")
    opened = 0.5 - frames / p.report["frame_rate"]
    assert 0 <= opened < int(p.out) / 1e6
    assert p.frames[-1].any()
    longer = play(STREAM, board, seconds=0.6)
    gained = len(longer.frames) - len(p.frames)
    assert gained == pytest.approx(0.1 * p.report["frame_rate"], abs=1)


def test_the_board_runs_on_after_the_program_while_an_i2s_is_open():
    assert play(STREAM, seconds=1).report["seconds"] == 1
    p = play(STREAM + "time.sleep_ms(100)\ni2s.deinit()\n", seconds=1)
    assert p.report["seconds"] == pytest.approx(0.1, abs=0.01)


def test_finally_is_run_at_the_end_and_time_goes_on_for_it():
    p = play(
        STREAM
        + """
try:
    while True:
        time.sleep(1)
finally:
    i2s.deinit()
    time.sleep_ms(10)
    print("cleaned up", time.ticks_ms())
""",
        seconds=1,
    )
    assert (p.code, p.err) == (0, "")
    assert p.lines == ["cleaned up 1010"]
    assert p.report["seconds"] == 1


def test_handlers_for_exception_do_not_see_the_end():
    p = play(
        """
while True:
    try:
        time.sleep(1)
    except Exception:
        print("caught")
""",
        seconds=3,
    )
    assert (p.code, p.out, p.err) == (0, "", "")


def test_a_program_that_catches_everything_is_ended_by_force():
    p = play(
        STREAM
        + """
while True:
    try:
        time.sleep(1)
    except:
        pass
""",
        seconds=1,
    )
    assert p.code == 0
    assert len(p.frames) == pytest.approx(44100, rel=0.01)
    assert p.report["deterministic"] is True


def test_a_program_that_fails_shows_its_own_traceback():
    p = play("def f():\n    return 1 / 0\n\nf()\n", opened=False)
    assert p.code == 1
    assert p.err.splitlines() == [
        "Traceback (most recent call last):",
        '  File "program.py", line 4, in <module>',
        '  File "program.py", line 2, in f',
        "ZeroDivisionError: divide by zero",
    ]


@pytest.mark.parametrize(
    ("call", "code"), [("sys.exit()", 0), ("sys.exit(0)", 0), ("sys.exit(3)", 1)]
)
def test_system_exit_ends_the_run_with_the_bus_open(call, code):
    p = play(STREAM + f"time.sleep_ms(50)\nimport sys\n{call}\n", seconds=5)
    assert p.code == code
    assert p.err == ""
    assert p.report["seconds"] == pytest.approx(0.05, abs=0.01)


def test_an_error_while_cleaning_up_is_shown_and_is_not_the_runs():
    p = play(
        "import time\ntry:\n    time.sleep(9)\nfinally:\n    1 / 0\n", opened=False, seconds=1
    )
    assert p.code == 0
    assert "ZeroDivisionError" in p.err
    assert p.report["seconds"] == 1


def test_a_reset_ends_the_run_and_is_said():
    p = play("import machine\nmachine.reset()\nprint('no')", opened=False)
    assert (p.code, p.out) == (0, "")
    assert any("machine.reset()" in m for m in p.result.messages)


def test_a_traceback_shows_the_program_alone(tmp_path):
    p = play("import os\nos.remove('none')\n", opened=False, fs=tmp_path)
    assert [line.partition(" File ")[0] for line in p.err.splitlines()] == [
        "Traceback (most recent call last):",
        " ",
        "OSError: [Errno 2] ENOENT",
    ]


def test_what_the_board_has_not_is_named():
    for program in ("from machine import mem32", "from machine import *\nmem32[0]"):
        p = play(program + "\n", opened=False)
        assert p.code == 1
        assert "the virtual board has no machine.mem32" in p.err
    p = play("import network\n", opened=False)
    assert "the virtual board has no module network" in p.err


def test_other_parameters_start_another_wav():
    p = play("""
        i2s = open_i2s()
        time.sleep_ms(10)
        i2s.deinit()
        i2s = open_i2s()
        time.sleep_ms(10)
        i2s.deinit()
        i2s = open_i2s(rate=22050, format=I2S.MONO)
        time.sleep_ms(10)
        open_i2s(id=1, sck=20, rate=8000)
        time.sleep_ms(10)
    """)
    shapes = [(rate, frames.shape[1]) for rate, frames in p.wavs]
    assert shapes == [(44100, 2), (22050, 1), (8000, 2)]
    assert len(p.wavs[0][1]) == pytest.approx(2 * 441, abs=20)
    assert [p.name.split(".", 1)[1] for p in p.result.wavs] == ["wav", "2.wav", "3.wav"]


def test_two_runs_are_the_same_to_the_byte():
    code = (
        STREAM
        + """
import random, os
from machine import Timer
def noise(t):
    for i in range(0, 1024, 7):
        buf[i] = random.getrandbits(8)
Timer(-1, period=3, callback=noise)
print(random.random(), os.urandom(4))
for _ in range(50):
    time.sleep_us(random.randint(1, 20000))
print(time.ticks_us())
"""
    )
    a, b = play(code, cost=300), play(code, cost=300)
    assert a.out == b.out
    assert np.array_equal(a.frames, b.frames)
    assert [virtual for virtual, _ in a.result.callbacks] == [v for v, _ in b.result.callbacks]
    host = {"callback_us_mean", "callback_us_max", "load_mean", "load_max"}
    reports = [{k: v for k, v in p.report.items() if k not in host} for p in (a, b)]
    assert reports[0] == reports[1]
    assert reports[0]["deterministic"] is True


def test_the_report_holds_what_it_must():
    report = play(STREAM, seconds=0.5).report
    assert report["board"] == "rpi_pico"
    assert report["clock"] == "virtual"
    assert report["rate"] == 44100
    assert report["allocated_bytes"] == 0
    assert report["true_underruns"] == 0
    missing = "backend high_water capacity blocks underruns late_callbacks render_errors restarts "
    missing += "load_mean load_max latency_frames"
    assert all(report[key] is None for key in missing.split())
    json.dumps(report)


def test_the_report_of_a_stream_of_aether():
    p = play(
        """
        import board
        from aether import I2SOut, SharedBufferPool
        from aether.drivers import from_board
        stream = I2SOut(from_board(board), SharedBufferPool(4), lambda left, right: None)
        stream.start()
        time.sleep_ms(500)
        """,
        seconds=0.5,
    )
    report = p.report
    assert report["blocks"] > 300
    assert (report["capacity"], report["high_water"]) == (4, 2)
    assert report["backend"] in ("viper", "portable")
    assert report["underruns"] == report["true_underruns"] == 0
    assert report["allocated_bytes"] == 0
    assert 0 < report["load_mean"] <= report["load_max"]


def test_what_the_callback_allocates_is_counted():
    code = """
        n = 0
        def ready(s):
            global n
            n += 1
            {extra}
            s.write(buf)
        buf = bytearray(1024)
        i2s = open_i2s()
        i2s.irq(ready)
        i2s.write(buf)
        time.sleep_ms(300)
        i2s.deinit()
        print(n)
    """
    assert play(code.format(extra="pass")).report["allocated_bytes"] == 0
    p = play(code.format(extra="bytearray(100)"))
    assert p.report["allocated_bytes"] >= 100 * int(p.out)


def test_the_program_can_lock_the_heap_around_its_callback():
    p = play("""
        import micropython
        n = 0
        def ready(s):
            global n
            micropython.heap_lock()
            n += 1
            s.write(buf)
            time.ticks_us()
            micropython.heap_unlock()
        buf = bytearray(700)
        i2s = open_i2s()
        i2s.irq(ready)
        i2s.write(buf)
        time.sleep_ms(300)
        print(n > 50)
    """)
    assert p.lines == ["True"]


@pytest.mark.parametrize("board", ["rpi_pico", "esp32_generic"])
def test_long_runs_under_load_allocate_nothing(board):
    p = play(STREAM, board, cost=500, seconds=5)
    assert p.report["callbacks"] > 200
    assert p.report["allocated_bytes"] == 0


@pytest.mark.parametrize("board", ["rpi_pico", "esp32_generic"])
@pytest.mark.parametrize("form", ["MONO", "STEREO"])
@pytest.mark.parametrize("bits", [16, 32])
def test_what_happens_during_a_callback_allocates_nothing(board, form, bits):
    # Interrupts, tasks and full WAV buffers fall into the callback's own sleep.
    p = play(
        f"""
        def ready(s):
            s.write(buf)
            time.sleep_ms(20)
            s.write(buf)
        buf = bytearray(b"\\1" * 1000)
        i2s = open_i2s(bits={bits}, format=I2S.{form}, rate=96000)
        i2s.irq(ready)
        i2s.write(buf)
        """,
        board,
        seconds=3,
    )
    assert p.report["callbacks"] > 50
    assert p.report["allocated_bytes"] == 0


def test_an_error_under_heap_lock_is_reported():
    p = play("""
        import micropython
        def ready(s):
            micropython.heap_lock()
            bytearray(10)
        i2s = open_i2s()
        i2s.irq(ready)
        i2s.write(bytearray(1024))
        time.sleep_ms(300)
    """)
    assert (p.code, p.out.count("MemoryError"), p.err) == (0, 1, "")
    assert any("left the heap locked" in m for m in p.result.messages)
    assert p.report["callbacks"] == 1


def test_sounding_is_what_is_not_silence():
    assert len(sounding(np.array([[0, 0], [1, 0], [0, 2]]))) == 2
