"""What a duplex stream refuses when it is made, in one line, with nothing left running."""

from pathlib import Path

import pytest
from aether_tools import boards
from duplex_kit import PROGRAM
from virtual_run import needs_micropython, play

pytestmark = needs_micropython

REFUSE = """
import rp2
from aether import I2SIn, I2SOut
def left():
    found = []
    try:
        while True:
            found.append(rp2.DMA())
    except OSError:
        pass
    for dma in found:
        dma.close()
    return len(found), [n for n in range(8) if rp2.StateMachine(n).active()]
def refused(make):
    try:
        make()
    except Exception as error:
        print("%s: %s" % (type(error).__name__, error))
    else:
        print("taken")
def both(out={}, inp={}, **options):
    options = dict(dict(rate=16000), **options)
    output = drivers.MachineI2S(*out.pop("at", (0, 16, 17, 18)), **dict(options, **out))
    input = drivers.MachineI2SIn(*inp.pop("at", (1, 10, 11, 12)), **dict(options, **inp))
    return drivers.MachineDuplex(output, input)
"""
SMALL = "I2SDuplex(both(), BufferPool(%s), stereo%s)"

REFUSED = [
    # The two sides of machine.I2S.
    (
        "both(inp=dict(at=(0, 10, 11, 12)))",
        "input must be on another I2S than output: both are on 0",
    ),
    ("both(inp=dict(rate=8000))", "input must have the rate of output: 16000, not 8000"),
    ("both(inp=dict(bits=32))", "input must have the bits of output: 16, not 32"),
    ("both(inp=dict(channels=1))", "input must have the channels of output: 2, not 1"),
    ("both(inp=dict(at=(1, 10, 11, 18)))", "input's sd must be a pin of its own, not 18"),
    ("both(inp=dict(at=(1, 16, 17, 12)))", "input's sck must be a pin of its own, not 16"),
    ("both(inp=dict(at=(1, 10, 12, 11)))", "ws must be sck + 1 on rp2: 11, not 12"),
    ("both(out=dict(at=(0, 16, 18, 17)))", "ws must be sck + 1 on rp2: 17, not 18"),
    ("both(inp=dict(at=(2, 10, 11, 12)))", "i2s_id must be 0 to 1, not 2"),
    ("both(rate=44100)", "rate must be "),
    ("both(bits=32, rate=36000)", "rate must be 22251 at most for machine.I2S both ways on rp2"),
    ("drivers.MachineDuplex(both().input, both().output)", "output must be a MachineI2S, not"),
    ("drivers.MachineDuplex(both().output, both().output)", "input must be a MachineI2SIn, not"),
    # One clock.
    ("make(rate=999)", "rate must be 1000 to 192000, not 999"),
    ("make(bits=24)", "bits must be 16 or 32, not 24"),
    ("make(blocks=1)", "blocks must be 2 to 64, not 1"),
    ("make(blocks=65)", "blocks must be 2 to 64, not 65"),
    ("make(blocks='6')", "blocks must be an int, not str"),
    ("make(None)", "render must be callable, not NoneType"),
    ("make(pool=SharedBufferPool(3))", "the pool has 3 buffers, 2 channels in and out need 4"),
    ("make(pool=BufferPool(8))", "the driver over DMA needs a SharedBufferPool, not a plain one"),
    ("make(pool=SharedBufferPool(8, 60))", "must have a power of two of samples for DMA, not 60"),
    ("make(pool=[1])", "pool must be a buffer pool, not list"),
    ("drivers.duplex_from_board(board, driver='usb')", "driver must be 'dma' or 'machine', not"),
    ("drivers.Rp2Duplex(16, 18, 17, 19)", "ws must be the pin next to sck (16), not 18"),
    ("drivers.Rp2Duplex(16, 17, 18, 17)", "sd_in must be a pin of its own, not 17"),
    # What is no duplex driver.
    (
        "I2SDuplex(drivers.from_board(board), SharedBufferPool(8), stereo)",
        "driver must be a duplex",
    ),
    (
        "I2SDuplex(None, SharedBufferPool(8), stereo)",
        "driver must be a duplex driver, not NoneType",
    ),
    # A stream over machine.I2S.
    (SMALL % ("3", ""), "the pool has 3 buffers, 2 channels in and out need 4"),
    (SMALL % ("8", ", blocks=0"), "blocks must be 1 to 64, not 0"),
    (SMALL % ("8", ", blocks=64"), "ibuf must be at least "),
    (SMALL % ("8, 8", ""), "a write must have at least 128 bytes, not 64"),
]


def test_what_cannot_work_is_refused_with_what_is_allowed():
    lines = "".join(f"refused(lambda: {call})\n" for call, _ in REFUSED)
    played = play(
        f"DRIVER = 'dma'\n{PROGRAM}\n{REFUSE}\n{lines}gc.collect()\nprint(left())",
        opened=False,
        files={"/board.py": boards.load("rpi_pico").path},
    )
    assert played.code == 0, played.err
    for line, (call, message) in zip(played.lines, REFUSED, strict=False):
        assert message in line, call
        assert line.startswith(("ValueError: ", "TypeError: ")), call
    assert played.lines[len(REFUSED) :] == ["(12, [])"]


def test_a_driver_is_for_one_stream_and_pins_for_one_that_plays():
    played = play(
        f"""DRIVER = 'dma'
{PROGRAM}
{REFUSE}
s = make()
refused(lambda: I2SDuplex(s.driver, s.pool, stereo))
s.start()
refused(make)
refused(lambda: drivers.Rp2DMA(20, 21, 19))
s.stop()
t = I2SDuplex(both(), SharedBufferPool(8), stereo)
t.start()
refused(lambda: I2SOut(drivers.MachineI2S(1, 4, 5, 6), SharedBufferPool(8), mono).start())
other = drivers.MachineI2SIn(0, 4, 5, 6, rate=16000)
refused(lambda: I2SIn(other, SharedBufferPool(8), mono).start())
refused(lambda: I2SDuplex(both(), SharedBufferPool(8), stereo))
t.stop()
print(left())
""",
        opened=False,
        files={"/board.py": boards.load("rpi_pico").path},
    )
    assert played.code == 0, played.err
    assert played.lines == [
        "ValueError: the driver has a stream already: make another for this one",
        "RuntimeError: pin 16 (sck) belongs to another stream: stop it first",
        "RuntimeError: pin 19 (sd) belongs to another stream: stop it first",
        "RuntimeError: I2S 1 plays another stream: stop it first",
        "RuntimeError: I2S 0 plays another stream: stop it first",
        "RuntimeError: I2S 0 plays another stream: stop it first",
        "(12, [])",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("IN_ID = None", "the board file must say where the microphone is: IN_ID, IN_SCK, IN_WS"),
        ("IN_ID = 0", "input must be on another I2S than output: both are on 0"),
        ("IN_SD = SD", "input's sd must be a pin of its own, not 22"),
    ],
)
def test_a_board_without_a_second_i2s_is_refused(change, message, tmp_path: Path):
    file = tmp_path / "board.py"
    file.write_text(boards.load("esp32_generic").path.read_text() + f"\n{change}\n")
    played = play(
        f"DRIVER = 'machine'\n{PROGRAM}\ntry:\n    make()\nexcept ValueError as e:\n    print(e)",
        "esp32_generic",
        opened=False,
        files={"/board.py": file},
    )
    assert played.code == 0, played.err
    assert message in played.out
