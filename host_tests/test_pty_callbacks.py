"""Callbacks on the virtual board behind the pty: in wall time, whatever the main program does."""

import time
import wave

import numpy as np
import pytest
from aether_tools import interpreter
from pty_kit import virtual

pytestmark = pytest.mark.skipif(not interpreter.available(), reason=interpreter.why_not())

TIMER = """
from machine import Timer
n = 0
def count(t):
    global n
    n += 1
timer = Timer(period=20, callback=count)
"""
# A ramp that only complete frames in their order continue; the ring outlasts a slow host.
PLAYER = """
from machine import I2S, Pin
out = I2S(0, sck=Pin(16), ws=Pin(17), sd=Pin(18), mode=I2S.TX, bits=16,
          format=I2S.STEREO, rate=22050, ibuf=65536)
frames = bytearray(4096)
written = 0
@micropython.viper
def fill(to, start: int):
    p = ptr16(to)
    for i in range(1024):
        p[2 * i] = start + i
        p[2 * i + 1] = start + i
def more(bus):
    global written
    fill(frames, written + 1)
    written += 1024
    bus.write(frames)
out.irq(more)
more(out)
"""


@pytest.fixture
def board(tmp_path):
    with virtual(tmp_path, "--wav", tmp_path / "out.wav") as board:
        yield board


def test_a_timer_runs_while_the_prompt_waits(board):
    with board.line() as line:
        line.raw()
        line.execute(TIMER)
        time.sleep(1)
        assert 25 <= int(line.execute("print(n)")) <= 75


@pytest.mark.parametrize(
    "busy",
    [
        "for i in range(4000000): pass",
        "import time\ntime.sleep(0.5)",
        "import sys\nwhile n - before < 10: pass",
        "import select, sys\np = select.poll()\np.register(sys.stdin)\np.modify(sys.stdin, 1)\n"
        "p.poll(500)",
    ],
    ids=["loop", "sleep", "wait", "poll"],
)
def test_a_timer_runs_while_the_program_is_busy(board, busy):
    with board.line() as line:
        line.raw()
        line.execute(TIMER)
        assert int(line.execute(f"before = n\n{busy}\nprint(n - before)")) >= 3


def test_a_failing_callback_is_printed_and_the_next_one_runs(board):
    with board.line() as line:
        line.raw()
        line.execute(TIMER.replace("n += 1", "n += 1\n    if n == 2: raise ValueError('twice')"))
        assert b"ValueError: twice\r\n" in line.until(b"twice\r\n")
        time.sleep(0.3)
        assert int(line.execute("print(n)")) > 2


def test_nothing_runs_while_interrupts_are_off(board):
    code = "import machine\ns = machine.disable_irq()\nbefore = n\nfor i in range(2000000): pass\n"
    with board.line() as line:
        line.raw()
        line.execute(TIMER)
        code += "print(n - before)\nmachine.enable_irq(s)\nprint(n > before)"
        assert line.execute(code) == "0\r\nTrue\r\n"


def test_a_stream_plays_on_without_a_gap_while_mpremote_works(board, tmp_path):
    with board.line() as line:
        line.raw()
        line.execute(PLAYER)
        line.send(b"\x02")
        line.until(b">>> ")
    for i in range(4):
        assert board.does("resume", "exec", f"print({i})").strip() == str(i)
    board.does("resume", "fs", "cp", __file__, ":copy.py")
    time.sleep(1.2)  # so that it has played for more than a second, however fast that was
    frames = int(board.does("resume", "eval", "written"))
    assert board.stop() == 0
    with wave.open(str(tmp_path / "out.wav")) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (22050, 2, 2)
        played = np.frombuffer(wav.readframes(wav.getnframes()), "<i2").reshape(-1, 2)
    first = np.flatnonzero(played[:, 0])[0]
    ramp = np.arange(1, len(played) - first + 1).astype("<i2")
    assert np.array_equal(played[first:, 0], ramp)
    assert np.array_equal(played[first:, 1], ramp)
    assert 22050 < len(ramp) <= frames + 22050


def test_sound_after_a_reset_goes_into_a_file_of_its_own(board, tmp_path):
    for _ in range(2):
        board.does("exec", PLAYER + "import time\ntime.sleep(0.4)")
    assert board.stop() == 0
    for name in ("out.wav", "out.2.wav"):
        with wave.open(str(tmp_path / name)) as wav:
            assert wav.getnframes() > 4096
    assert not list(tmp_path.glob(".aether-*"))


def test_a_program_that_prints_for_nobody_keeps_its_time(board):
    # After the first half second, in which a client might still come, nothing waits for one.
    code = (
        "import time\nbegin = time.ticks_ms()\nlines = 0\n"
        "def age(): return time.ticks_diff(time.ticks_ms(), begin)\n"
        "while lines < 300: print('x' * 100); lines += 1\n"
        "while age() < 1200: print('x' * 100)\n"
        "n, since = 0, age()\n"
        "while age() < 2200: print('x' * 100)\n"
        "result = n, (age() - since) // 20\n"
    )
    with board.line() as line:
        line.raw()
        line.execute(TIMER)
        line.start(code)
        time.sleep(2.7)
        line.raw()
        counted, expected = eval(line.execute("print(result)"))
    assert counted > expected / 4
