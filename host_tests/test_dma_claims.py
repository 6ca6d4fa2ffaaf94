"""What a stream over DMA takes of an RP2, and that it gives all of it back."""

import pytest

# Counts what is free: DMA channels, machines that run, words of each PIO.
FREE = """
import rp2, machine
from array import array
def channels():
    taken = []
    try:
        while True:
            taken.append(rp2.DMA())
    except OSError:
        pass
    for dma in taken:
        dma.close()
    return len(taken)
def running():
    return [n for n in range(8) if rp2.StateMachine(n).active()]
def words(pio):
    # Programs of one word, until there is no room.
    taken = []
    try:
        while True:
            program = [array("H", [0]), -1, -1, -1, 0, 0, None, None, None]
            rp2.PIO(pio).add_program(program)
            taken.append(program)
    except OSError:
        pass
    for program in taken:
        rp2.PIO(pio).remove_program(program)
    return len(taken)
def free():
    return channels(), running(), words(0), words(1)
def refused(call):
    try:
        call()
        print("?")
    except (RuntimeError, ValueError, TypeError) as error:
        print(error)
before = free()
"""
OPAQUE = pytest.mark.parametrize("pico", ["emulated"], indirect=True)


@pytest.mark.parametrize(
    "end",
    [
        "s.start(); time.sleep_ms(20); s.stop()",
        "s.start(); time.sleep_ms(20); s.driver.deinit()",
        "s.driver.deinit()",
        "s.stop()",
        "s.start(); s.stop(); s.start(); s.stop()",
    ],
)
@OPAQUE
def test_everything_is_given_back(dma, end):
    run = dma(f"{FREE}s = make()\nduring = free()\n{end}\nprint(during, before, free())\n")
    during, before, after = eval("[" + run.text.strip().replace(") (", "), (") + "]")
    assert before == after
    assert before[0] - during[0] == 3
    assert before[2] + before[3] - during[2] - during[3] > 8


@OPAQUE
def test_a_stream_that_nobody_has_any_more_gives_way(dma):
    run = dma(
        FREE
        + """
for _ in range(6):
    try:
        make()
    except RuntimeError as error:
        print(error)
s = make()
s.start()
time.sleep_ms(20)
s.stop()
print(s.stats()["underruns"], free() == before)
"""
    )
    assert run.text.strip() == "0 True"


@OPAQUE
def test_a_driver_that_gave_way_takes_its_pins_back_when_it_can(dma):
    run = dma(
        FREE
        + """
first = drivers.from_board(board, driver="dma")
second = drivers.from_board(board, driver="dma")
s = I2SOut(first, SharedBufferPool(8), stereo)
s.start()
refused(lambda: I2SOut(second, SharedBufferPool(8), stereo).start())
time.sleep_ms(20)
s.stop()
second.deinit()
print(s.stats()["underruns"], free() == before)
"""
    )
    assert run.text.splitlines() == [
        "pin 16 belongs to another stream: stop it first",
        "0 True",
    ]


@OPAQUE
def test_an_exception_while_it_starts_gives_everything_back(dma):
    run = dma(
        FREE
        + """
def render(left, right):
    raise KeyboardInterrupt
s = make(render)
try:
    s.start()
except KeyboardInterrupt:
    print(free() == before, s.playing())
refused(lambda: make(blocks=1))
refused(lambda: make(pool=SharedBufferPool(8, 48)))
print(free() == before)
"""
    )
    lines = run.text.splitlines()
    assert lines[0] == "True False"
    assert lines[1] == "blocks must be 2 to 64, not 1"
    assert "power of two" in lines[2]
    assert lines[3] == "True"


BAD = [
    ("make(bits=24)", "bits must be 16 or 32, not 24"),
    ("make(channels=3)", "channels must be 1 or 2, not 3"),
    ("make(rate=999)", "rate must be 1000 to 192000, not 999"),
    ("make(blocks=65)", "blocks must be 2 to 64, not 65"),
    ("make(pool=SharedBufferPool(8, 1024), blocks=9)", "blocks must be 7 at most with 4096 bytes"),
    ("make(pool=SharedBufferPool(1))", "the pool has 1 buffers, 2 channels need as many"),
    ("drivers.Rp2DMA(16, 18, 20)", "ws must be the pin next to sck (16), not 18"),
    ("drivers.Rp2DMA(16, 17, 17)", "sd must be a pin of its own, not 17"),
    ("drivers.Rp2DMA(16, 17, 30)", "sd must be 0 to 29, not 30"),
    ("drivers.Rp2DMA('16', 17, 18)", "sck must be an int, not str"),
]


