"""Ctrl-C on the virtual board: wherever the program is, and however often."""

import time

import pytest
from aether_tools import interpreter
from pty_kit import virtual

pytestmark = pytest.mark.skipif(not interpreter.available(), reason=interpreter.why_not())

LOOPS = {
    "empty": "while True: pass",
    "allocating": "while True: x = [0] * 100",
    "short of memory": (
        "keep = []\ntry:\n    while True: keep.append(bytearray(2000))\n"
        "except MemoryError: keep = keep[:-8]\nprint('full')\nwhile True: x = [0] * 100"
    ),
    "collecting": "import gc\nwhile True: gc.collect()",
    "sleeping": "import time\nwhile True: time.sleep_ms(1)",
    "sleeping long": "import time\ntime.sleep(1000)",
    "toggling": "from machine import Pin\np = Pin(2, Pin.OUT)\nwhile True: p.toggle()",
    "masking": "import machine\nwhile True: machine.enable_irq(machine.disable_irq())",
    "reading": "import sys\nsys.stdin.read(1)",
    "asking": "input('?')",
    "printing": "while True: print('x' * 100)",
    "waiting for tasks": (
        "import asyncio\nasync def wait():\n    await asyncio.sleep(1000)\nasyncio.run(wait())"
    ),
    "polling": (
        "import select, sys\np = select.poll()\np.register(sys.stdin, select.POLLIN)\np.poll()"
    ),
}


@pytest.fixture(scope="module")
def line(tmp_path_factory):
    with virtual(tmp_path_factory.mktemp("pty")) as board, board.line() as line:
        line.raw()
        # While it is being imported, asyncio takes any exception for a missing module.
        line.execute("import asyncio\nasyncio.run")
        yield line


# These take what comes before they have begun for their own, as on a board.
READERS = ("reading", "polling")


@pytest.mark.parametrize("name", LOOPS)
def test_it_ends_a_program(line, name):
    for i in range(8):
        line.start("print('begun')\n" + LOOPS[name])
        if i or name in READERS:
            line.until(b"begun\r\n")
        time.sleep(0.002 * i)
        line.send(b"\x03")
        _, error = line.finish()
        assert error.endswith("KeyboardInterrupt: \r\n"), error
        assert "Memory" not in error
    assert line.execute("x = None\nkeep = None\nprint(len([0] * 1000))") == "1000\r\n"


def test_the_board_still_keeps_time_afterwards(line):
    for name in ("toggling", "sleeping", "masking"):
        line.start(LOOPS[name])
        line.send(b"\x03")
        line.finish()
    code = "from machine import Timer\nn = 0\ndef count(t):\n    global n\n    n += 1\n"
    line.execute(code + "t = Timer(period=10, callback=count)")
    time.sleep(0.4)
    assert int(line.execute("t.deinit()\nprint(n)")) >= 5


def test_a_program_that_catches_it_goes_on(line):
    line.start("try:\n    while True: pass\nexcept KeyboardInterrupt: print('caught')")
    line.send(b"\x03")
    assert line.finish() == ("caught\r\n", "")


def test_a_program_may_take_it_as_a_character(line):
    line.start(
        "import micropython, sys\nmicropython.kbd_intr(-1)\nprint('ready')\n"
        "print(sys.stdin.buffer.read(1))\nmicropython.kbd_intr(3)"
    )
    line.until(b"ready\r\n")
    line.send(b"\x03")
    assert line.finish() == ("b'\\x03'\r\n", "")


def test_at_the_prompt_it_clears_the_line(line):
    line.send(b"\x02")
    line.until(b">>> ")
    line.send(b"1 +\x03")
    line.until(b"\r\n>>> ")
    line.send(b"2 + 3\r")
    line.until(b"5\r\n>>> ")
    line.raw()


def test_it_ends_a_program_whose_start_it_was_sent_with(line):
    line.send(b"\x02")
    line.until(b">>> ")
    line.send(b"while True: pass\r\r\r\x03")
    assert b"KeyboardInterrupt" in line.until(b"KeyboardInterrupt")
    line.raw()