def test_arguments_that_cannot_work_are_refused_with_what_is_allowed(dma):
    lines = [
        f"try:\n    {call}\n    print('?')\nexcept (ValueError, TypeError) as e:\n    print(e)"
        for call, _ in BAD
    ]
    run = dma("\n".join(lines))
    for line, (call, message) in zip(run.text.splitlines(), BAD, strict=True):
        assert message in line, call
    assert run.frames is None


def test_a_rate_out_of_the_dividers_reach_names_the_nearest(dma):
    run = dma(
        """
import machine
clock = machine.freq()
machine.freq(20000000)
try:
    make(rate=192000, bits=32)
except ValueError as error:
    print(error)
machine.freq(clock)
"""
    )
    assert run.text.strip() == (
        "rate must be another with a clock of 20000000 Hz: 192000 cannot be had, "
        "the nearest is 156250"
    )


def test_two_streams_do_not_share_a_pin(dma):
    run = dma(
        """
s = make()
def other(sck, ws, sd):
    try:
        drivers.Rp2DMA(sck, ws, sd)
        print("?")
    except RuntimeError as error:
        print(error)
other(board.SCK, board.WS, 2)
s.start()
other(2, 3, board.SD)
other(board.WS, board.WS + 1, 2)
time.sleep_ms(30)
s.stop()
print(s.stats()["underruns"])
other(board.SCK, board.WS, 2)
"""
    )
    lines = run.text.splitlines()
    assert lines[0] == "pin 16 (sck) belongs to another stream: stop it first"
    assert lines[1] == "pin 18 (sd) belongs to another stream: stop it first"
    assert lines[2] == "pin 17 (sck) belongs to another stream: stop it first"
    assert lines[3:] == ["0", "?"]


def test_a_driver_that_no_stream_took_gives_way_to_the_next_one(dma):
    run = dma(
        """
for _ in range(8):
    drivers.from_board(board)
    drivers.from_board(board, driver=DRIVER)
s = make()
s.start()
time.sleep_ms(30)
s.stop()
print(s.stats()["underruns"])
"""
    )
    assert run.text.strip() == "0"


@OPAQUE
def test_what_is_lacking_is_said_and_the_rest_given_back(dma):
    run = dma(
        FREE
        + """
taken = [rp2.DMA() for _ in range(before[0] - 2)]
refused(make)
for one in taken:
    one.close()
print(free() == before)
full = []
for pio in 0, 1:
    program = [array("H", [0] * 24), -1, -1, -1, 0, 0, None, None, None]
    rp2.PIO(pio).add_program(program)
    full.append(program)
refused(make)
rp2.PIO(1).remove_program(full[1])
s = make()
print(s.driver._claim.pio)
s.driver.deinit()
rp2.PIO(0).remove_program(full[0])
print(free() == before)
"""
    )
    lines = run.text.splitlines()
    assert lines[0] == "3 DMA channels are needed, 2 are free: stop what uses them"
    assert lines[1] == "True"
    assert lines[2] == (
        "1 state machines of one PIO are needed: PIO 0 has no room for the program, "
        "PIO 1 has no room for the program"
    )
    assert lines[3:] == ["1", "True"]


def test_an_older_micropython_plays_over_machine_i2s_and_says_so(dma):
    run = dma(
        """
drivers._DMA_SINCE = (9, 9)
s = make(hard=True)
s.start()
time.sleep_ms(100)
s.stop()
print(type(s.driver).__name__, s.stats()["render_errors"])
"""
    )
    lines = run.text.splitlines()
    assert lines[0] == ("aether: the DMA driver needs MicroPython 9.9: playing over machine.I2S")
    assert lines[1] == "MachineI2S 0"
    assert len(run.sound()) > 0


def test_a_clock_that_is_asked_for_is_set_and_makes_48_khz_exact(dma):
    run = dma(
        """
import machine
import aether.drivers.rp2_clock as rp2_clock
before = machine.freq()
s = make(rate=48000, clock=126000000)
print(machine.freq() == before)
s.start()
print(machine.freq(), rp2_clock.error(48000, 16))
time.sleep_ms(50)
s.stop()
print(s.stats()["underruns"], [rp2_clock.error(48000, 16) for c in rp2_clock.CLOCKS
    if not machine.freq(c)])
machine.freq(before)
print(abs(rp2_clock.error(44100, 16)) < 1.3e-5, abs(rp2_clock.error(48000, 16)) < 1e-4)
"""
    )
    lines = run.text.splitlines()
    assert lines[0] == "True"
    assert lines[1] == "126000000 0.0"
    assert lines[2] == "0 [0.0, 0.0, 0.0, 0.0, 0.0]"
    assert lines[3] == "True True"


def test_a_program_can_give_the_options_of_both_drivers_whichever_it_gets(pico):
    run = pico(
        """
for name in ("machine", "dma"):
    driver = drivers.from_board(board, driver=name, ibuf=4096, hard=True, clock=None)
    print(type(driver).__name__, getattr(driver, "ibuf", None), getattr(driver, "hard", None))
"""
    )
    assert run.text.splitlines() == ["MachineI2S 4096 None", "Rp2DMA None True"]


def test_a_driver_has_one_stream_and_is_one_for_output(dma):
    run = dma(
        """
def refused(make):
    try:
        make()
        print("?")
    except (TypeError, ValueError) as error:
        print(error)
s = make()
s.start()
refused(lambda: I2SOut(s.driver, s.pool, stereo, blocks=16))
microphone = drivers.Rp2DMAIn(2, 3, 4)
refused(lambda: I2SOut(microphone, s.pool, stereo))
time.sleep_ms(30)
print(s.playing(), s.stats()["underruns"])
s.stop()
"""
    )
    assert run.text.splitlines() == [
        "the driver has a stream already: make another for this one",
        "driver must be one for output, not Rp2DMAIn",
        "True 0",
    ]


def test_a_driver_that_is_closed_from_render_leaves_a_stream_that_can_be_stopped(dma):
    run = dma(
        """
turn = 0
def render(left, right):
    global turn
    turn += 1
    if turn == 20:
        s.driver.deinit()
s = make(render)
s.start()
time.sleep_ms(60)
s.stop()
print(s.playing(), s.pool.available())
s.start()
time.sleep_ms(30)
s.stop()
print(s.playing(), s.pool.available(), s.stats()["underruns"])
"""
    )
    assert run.text.splitlines()[-2:] == ["False 8", "False 8 0"]


def test_polling_finds_nothing_lost_where_nothing_is(dma):
    run = dma(
        """
for hard in (False, True):
    s = make(hard=hard)
    s.start()
    end = time.ticks_add(time.ticks_ms(), 150)
    while time.ticks_diff(end, time.ticks_ms()) > 0:
        assert not s.poll()
    print(s.stats()["restarts"], s.stats()["underruns"])
    s.stop()
"""
    )
    assert run.text.splitlines() == ["0 0", "0 0"]


def test_a_stream_over_machine_i2s_keeps_its_pins(pico):
    run = pico(
        """
s = make()
s.start()
try:
    I2SOut(drivers.from_board(board, driver="dma"), SharedBufferPool(8), stereo)
except RuntimeError as error:
    print(error)
time.sleep_ms(30)
print(s.stats()["underruns"])
s.stop()
"""
    )
    assert run.text.splitlines() == ["pin 16 belongs to another stream: stop it first", "0"]


@OPAQUE
def test_dropped_streams_on_several_pins_give_all_back(dma):
    run = dma(
        FREE
        + """
import gc
def dropped(sck):
    I2SOut(drivers.Rp2DMA(sck, sck + 1, sck + 2), SharedBufferPool(8), stereo)
dropped(16)
gc.collect()
dropped(10)
gc.collect()
dropped(16)
s = make()
s.stop()
gc.collect()
drivers.Rp2DMA(2, 3, 4).deinit()
print(free() == before)
"""
    )
    assert run.text.strip() == "True"


@OPAQUE
def test_what_it_asked_for_in_vain_is_left_to_machine_i2s(dma):
    run = dma(
        """
import rp2
from machine import I2S, Pin
taken = []
try:
    while True:
        taken.append(rp2.DMA())
except OSError:
    pass
for _ in range(5):
    try:
        make()
    except RuntimeError as error:
        print(error)
for one in taken:
    one.close()
both = [I2S(i, sck=Pin(16 + 3 * i), ws=Pin(17 + 3 * i), sd=Pin(18 + 3 * i), mode=I2S.TX, bits=16,
            format=I2S.STEREO, rate=44100, ibuf=2000) for i in (0, 1)]
for one in both:
    one.deinit()
print("both")
"""
    )
    lines = run.text.splitlines()
    assert lines == ["3 DMA channels are needed, 0 are free: stop what uses them"] * 5 + ["both"]


def test_a_driver_that_is_opened_before_it_is_prepared_says_so(dma):
    run = dma(
        """
one, two = drivers.Rp2DMA(2, 3, 4), drivers.Rp2DMAIn(6, 7, 8)
for driver in (one, two, drivers.Rp2Duplex(10, 11, 12, 13)):
    try:
        driver.open()
    except RuntimeError as error:
        print(error)
    driver.deinit()
"""
    )
    assert run.text.splitlines() == ["prepare() comes before open()"] * 3
